import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobLog } from '../../../src/jobs/local/job-log.js';
import { readLog } from '../../../src/jobs/local/read-log.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'freshet-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function textOf(log: AsyncGenerator<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const bytes of log) chunks.push(bytes);
  return Buffer.concat(chunks).toString();
}

const once = async (): Promise<boolean> => false;

describe('the log of a job', () => {
  it('has all that was said, or the last of it, in one or two files', async () => {
    const limit = 100;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ minLength: 1, maxLength: 60 }), { maxLength: 30 }), async (said) => {
        for (const name of ['log', 'log.1']) rmSync(join(folder, name), { force: true });
        const log = new JobLog({ folder, limit, tell: () => expect.unreachable() });
        for (const text of said) log.write(Buffer.from(text));
        log.close();
        const all = Buffer.from(said.join(''));
        const kept = Buffer.from(await textOf(readLog(folder, once)));
        expect(all.subarray(all.length - kept.length).equals(kept)).toBe(true);
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(all.length, limit));
        // A text is not cut: both files may be longer by one.
        expect(kept.length).toBeLessThan(2 * (limit + 240));
      }),
    );
  });

  it('goes on after a full disk, and says what is missing', async () => {
    const told: string[] = [];
    const log = new JobLog({ folder, tell: (sentence) => told.push(sentence), retry: 0 });
    log.write(Buffer.from('before\n'));
    log.close();
    renameSync(join(folder, 'log'), join(folder, 'kept'));
    symlinkSync('/dev/full', join(folder, 'log'));
    log.write(Buffer.from('lost 1\n'));
    log.write(Buffer.from('lost 2\n'));
    log.close();
    unlinkSync(join(folder, 'log'));
    renameSync(join(folder, 'kept'), join(folder, 'log'));
    log.write(Buffer.from('after\n'));
    log.close();
    expect(told).toEqual([`${join(folder, 'log')} can't be written: no space is left on the disk; the job goes on`]);
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('before\n\nfreshet: 14 bytes are missing here\nafter\n');
  });

  it('is followed through its rotations', async () => {
    const log = new JobLog({ folder, limit: 50, tell: () => expect.unreachable() });
    log.write(Buffer.from('line 0\n'));
    let at = 1;
    const more = async (): Promise<boolean> => {
      // Between two looks at it.
      for (let lines = 0; lines < 10 && at < 60; lines++) log.write(Buffer.from(`line ${at++}\n`));
      return at < 60;
    };
    const seen = await textOf(readLog(folder, more));
    log.close();
    expect(existsSync(join(folder, 'log.1'))).toBe(true);
    expect(seen).toBe(Array.from({ length: 60 }, (_, line) => `line ${line}\n`).join(''));
  });

  it('may be none, and come later', async () => {
    expect(await textOf(readLog(folder, once))).toBe('');
    let looks = 0;
    const later = async (): Promise<boolean> => {
      if (looks++ === 1) appendFileSync(join(folder, 'log'), 'late\n');
      return looks < 3;
    };
    expect(await textOf(readLog(folder, later))).toBe('late\n');
  });
});
