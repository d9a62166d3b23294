import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXECUTABLE, end, freshet, inFolder, rowsOf, until } from './run-freshet.js';

const ROUNDS = 6;

/*
 * ctrl-C sends SIGINT to every process of a pipeline at once. The producer stops; the stages behind it read their pipes
 * to the end: what the producer has handed over must be in the answer. `tee -i` keeps what went through the first pipe.
 */
describe('ctrl-C on a pipeline', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s: no row is lost between the stages', async (signal) => {
    const random = fc.sample(fc.integer({ min: 0, max: 400 }), { seed: 20171, numRuns: ROUNDS });
    for (const [round, pause] of random.entries()) {
      await inFolder(async (cwd) => {
        const freshetHere = `'${process.execPath}' '${EXECUTABLE}'`;
        const pipeline = [
          `${freshetHere} produce yt --channels 200 --seed ${round} --log-format json 2> produced`,
          `(trap '' ${signal.slice(3)}; exec tee raw.ndjson)`,
          `${freshetHere} aggregate daily --every 100ms --log-format json 2> aggregated`,
          `(trap '' ${signal.slice(3)}; exec tee daily.ndjson)`,
          `${freshetHere} aggregate monthly --every 100ms --to monthly.ndjson --log-format json 2> monthly`,
        ].join(' | ');
        // A group of its own, so that one signal reaches all of it as a terminal's would.
        const shell = spawn('sh', ['-c', `trap '' ${signal.slice(3)}; ${pipeline}`], {
          cwd,
          detached: true,
          stdio: 'ignore',
        });
        const size = (name: string): number => statSync(join(cwd, name), { throwIfNoEntry: false })?.size ?? 0;
        await until('the first monthly row', () => size('monthly.ndjson') > 0);
        await new Promise((resolve) => setTimeout(resolve, pause));
        process.kill(-(shell.pid ?? 0), signal);
        await end(shell);

        const summaryOf = (name: string): Record<string, unknown> | undefined =>
          rowsOf(readFileSync(join(cwd, name), 'utf8')).find(({ event }) => event === 'summary');
        const lines = readFileSync(join(cwd, 'raw.ndjson'), 'utf8').split('\n').length - 1;
        expect(summaryOf('produced')).toMatchObject({ rows: lines });
        expect(summaryOf('aggregated')).toMatchObject({ records: lines, dead: 0 });
        for (const period of ['daily', 'monthly']) {
          const again = await freshet(['aggregate', period, '--from', 'raw.ndjson'], '', { cwd });
          expect(again.status).toBe(0);
          expect(newest(readFileSync(join(cwd, `${period}.ndjson`), 'utf8'))).toEqual(newest(again.out));
        }
      });
    }
  });
});

/** The last row of each key and period: what a reader of updates ends up with. */
function newest(text: string): Map<string, Record<string, unknown>> {
  return new Map(rowsOf(text).map((row) => [`${row.yt_channel_id} ${row.date ?? row.month}`, row]));
}
