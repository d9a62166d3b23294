import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { end, ended, inFolder, ROOT, rowsOf, start, until } from './run-freshet.js';

const RECORDS = join(ROOT, 'test/cases/fixtures/yt.ndjson');

/** Starts freshet where there are the named pipes `one` and `other`, and kills it afterwards if it does not end. */
async function withPipes(
  args: readonly string[],
  work: (run: ChildProcess, cwd: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (cwd) => {
    execFileSync('mkfifo', ['one', 'other'], { cwd });
    const run = start(args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      await work(run, cwd);
    } finally {
      run.kill('SIGKILL');
    }
  });
}

/** Waits until a process has a file open: by then it takes care of signals. */
async function opened({ pid }: ChildProcess, path: string): Promise<void> {
  const files = `/proc/${pid}/fd`;
  const leadsThere = (fd: string): boolean => {
    try {
      return readlinkSync(join(files, fd)) === realpathSync(path);
    } catch {
      // It was closed meanwhile.
      return false;
    }
  };
  await until(`${path} to be open`, () => readdirSync(files).some(leadsThere));
}

describe.runIf(process.platform === 'linux')('a named pipe', () => {
  it.each([
    { without: 'a writer', args: ['--from', 'one'], isWritten: false },
    { without: 'a reader', args: ['--from', 'other', '--to', 'one'], isWritten: true },
    { without: 'a reader of dead letters', args: ['--from', 'other', '--dead', 'one'], isWritten: true },
  ])('without $without is not waited for when a signal comes', async ({ args, isWritten }) => {
    for (const [signal, status] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
      await withPipes(['aggregate', 'daily', '--drain', '1h', ...args], async (run, cwd) => {
        if (isWritten) await end(spawn('sh', ['-c', `cat '${RECORDS}' > other`], { cwd }));
        else await opened(run, join(cwd, 'one'));
        // Now or a little later: it ends whether it waits already or not.
        await new Promise((resolve) => setTimeout(resolve, 300));
        const outcome = ended(run);
        run.kill(signal);
        const late = setTimeout(() => run.kill('SIGKILL'), 30_000);
        expect(await outcome).toMatchObject({ err: '', status });
        clearTimeout(late);
      });
    }
  });

  it('of which a schema is to be inferred is not waited for after a signal', async () => {
    await withPipes(['schema', 'infer', 'one'], async (run, cwd) => {
      await opened(run, join(cwd, 'one'));
      const outcome = ended(run);
      run.kill('SIGINT');
      expect(await outcome).toMatchObject({ out: '', err: '', signal: 'SIGINT' });
    });
  });

  it('is read when its writer comes', async () => {
    await withPipes(['aggregate', 'daily', '--from', 'one'], async (run, cwd) => {
      await opened(run, join(cwd, 'one'));
      const outcome = ended(run);
      await end(spawn('sh', ['-c', `cat '${RECORDS}' > one`], { cwd }));
      const { out, status } = await outcome;
      expect({ rows: rowsOf(out).length, status }).toEqual({ rows: 8, status: 0 });
    });
  });

  it('is written when its readers come, in whatever order they open several', async () => {
    await withPipes(['aggregate', 'daily', '--from', RECORDS, '--to', 'one', '--to', 'other'], async (run, cwd) => {
      const outcome = ended(run);
      const reader = spawn('sh', ['-c', 'exec 3< other 4< one; cat <&4; cat <&3'], {
        cwd,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const late = setTimeout(() => [run, reader].map((child) => child.kill('SIGKILL')), 30_000);
      expect(rowsOf(await text(reader.stdout))).toHaveLength(16);
      expect((await outcome).status).toBe(0);
      clearTimeout(late);
    });
  });

  it('that nobody has written to is none of what is drained, and one with a writer is', async () => {
    await withPipes(['aggregate', 'daily', '--from', 'one', '--drain', '1h'], async (run, cwd) => {
      // Its end is open once the reader's is.
      const writer = spawn('sh', ['-c', `exec 3> one; echo open; read go; cat '${RECORDS}' >&3`], { cwd });
      await new Promise((resolve) => writer.stdout.once('data', resolve));
      const outcome = ended(run);
      run.kill('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 300));
      writer.stdin.end('go\n');
      const { out, status } = await outcome;
      expect({ rows: rowsOf(out).length, status }).toEqual({ rows: 8, status: 130 });
    });
  });
});
