import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { UTC } from '../../../src/records/time/zone.js';
import { SqliteDatabase } from '../../../src/stores/sqlite/database.js';
import { SqliteSink } from '../../../src/stores/sqlite/sqlite-sink.js';
import { sqliteStore } from '../../../src/stores/sqlite/sqlite-store.js';
import type { StoreSinkOptions } from '../../../src/stores/store.js';
import { buildWorker, runWorker, type WorkerRun } from '../run-worker.js';
import { DAILY as WORKED } from '../store-model.js';
import { countsOf, modelOf, tableOf } from '../worker-tables.js';
import type { Workload } from '../workload.js';
import { DAILY, daily, failureOf } from '../yt-tables.js';

const folder = mkdtempSync(join(tmpdir(), 'freshet-full-disk-'));
const disk = join(folder, 'disk');
mkdirSync(disk);
const isSmall = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', disk]).status === 0;
if (!isSmall) console.log('skipped: a small disk can not be made here: only root may mount one');
afterAll(() => {
  if (isSmall) spawnSync('umount', ['-l', disk]);
  rmSync(folder, { recursive: true, force: true });
});

const ROWS = Array.from({ length: 1000 }, (_, at) => daily(`channel ${at}`, '2017-08-02T02:00:00', at));
const BATCH = batchFromRows(DAILY, ROWS);
const toldBy = ({ lines }: WorkerRun): string[] => lines.flatMap((line) => ('told' in line ? [line.told] : []));

/** Takes the room that the disk has left. @param room bytes of it that stay free @returns what gives it back */
function fill(room = 0): () => void {
  const file = join(disk, 'filler');
  const kept = join(disk, 'kept');
  writeFileSync(kept, Buffer.alloc(room));
  const descriptor = openSync(file, 'w');
  for (const size of [65_536, 4096]) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(size));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }
  closeSync(descriptor);
  rmSync(kept);
  return () => rmSync(file, { force: true });
}

describe('a SQLite file that has no room', () => {
  /** A table whose file may not grow, as on a disk that is full. */
  async function full(name: string, options: Partial<StoreSinkOptions> = {}): Promise<SqliteSink> {
    const sink = await SqliteSink.open(join(folder, name), { schema: DAILY, create: true, zone: UTC, ...options });
    sink.database.exec('PRAGMA max_page_count = 10');
    return sink;
  }

  it('is waited for, with a line at the begin and one at the end, and nothing is lost', async () => {
    const told: string[] = [];
    const sink = await full('a.db', { tell: (line) => told.push(line) });
    const written = sink.write(BATCH);
    while (told.length === 0) await sleep(5);
    // Nothing of what is tried again is there.
    const other = await SqliteDatabase.open(join(folder, 'a.db'), 'a.db');
    expect(other.select('SELECT count(*) AS rows FROM yt_daily', ['rows'])).toEqual([[0]]);
    other.close();
    sink.database.exec('PRAGMA max_page_count = 1000');
    await written;
    expect(told).toEqual([
      `${join(folder, 'a.db')} has no room (the disk, or its own limit, is full): trying again until there is some`,
      expect.stringMatching(/ has room again after \d+ s$/),
    ]);
    expect(sink.counts()).toEqual({ rows: 1000, applied: 1000, stale: 0, tied: 0 });
    await sink.close();
  });

  it('is not waited for any longer once the run is to stop', async () => {
    const stop = new AbortController();
    const sink = await full('b.db', { tell: () => stop.abort(), stop: stop.signal });
    expect(await failureOf(sink.write(BATCH))).toMatchObject({
      status: 4,
      message: expect.stringMatching(/b\.db has no room \(.*\), and freshet was told to stop: the last rows are not/),
    });
    await sink.close();
  });

  it.skipIf(!isSmall)('is an error at the start, with what to do', async () => {
    const options = { schema: DAILY, create: true, zone: UTC };
    const address = join(disk, 'there.db');
    await (await sqliteStore.sink(address, options)).close();
    const give = fill();
    const expected = { status: 4, next: expect.stringContaining('make room and run it again') };
    for (const name of ['there.db', 'new.db']) {
      const file = join(disk, name);
      expect(await failureOf(sqliteStore.sink(file, options))).toMatchObject({
        ...expected,
        message: `no room to write ${file}: the disk, or the database's own limit, is full`,
      });
    }
    give();
  });

  it.skipIf(!isSmall).each([
    ['with a write-ahead log', 'wal'],
    ['without one', 'delete'],
  ])('on a real disk, %s, goes on when there is some, exact and intact', async (_, journal) => {
    const address = join(disk, `${journal}.db`);
    const worker = await buildWorker(folder);
    // The file is there, and small.
    await (await sqliteStore.sink(address, { schema: WORKED, create: true, zone: UTC })).close();
    const setUp = await SqliteDatabase.open(address, address);
    setUp.exec(`PRAGMA journal_mode = ${journal}`);
    setUp.close();
    // Enough that the disk is full long before the end, however late this process hears of a batch.
    const load: Workload = { seed: 11, batches: 150, rows: 300, channels: 300 };
    let give: (() => void) | undefined;
    const run = runWorker(
      worker,
      { ...load, address },
      {
        onLine: (line) => {
          if ('committed' in line && line.committed === 3) give = fill();
          if ('told' in line && line.told.includes('has no room')) setTimeout(() => give?.(), 300);
        },
      },
    );
    expect(await run.ended).toBe(0);
    expect(toldBy(run)).toEqual([
      expect.stringContaining('has no room (the disk, or its own limit, is full): trying again until there is some'),
      expect.stringMatching(/ has room again after \d+ s$/),
    ]);
    expect(await tableOf(sqliteStore, address)).toEqual(modelOf(load).rows());
    expect(countsOf(run)).toEqual(modelOf(load).counts);
    const judge = await SqliteDatabase.open(address, address);
    expect(judge.select('SELECT integrity_check FROM pragma_integrity_check', ['integrity_check'])).toEqual([['ok']]);
    judge.close();
  });

  it.skipIf(!isSmall)('is not waited for while the write-ahead log can make some', async () => {
    const address = join(disk, 'log.db');
    const worker = await buildWorker(folder);
    const loads = [12, 13].map((seed): Workload => ({ seed, batches: 60, rows: 300, channels: 30 }));
    // All keys are there, in pages of the file.
    expect(await runWorker(worker, { ...loads[0], address }).ended).toBe(0);
    const give = fill(1_000_000);
    const run = runWorker(worker, { ...loads[1], address });
    expect(await run.ended).toBe(0);
    give();
    expect(toldBy(run)).toEqual([]);
    expect(await tableOf(sqliteStore, address)).toEqual(modelOf(...loads).rows());
  });
});
