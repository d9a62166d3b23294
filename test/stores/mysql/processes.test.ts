import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mysqlStore } from '../../../src/stores/mysql/mysql-store.js';
import { database } from '../../services/fresh-names.js';
import { mariadb } from '../../services/mariadb.js';
import { service } from '../../services/service.js';
import { buildWorker, runWorker } from '../run-worker.js';
import { countsOf, modelOf, tableOf } from '../worker-tables.js';
import { type Workload, workload } from '../workload.js';

const server = await service(mariadb);
const folder = mkdtempSync(join(tmpdir(), 'freshet-mysql-processes-'));
let worker: string;
beforeAll(async () => {
  worker = await buildWorker(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fresh = async (): Promise<string> => (await database()).slice('mysql:'.length);

describe.skipIf(server === undefined)('MySQL and several processes', () => {
  it('ends exact when three processes make the table and write to the same keys at once', async () => {
    const address = await fresh();
    const loads = [1, 2, 3].map((seed): Workload => ({ seed, batches: 30, rows: 200, channels: 20 }));
    const runs = loads.map((load) => runWorker(worker, { ...load, scheme: 'mysql', address }));
    expect(await Promise.all(runs.map((run) => run.ended))).toEqual([0, 0, 0]);
    expect(await tableOf(mysqlStore, address)).toEqual(modelOf(...loads).rows());
    for (const run of runs) {
      const { rows, applied, stale, tied } = countsOf(run);
      expect(rows).toBe(6000);
      expect(applied + stale + tied).toBe(6000);
    }
  });

  it('counts as the only writer what a map of rows would count', async () => {
    const address = await fresh();
    const load: Workload = { seed: 9, batches: 10, rows: 3000, channels: 100 };
    const run = runWorker(worker, { ...load, scheme: 'mysql', address });
    expect(await run.ended).toBe(0);
    expect(countsOf(run)).toEqual(modelOf(load).counts);
  });

  it('keeps whole batches when it is killed again and again, and a rerun ends exact', async () => {
    const address = await fresh();
    const load: Workload = { seed: 5, batches: 40, rows: 500, channels: 200 };
    for (const after of [1, 3, 7, 12, 20]) {
      const { child, lines, ended } = runWorker(
        worker,
        { ...load, scheme: 'mysql', address },
        {
          onLine: (line) => {
            if ('committed' in line && line.committed === after)
              setTimeout(() => child.kill('SIGKILL'), Math.random() * 20);
          },
        },
      );
      expect(await ended).toBe('SIGKILL');
      // It was in the middle of its work.
      expect(lines.length).toBeGreaterThan(after);
      expect(lines.length).toBeLessThan(load.batches + 1);
      // Runs before this one have come less far. What it said it committed is there, and at most the batch after that.
      const possible = [lines.length - 1, lines.length].map((batches) => modelOf({ ...load, batches }).rows());
      expect(possible).toContainEqual(await tableOf(mysqlStore, address));
    }
    const rerun = runWorker(worker, { ...load, scheme: 'mysql', address });
    expect(await rerun.ended).toBe(0);
    expect(await tableOf(mysqlStore, address)).toEqual(modelOf(load).rows());
    expect([...workload(load)].length).toBe(40);
  });
});
