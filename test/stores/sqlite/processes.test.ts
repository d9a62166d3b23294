import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../../../src/records/rows.js';
import { UTC } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import { SqliteDatabase } from '../../../src/stores/sqlite/database.js';
import { sqliteStore } from '../../../src/stores/sqlite/sqlite-store.js';
import { buildWorker, runWorker } from '../run-worker.js';
import { DAILY, StoreModel, sortedRows } from '../store-model.js';
import { type Workload, workload } from '../workload.js';

const folder = mkdtempSync(join(tmpdir(), 'freshet-sqlite-processes-'));
let worker: string;
beforeAll(async () => {
  worker = await buildWorker(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const fresh = (): string => join(folder, `${files++}.db`);

async function tableOf(address: string): Promise<Row[]> {
  const source = await sqliteStore.source(address, { schema: DAILY, zone: UTC });
  const rows: Row[] = [];
  for (let batch = source.take(); batch !== 'end' && batch !== 'wait'; batch = source.take())
    rows.push(...rowsOf(batch));
  await source.close();
  return sortedRows(rows);
}

async function integrityOf(address: string): Promise<unknown> {
  const database = await SqliteDatabase.open(address, address);
  const [found] = database.select('SELECT integrity_check FROM pragma_integrity_check', ['integrity_check']);
  database.close();
  return found;
}

function modelOf(...loads: Workload[]): StoreModel {
  const model = new StoreModel();
  for (const load of loads) for (const rows of workload(load)) for (const row of rows) model.write(row);
  return model;
}

describe('SQLite and several processes', () => {
  it('ends exact when three processes make the file and write to the same keys at once', async () => {
    const address = fresh();
    const loads = [1, 2, 3].map((seed): Workload => ({ seed, batches: 30, rows: 200, channels: 20 }));
    const runs = loads.map((load) => runWorker(worker, { ...load, address }));
    expect(await Promise.all(runs.map((run) => run.ended))).toEqual([0, 0, 0]);
    expect(await tableOf(address)).toEqual(modelOf(...loads).rows());
    for (const { lines } of runs) {
      const last = lines.at(-1);
      if (last === undefined || !('counts' in last)) throw new Error('a worker did not count');
      const { rows, applied, stale, tied } = last.counts;
      expect(rows).toBe(6000);
      expect(applied + stale + tied).toBe(6000);
    }
    expect(await integrityOf(address)).toEqual(['ok']);
  });

  it.each([1, 4, 9])(
    'keeps what was committed, intact, when it is killed after %i batches, and a rerun ends exact',
    async (after) => {
      const address = fresh();
      const load: Workload = { seed: 5, batches: 60, rows: 500, channels: 200 };
      const { child, lines, ended } = runWorker(
        worker,
        { ...load, address },
        {
          onLine: (line) => {
            if ('committed' in line && line.committed === after) child.kill('SIGKILL');
          },
        },
      );
      expect(await ended).toBe('SIGKILL');
      // It was in the middle of its work: some batches were committed, the last was not.
      expect(lines.length).toBeGreaterThan(after);
      expect(lines.length).toBeLessThan(load.batches + 1);
      expect(await integrityOf(address)).toEqual(['ok']);
      // What it said it committed is there, and at most the batch after that.
      const possible = [lines.length - 1, lines.length].map((batches) => modelOf({ ...load, batches }).rows());
      expect(possible).toContainEqual(await tableOf(address));
      const rerun = runWorker(worker, { ...load, address });
      expect(await rerun.ended).toBe(0);
      expect(await tableOf(address)).toEqual(modelOf(load).rows());
    },
  );

  it('stops with status 4 when its file may not grow, intact, and a rerun ends exact', async () => {
    const address = fresh();
    const load: Workload = { seed: 7, batches: 40, rows: 500, channels: 500 };
    // No file may be longer than 200 blocks of 512 bytes (in some shells of 1024).
    const { lines, ended } = runWorker(worker, { ...load, address }, { shell: "trap '' XFSZ; ulimit -f 200" });
    expect(await ended).toBe(4);
    expect(lines.at(-1)).toMatchObject({ error: expect.stringContaining(address) });
    expect(lines.some((line) => 'committed' in line && line.committed > 0)).toBe(true);
    expect(await integrityOf(address)).toEqual(['ok']);
    const rerun = runWorker(worker, { ...load, address });
    expect(await rerun.ended).toBe(0);
    expect(await tableOf(address)).toEqual(modelOf(load).rows());
  });

  // The superuser may write everywhere, so the worker is run as somebody else then.
  const somebodyElse = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

  it('says with status 2 that a folder or a file may not be written, before anything is', async () => {
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    const address = join(locked, 'there.db');
    const load: Workload = { seed: 1, batches: 1, rows: 1, channels: 1 };
    expect(await runWorker(worker, { ...load, address }).ended).toBe(0);
    for (const path of [folder, locked]) chmodSync(path, 0o555);
    chmodSync(address, 0o444);
    const missing = runWorker(worker, { ...load, address: join(locked, 'missing.db') }, somebodyElse);
    expect(await missing.ended).toBe(2);
    expect(missing.lines).toMatchObject([{ error: expect.stringContaining(`the folder ${locked} can't be written`) }]);
    const there = runWorker(worker, { ...load, address }, somebodyElse);
    expect(await there.ended).toBe(2);
    expect(there.lines).toMatchObject([{ error: expect.stringContaining(`${address} can't be`) }]);
    // To read it is another matter.
    const reader = runWorker(worker, { ...load, address, read: true }, somebodyElse);
    expect(await reader.ended).toBe(0);
    expect(reader.lines).toMatchObject([{ counts: { rows: 1 } }]);
    for (const path of [folder, locked]) chmodSync(path, 0o755);
    expect(await tableOf(address)).toEqual(modelOf(load).rows());
  });
});
