import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const CHUNK = 64 * 1024;
const LOOK_MS = 100;

/**
 * What a run has said, oldest first.
 * @param goesOn asked each time when all of it has been read: whether to wait for more
 */
export async function* readLog(folder: string, goesOn: () => Promise<boolean>): AsyncGenerator<Uint8Array> {
  const [path, olderPath] = [join(folder, 'log'), join(folder, 'log.1')];
  // In this order: what is put aside in between is the same file twice, and not missed.
  let log = open(path);
  yield* olderThan(log, olderPath);
  try {
    for (;;) {
      // Asked before the last look, so that what was said until then is seen.
      const more = await goesOn();
      if (log !== undefined) yield* rest(log);
      const next = open(path);
      if (next !== undefined && !isSame(next, log)) {
        if (log !== undefined) {
          // Put aside since: what was added to it before that.
          yield* rest(log);
          yield* olderThan(log, olderPath);
          closeSync(log);
        }
        log = next;
        continue;
      }
      if (next !== undefined) closeSync(next);
      if (!more) return;
      await pause(LOOK_MS);
    }
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

/** The file that was put aside, unless it is the one that is being read. */
function* olderThan(log: number | undefined, path: string): Generator<Uint8Array> {
  const older = open(path);
  if (older === undefined) return;
  try {
    if (!isSame(older, log)) yield* rest(older);
  } finally {
    closeSync(older);
  }
}

function* rest(fd: number): Generator<Uint8Array> {
  for (;;) {
    const bytes = Buffer.allocUnsafe(CHUNK);
    const count = readSync(fd, bytes);
    if (count === 0) return;
    yield bytes.subarray(0, count);
  }
}

function isSame(a: number, b: number | undefined): boolean {
  return b !== undefined && fstatSync(a).ino === fstatSync(b).ino;
}

function open(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
