import type { SinkCounts } from '../../src/endpoints/endpoint.js';
import { rowsOf } from '../../src/records/rows.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';
import type { Store } from '../../src/stores/store.js';
import type { WorkerRun } from './run-worker.js';
import { DAILY, StoreModel, sortedRows } from './store-model.js';
import { type Workload, workload } from './workload.js';

/** The rows that workers have stored, in an order of their own. */
export async function tableOf(store: Store, address: string): Promise<Row[]> {
  const source = await store.source(address, { schema: DAILY, table: 'yt_daily', zone: UTC });
  const rows: Row[] = [];
  for (let batch = source.take(); batch !== 'end'; batch = source.take()) {
    if (batch === 'wait') await source.ready();
    else rows.push(...rowsOf(batch));
  }
  await source.close();
  return sortedRows(rows);
}

export function modelOf(...loads: readonly Workload[]): StoreModel {
  const model = new StoreModel();
  for (const load of loads) for (const rows of workload(load)) for (const row of rows) model.write(row);
  return model;
}

/** What a worker that has ended has counted. */
export function countsOf({ lines }: WorkerRun): Required<SinkCounts> {
  const last = lines.at(-1);
  if (last === undefined || !('counts' in last)) throw new Error(`a worker did not count: ${JSON.stringify(last)}`);
  return last.counts;
}
