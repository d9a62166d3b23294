import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, openSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DescriptorSink, openByteSink } from '../../src/endpoints/file-sink.js';
import { ReaderGone, ServiceError } from '../../src/records/errors.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freshet-outlet-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A pipe that a shell command reads; the end that is written to is non-blocking, as Node makes standard output. */
function pipeTo(command: string): { sink: DescriptorSink; output: Promise<string> } {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = spawn('sh', ['-c', `{ ${command}; } < '${path}'`], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { sink: new DescriptorSink('pipe', opened(path), false), output: text(reader.stdout) };
}

function opened(path: string): number {
  for (;;) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      // Nobody reads it yet.
    }
  }
}

describe('a pipe that is written to', () => {
  it('takes all bytes in order from a writer that is faster than its reader, and no clock is asked when', async () => {
    const lines = Array.from({ length: 200_000 }, (_, at) => `${at}\n`).join('');
    const { sink, output } = pipeTo('sleep 0.2; dd bs=4096 status=none | sha256sum');
    const timers = vi.spyOn(globalThis, 'setTimeout');
    for (let from = 0; from < lines.length; from += 100_000) {
      await sink.write(Buffer.from(lines.slice(from, from + 100_000)));
    }
    await sink.flush();
    expect(timers).not.toHaveBeenCalled();
    timers.mockRestore();
    await sink.close();
    expect(await output).toContain(createHash('sha256').update(lines).digest('hex'));
  });

  it('says that its reader is gone while it waits for it', async () => {
    const { sink } = pipeTo('sleep 0.2; head -c 1000 >&2 > /dev/null');
    await sink.write(Buffer.alloc(1_000_000));
    await expect(sink.flush()).rejects.toThrow(ReaderGone);
  });
});

describe('a named pipe that nobody reads yet', () => {
  function unread(stop?: AbortSignal): { sink: ReturnType<typeof openByteSink>; path: string } {
    const path = join(folder, 'named');
    execFileSync('mkfifo', [path]);
    return { sink: openByteSink(path, false, stop), path };
  }

  it('has all bytes in order for a reader that comes later', async () => {
    const { sink, path } = unread();
    const lines = Array.from({ length: 100_000 }, (_, at) => `${at}\n`).join('');
    const reader = spawn('sh', ['-c', `sleep 0.2; sha256sum < '${path}'`], { stdio: ['ignore', 'pipe', 'inherit'] });
    const output = text(reader.stdout);
    for (let from = 0; from < lines.length; from += 100_000) {
      await sink.write(Buffer.from(lines.slice(from, from + 100_000)));
    }
    await sink.flush();
    await sink.close();
    expect(await output).toContain(createHash('sha256').update(lines).digest('hex'));
  });

  it('lets its reader hear of an end without bytes', async () => {
    const { sink, path } = unread();
    const reader = spawn('sh', ['-c', `sleep 0.2; wc -c < '${path}'`], { stdio: ['ignore', 'pipe', 'inherit'] });
    await sink.flush();
    await sink.close();
    expect(Number(await text(reader.stdout))).toBe(0);
  });

  it('is not waited for when the run is to stop: bytes are nowhere then, and no bytes are no loss', async () => {
    const stopping = new AbortController();
    const { sink } = unread(stopping.signal);
    const writing = expect(sink.write(Buffer.from('x'))).rejects.toThrow(ReaderGone);
    stopping.abort();
    await writing;
    await sink.close();
  });

  it('that is taken away is an error of the run', async () => {
    const { sink, path } = unread();
    rmSync(path);
    await expect(sink.write(Buffer.from('x'))).rejects.toThrow(ServiceError);
  });
});
