import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { UTC } from '../../../src/records/time/zone.js';
import { cassandraStore } from '../../../src/stores/cassandra/cassandra-store.js';
import { cassandra } from '../../services/cassandra/cassandra.js';
import { service } from '../../services/service.js';
import { buildWorker, runWorker } from '../run-worker.js';
import { DAILY, rowOf } from '../store-model.js';
import { countsOf, modelOf, tableOf } from '../worker-tables.js';
import { type Workload, workload } from '../workload.js';
import { addressOf } from '../yt-tables.js';
import { keyspace } from './cql.js';

const server = await service(cassandra);
const folder = mkdtempSync(join(tmpdir(), 'freshet-cassandra-processes-'));
let worker: string;
beforeAll(async () => {
  worker = await buildWorker(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fresh = async (): Promise<string> => addressOf(await keyspace(String(server)));

describe.skipIf(server === undefined)('Cassandra and several processes', () => {
  it('ends exact when three processes write to the same keys at once', async () => {
    const address = await fresh();
    const loads = [1, 2, 3].map((seed): Workload => ({ seed, batches: 15, rows: 100, channels: 10 }));
    const runs = loads.map((load) => runWorker(worker, { ...load, scheme: 'cassandra', address }));
    expect(await Promise.all(runs.map((run) => run.ended))).toEqual([0, 0, 0]);
    expect(await tableOf(cassandraStore, address)).toEqual(modelOf(...loads).rows());
    for (const run of runs) {
      const { rows, applied, stale, tied } = countsOf(run);
      expect(rows).toBe(1500);
      expect(applied + stale + tied).toBe(1500);
    }
  });

  it('loses no row of a table that another makes at that moment', async () => {
    for (let round = 0; round < 8; round++) {
      const address = await fresh();
      const loads = [1, 2, 3, 4].map(
        (seed): Workload => ({ seed: 10 * round + seed, batches: 1, rows: 20, channels: 5 }),
      );
      await Promise.all(
        loads.map(async (load) => {
          const sink = await cassandraStore.sink(address, { schema: DAILY, create: true, zone: UTC });
          for (const rows of workload(load)) await sink.write(batchFromRows(DAILY, rows.map(rowOf)));
          await sink.close();
        }),
      );
      expect(await tableOf(cassandraStore, address), `round ${round}`).toEqual(modelOf(...loads).rows());
    }
  });

  it('counts as the only writer what a map of rows would count', async () => {
    const address = await fresh();
    const load: Workload = { seed: 9, batches: 6, rows: 2000, channels: 50 };
    const run = runWorker(worker, { ...load, scheme: 'cassandra', address });
    expect(await run.ended).toBe(0);
    expect(countsOf(run)).toEqual(modelOf(load).counts);
  });

  it('never goes back, and a rerun ends exact, when it is killed again and again', async () => {
    const address = await fresh();
    const load: Workload = { seed: 5, batches: 20, rows: 300, channels: 50 };
    for (const after of [1, 4, 9]) {
      const { child, lines, ended } = runWorker(
        worker,
        { ...load, scheme: 'cassandra', address },
        {
          onLine: (line) => {
            if ('committed' in line && line.committed === after)
              setTimeout(() => child.kill('SIGKILL'), Math.random() * 20);
          },
        },
      );
      expect(await ended).toBe('SIGKILL');
      // It was in the middle of its work.
      expect(lines.length).toBeLessThan(load.batches + 1);
      // What it said it committed is there; of the batch after that each row is, or is not.
      const [least, most] = [lines.length - 1, lines.length].map((batches) => {
        return new Set(
          modelOf({ ...load, batches })
            .rows()
            .map((row) => JSON.stringify(row)),
        );
      });
      for (const row of await tableOf(cassandraStore, address)) {
        const text = JSON.stringify(row);
        expect(least.has(text) || most.has(text)).toBe(true);
      }
    }
    const rerun = runWorker(worker, { ...load, scheme: 'cassandra', address });
    expect(await rerun.ended).toBe(0);
    expect(await tableOf(cassandraStore, address)).toEqual(modelOf(load).rows());
  });
});
