import type { RejectedRow, SinkCounts } from '../../src/endpoints/endpoint.js';
import { deriveRollup } from '../../src/records/derive.js';
import { FreshetError } from '../../src/records/errors.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import type { RecordSchema } from '../../src/records/schema.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';
import type { Store, StoreSinkOptions } from '../../src/stores/store.js';

export const YT = parseSchema(
  {
    type: 'record',
    name: 'yt',
    fields: [
      { name: 'yt_channel_id', type: 'string' },
      { name: 'harvest_ts', type: 'string' },
      { name: 'subs', type: 'long' },
    ],
    freshet: {
      key: 'yt_channel_id',
      time: 'harvest_ts',
      tables: {
        daily: { name: 'yt_daily', columns: { yt_channel_id: 'channel' } },
        monthly: { name: 'yt_monthly', columns: { yt_channel_id: 'channel', month: 'year_and_month' } },
      },
    },
  },
  'YT',
);
export const DAILY = deriveRollup(YT, 'daily');
export const MONTHLY = deriveRollup(YT, 'monthly');
export const daily = (channel: string, time: string, subs: number): Row => ({
  yt_channel_id: channel,
  harvest_ts: time,
  date: time.slice(0, 10),
  subs,
});
export const ROW = daily('a', '2017-08-02T02:00:00', 1947);

export interface Stored {
  readonly counts: SinkCounts;
  readonly rejected: readonly RejectedRow[];
}

/** What stands behind a URI's scheme. */
export function addressOf(uri: string): string {
  return uri.slice(uri.indexOf(':') + 1);
}

/** Stores rows in a database, and tells what became of them. */
export async function storeIn(
  store: Store,
  uri: string,
  rows: readonly Row[],
  options: Partial<StoreSinkOptions> = {},
): Promise<Stored> {
  const all = { schema: DAILY, create: false, zone: UTC, ...options };
  const sink = await store.sink(addressOf(uri), all);
  await sink.write(batchFromRows(all.schema, rows, { zone: all.zone }));
  const rejected = (sink.takeRejected?.() ?? []).filter((one) => 'row' in one);
  await sink.close();
  return { counts: sink.counts(), rejected };
}

/** The rows of a table. */
export async function readFrom(store: Store, uri: string, schema?: RecordSchema, table?: string): Promise<Row[]> {
  const source = await store.source(addressOf(uri), { schema, table, zone: UTC });
  const rows: Row[] = [];
  for (let batch = source.take(); batch !== 'end'; batch = source.take()) {
    if (batch === 'wait') await source.ready();
    else rows.push(...rowsOf(batch));
  }
  await source.close();
  return rows;
}

/** The sentence that work has failed with. */
export async function failureOf(work: Promise<unknown>): Promise<FreshetError> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof FreshetError) return failure;
  throw new Error(`no sentence: ${String(failure)}`);
}
