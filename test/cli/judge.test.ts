import { execFileSync } from 'node:child_process';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ended, freshet, inFolder, rowsOf, start } from './run-freshet.js';

const JUDGE = fileURLToPath(new URL('judge.py', import.meta.url));
const PYTHON = process.env.FRESHET_PYTHON ?? 'python3';
const found = hasPython();
if (!found) console.warn('skipped: there is no Python 3.11 to judge by (FRESHET_PYTHON names one)');

/*
 * Records out of order, twice, late and broken in every way that `produce` knows, judged by plain Python: the rows are
 * the same, the dead letters are the lines that are no records, and together they are all that went in.
 */
describe.skipIf(!found && process.env.CI === undefined)('aggregate daily against plain Python', () => {
  const seeds = [1, 2, 3];

  it.each(seeds)('seed %i', (seed) =>
    inFolder(async (cwd) => {
      const disturbed = ['--disorder', '0.3', '--duplicates', '0.1', '--late', '0.05', '--broken', '0.1'];
      const story = ['--channels', '40', '--days', '30', '--seed', String(seed)];
      expect((await freshet(['produce', 'yt', ...story, ...disturbed, '--to', 'yt.ndjson'], '', { cwd })).status).toBe(
        0,
      );
      const judged = JSON.parse(
        execFileSync(PYTHON, [JUDGE, 'yt.ndjson'], { cwd, maxBuffer: 1 << 28, encoding: 'utf8' }),
      );
      expect(judged.dead.length).toBeGreaterThan(100);

      for (const way of ['file', 'pipe'] as const) {
        const args = ['aggregate', 'daily', '--emit', 'close', '--dead', 'dead.ndjson', '--log-format', 'json'];
        const child = start(way === 'file' ? [...args, '--from', 'yt.ndjson'] : args, { cwd });
        if (child.stdin !== null)
          way === 'pipe' ? createReadStream(join(cwd, 'yt.ndjson')).pipe(child.stdin) : child.stdin.end();
        const { out, err, status } = await ended(child);
        expect(status).toBe(0);
        const dead = rowsOf(readFileSync(join(cwd, 'dead.ndjson'), 'utf8'));
        expect(dead.map(({ line }) => line)).toEqual(judged.dead);
        expect(rowsWithText(out)).toEqual(judged.rows);
        expect(rowsOf(err).at(-1)).toMatchObject({
          event: 'summary',
          records: judged.accepted + judged.dead.length,
          dead: judged.dead.length,
          rows: judged.rows.length,
        });
      }
    }),
  );

  it('numbers that a double does not hold', () =>
    inFolder(async (cwd) => {
      const subs = [
        '9007199254740993',
        '9223372036854775807',
        '-9223372036854775808',
        '9223372036854775808',
        '1.0',
        '1.5',
        '1e3',
      ];
      const lines = subs.map(
        (text, n) => `{"yt_channel_id":"c${n}","harvest_ts":"2017-08-02T02:00:00","subs":${text}}\n`,
      );
      writeFileSync(join(cwd, 'yt.ndjson'), lines.join(''));
      const judged = JSON.parse(execFileSync(PYTHON, [JUDGE, 'yt.ndjson'], { cwd, encoding: 'utf8' }));
      const { out } = await freshet(['aggregate', 'daily', '--from', 'yt.ndjson'], '', { cwd });
      expect(rowsWithText(out)).toEqual(judged.rows);
    }));
});

/** Rows with subs as text: JSON.parse would round it. */
function rowsWithText(text: string): Record<string, unknown>[] {
  return rowsOf(text.replace(/"subs":(-?\d+)/g, '"subs":"$1"'));
}

function hasPython(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import sys; assert sys.version_info >= (3, 11)'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
