import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { end, inFolder, until } from '../cli/run-freshet.js';
import type { AlarmsTask } from './alarms-worker.js';

let workers: string;
let worker: string;
beforeAll(async () => {
  workers = mkdtempSync(join(tmpdir(), 'freshet-worker-'));
  worker = join(workers, 'alarms-worker.mjs');
  const entryPoints = [fileURLToPath(new URL('alarms-worker.ts', import.meta.url))];
  await build({ entryPoints, outfile: worker, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
});
afterAll(() => rmSync(workers, { recursive: true, force: true }));

const start = (task: AlarmsTask): ChildProcess =>
  spawn(process.execPath, [worker, JSON.stringify(task)], { stdio: ['ignore', 'inherit', 'inherit'] });

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];

describe('alarms of several processes', () => {
  it('act once for each breach, whichever of two monitors of one name sees it first', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'deeds');
      const ids = Array.from({ length: 40 }, (_, at) => `alert ${at}`);
      const exec = `grep -o '"id":"[^"]*"' >> ${file}`;
      const runs = [0, 10, 20].map((from) =>
        start({ stateFolder: folder, exec, ids: [...ids.slice(from), ...ids.slice(0, from)] }),
      );
      expect(await Promise.all(runs.map(end))).toEqual(runs.map(() => ({ status: 0, signal: null })));
      expect(linesOf(file).sort()).toEqual(ids.map((id) => `"id":"${id}"`).sort());
    });
  });

  it('act again for the breach that a kill -9 came into, and for no other', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'deeds');
      // The second one takes until there is a file `go`, and is killed in its midst.
      const exec = `read -r alert; case $alert in *'"id":"b"'*) echo begun >> ${file}; until test -e ${folder}/go; do sleep 0.05; done;; esac; echo "$alert" | grep -o '"id":"[^"]*"' >> ${file}`;
      const task = { stateFolder: folder, exec, ids: ['a', 'b', 'c'] };
      const first = start(task);
      await until('the second', () => linesOf(file).includes('begun'));
      first.kill('SIGKILL');
      await end(first);
      const ids = linesOf(file);
      expect(ids).toEqual(['"id":"a"', 'begun']);
      // What the first has begun goes on, as nobody is left to end it: at least once.
      const second = start(task);
      await until('it again', () => linesOf(file).filter((line) => line === 'begun').length === 2);
      writeFileSync(join(folder, 'go'), '');
      expect(await end(second)).toEqual({ status: 0, signal: null });
      await until('both', () => linesOf(file).filter((line) => line === '"id":"b"').length === 2);
      expect(
        linesOf(file)
          .filter((line) => line.startsWith('"'))
          .sort(),
      ).toEqual(['"id":"a"', '"id":"b"', '"id":"b"', '"id":"c"']);
    });
  });
});
