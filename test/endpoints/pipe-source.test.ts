import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ByteSource } from '../../src/endpoints/endpoint.js';
import { openByteSource } from '../../src/endpoints/file-source.js';
import { PipeSource } from '../../src/endpoints/pipe-source.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freshet-pipe-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A named pipe that a shell command writes to. */
function pipeOf(command: string): PipeSource {
  const path = join(folder, 'pipe');
  spawn('sh', ['-c', `mkfifo '${path}'.new && mv '${path}'.new '${path}' && { ${command}; } > '${path}'`], {
    stdio: 'ignore',
  });
  return new PipeSource('pipe', opened(path), 'pipe');
}

function opened(path: string): number {
  for (;;) {
    try {
      return openSync(path, 'r');
    } catch {
      // The shell has not made it yet.
    }
  }
}

async function digest(source: ByteSource): Promise<{ bytes: number; sha: string }> {
  const hash = createHash('sha256');
  const into = new Uint8Array(100_000);
  let bytes = 0;
  for (;;) {
    const got = source.read(into);
    const chunk = typeof got === 'number' ? into.subarray(0, got) : await got;
    if (chunk.length === 0) break;
    bytes += chunk.length;
    hash.update(chunk);
  }
  await source.close();
  return { bytes, sha: hash.digest('hex') };
}

describe('a pipe', () => {
  it('gives its bytes once and in order, whether they are there or are waited for', async () => {
    const numbers = Array.from({ length: 200_000 }, (_, at) => `${at + 1}\n`).join('');
    const wanted = createHash('sha256').update(numbers.repeat(3)).digest('hex');
    const writes =
      'seq 200000; sleep 0.05; seq 100000; sleep 0.01; seq 100001 200000; for i in $(seq 1 1000); do echo $i; done; seq 1001 200000';
    expect(await digest(pipeOf(writes))).toEqual({ bytes: numbers.length * 3, sha: wanted });
  });

  it('lets the event loop go on while it is empty', async () => {
    const source = pipeOf('sleep 0.3; echo x');
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    expect(await digest(source)).toMatchObject({ bytes: 2 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  it('ends at once when it is stopped, also in the middle of a wait', async () => {
    const source = pipeOf('echo x; sleep 5');
    const into = new Uint8Array(10);
    const first = source.read(into);
    expect(typeof first === 'number' ? first : (await first).length).toBe(2);
    const waiting = source.read(into);
    source.stop();
    expect(await waiting).toHaveLength(0);
    expect(source.read(into)).toBe(0);
    await source.close();
  });
});

describe.runIf(process.platform === 'linux')('a named pipe that is opened before its writer', () => {
  function opensFirst(): { source: ByteSource; path: string } {
    const path = join(folder, 'named');
    execFileSync('mkfifo', [path]);
    return { source: openByteSource(path), path };
  }

  it('is waited for, and ends with its writer', async () => {
    const { source, path } = opensFirst();
    const result = digest(source);
    spawn('sh', ['-c', `sleep 0.1; { seq 100000; sleep 0.05; seq 100001 200000; } > '${path}'`]);
    const numbers = Array.from({ length: 200_000 }, (_, at) => `${at + 1}\n`).join('');
    expect(await result).toEqual({
      bytes: numbers.length,
      sha: createHash('sha256').update(numbers).digest('hex'),
    });
  });

  it('ends with a writer that writes nothing', async () => {
    const { source, path } = opensFirst();
    const result = digest(source);
    spawn('sh', ['-c', `sleep 0.1; : > '${path}'`]);
    expect(await result).toMatchObject({ bytes: 0 });
  });

  it.each([
    { said: '', bytes: 0 },
    { said: 'x', bytes: 1 },
  ])('ends with a writer that came and went before the first read, having said "$said"', async ({ said, bytes }) => {
    const { source, path } = opensFirst();
    execFileSync('sh', ['-c', `printf '%s' '${said}' > '${path}'`]);
    expect(await digest(source)).toMatchObject({ bytes });
  });

  it('is drained after a signal once it has a writer, and what that one has written is read', async () => {
    const { source, path } = opensFirst();
    expect(source.drains).toBe(false);
    const writer = openSync(path, 'w');
    expect(source.drains).toBe(true);
    execFileSync('sh', ['-c', `printf x > '${path}'`]);
    expect(source.drains).toBe(true);
    closeSync(writer);
    expect(source.drains).toBe(true);
    expect(await digest(source)).toMatchObject({ bytes: 1 });
  });

  it('ends at once when it is stopped', async () => {
    const { source } = opensFirst();
    const into = new Uint8Array(10);
    const waiting = source.read(into);
    source.stop();
    expect(await waiting).toHaveLength(0);
    await source.close();
  });
});
