import { type ChildProcess, execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { end, inFolder, start, until } from './run-freshet.js';

const ROUNDS = 4;
const PRODUCE = ['produce', 'yt', '--channels', '60', '--days', '60', '--seed', '7'];
const STAGES = ['produce', 'aggregate', 'store'] as const;
type Stage = (typeof STAGES)[number];

interface Table {
  readonly rows: ReadonlyMap<string, string>;
  readonly sound: boolean;
}

/*
 * kill -9 of one stage of produce | aggregate daily | store daily at a random moment. A round counts only if the
 * stage was alive when it was hit, rows had been stored and not all of them were. SQLite must be sound, hold no row
 * that is newer than the truth, and the rerun must end with the exact table.
 */
describe('kill -9', () => {
  let truth: ReadonlyMap<string, string>;

  beforeAll(async () => {
    truth = await inFolder(async (cwd) => {
      await Promise.all(Object.values(pipeline(cwd, [])).map(end));
      return read(cwd).rows;
    });
    expect(truth.size).toBe(60 * 60);
  });

  it.each(STAGES)('of %s: SQLite is intact and the rerun exact', async (victim) => {
    const pauses = fc.sample(fc.integer({ min: 0, max: 250 }), { seed: 42, numRuns: 40 });
    let counted = 0;
    for (const pause of pauses) {
      if (counted === ROUNDS) break;
      if (await inFolder((cwd) => round(cwd, victim, pause))) counted++;
    }
    expect(counted).toBe(ROUNDS);
  });

  /** @returns whether the kill hit in the middle of the work */
  async function round(cwd: string, victim: Stage, pause: number): Promise<boolean> {
    const children = pipeline(cwd, ['--rate', '6000']);
    await until('the first rows in the table', () => stored(cwd) > 0);
    await new Promise((resolve) => setTimeout(resolve, pause));
    const alive = children[victim].exitCode === null && children[victim].signalCode === null;
    children[victim].kill('SIGKILL');
    const ends = await Promise.all(STAGES.map((stage) => end(children[stage])));
    const { rows, sound } = read(cwd);

    expect(sound).toBe(true);
    expect([...rows].filter(([key, row]) => row > (truth.get(key) ?? ''))).toEqual([]);
    // The others end by themselves: their input has ended, or nobody reads them any more.
    for (const [at, stage] of STAGES.entries()) {
      if (stage !== victim) expect([stage, ends[at].status]).toEqual([stage, 0]);
    }

    const again = await Promise.all(Object.values(pipeline(cwd, [])).map(end));
    expect(again.map(({ status }) => status)).toEqual([0, 0, 0]);
    const after = read(cwd);
    expect(after.sound).toBe(true);
    expect(after.rows.size).toBe(truth.size);
    expect([...after.rows].filter(([key, row]) => row !== truth.get(key))).toEqual([]);
    return alive && rows.size > 0 && rows.size < truth.size;
  }
});

/** The stages as processes of their own, connected by named pipes. */
function pipeline(cwd: string, pace: readonly string[]): Record<Stage, ChildProcess> {
  execFileSync('rm', ['-f', 'raw', 'daily'], { cwd });
  execFileSync('mkfifo', ['raw', 'daily'], { cwd });
  const options = { cwd, stdio: 'ignore' as const };
  return {
    produce: start([...PRODUCE, ...pace, '--to', 'raw', '--format', 'ndjson'], options),
    aggregate: start(
      ['aggregate', 'daily', '--every', '20ms', '--from', 'raw', '--from-format', 'ndjson', '--to', 'daily'],
      options,
    ),
    store: start(['store', 'daily', '--from', 'daily', '--from-format', 'ndjson'], options),
  };
}

// Read with SQLite's own library, not with freshet.
const Database = createRequire(import.meta.url)('libsql');

function open<T>(cwd: string, otherwise: T, ask: (all: (query: string) => unknown[][]) => T): T {
  let database: { prepare(query: string): { raw(): { all(): unknown[][] } }; close(): void } | undefined;
  try {
    database = new Database(join(cwd, 'freshet.db'), { readonly: true, fileMustExist: true, timeout: 5000 });
    return ask((query) => database?.prepare(query).raw().all() ?? []);
  } catch {
    return otherwise;
  } finally {
    database?.close();
  }
}

function stored(cwd: string): number {
  return open(cwd, 0, (all) => Number(all('select count(*) from yt_daily')[0]?.[0] ?? 0));
}

function read(cwd: string): Table {
  return open<Table>(cwd, { rows: new Map(), sound: false }, (all) => ({
    rows: new Map(
      all('select channel, date, harvest_ts, subs from yt_daily').map(([channel, date, ts, subs]) => [
        `${channel} ${date}`,
        `${ts} ${subs}`,
      ]),
    ),
    sound: all('pragma integrity_check')[0]?.[0] === 'ok',
  }));
}
