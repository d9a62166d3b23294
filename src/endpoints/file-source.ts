import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isatty } from 'node:tty';
import { ServiceError, UsageError } from '../records/errors.js';
import type { ByteSource } from './endpoint.js';
import { isNamedPipe } from './named-pipe.js';
import { PipeSource } from './pipe-source.js';
import { sentenceOf } from './system-error.js';

/** Elsewhere a pipe that nobody has written to yet looks like one that has ended: opening it waits for a writer. */
const TELLS_UNWRITTEN = process.platform === 'linux';

/** Some of a file's bytes: where they begin, and where they end if not with the file. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** A regular file, read where the caller wants the bytes. */
class FileSource implements ByteSource {
  readonly finite = true;
  readonly drains = false;
  readonly #range: Range | undefined;
  #read = 0;
  #stopped = false;

  /** @param range absent: all that is in front of the descriptor */
  constructor(
    readonly name: string,
    readonly fd: number,
    range?: Range,
  ) {
    this.#range = range;
  }

  read(into: Uint8Array): number {
    if (this.#stopped) return 0;
    try {
      if (this.#range === undefined) return readSync(this.fd, into, 0, into.length, null);
      const at = this.#range.from + this.#read;
      const count = readSync(this.fd, into, 0, Math.min(into.length, this.#range.to - at), at);
      this.#read += count;
      return count;
    } catch (error) {
      throw new ServiceError(`${this.name}: can't be read: ${sentenceOf(error)}`, undefined, { cause: error });
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async close(): Promise<void> {
    if (this.fd !== 0) closeSync(this.fd);
  }
}

/**
 * Opens a path, or standard input for `-`. A named pipe or a terminal is read as it comes.
 * @throws UsageError where the path can't be opened
 */
export function openByteSource(name: string): ByteSource {
  if (name === '-') return fromDescriptor('standard input', 0);
  if (TELLS_UNWRITTEN && isNamedPipe(name)) {
    return new PipeSource(name, openPath(name, constants.O_RDONLY | constants.O_NONBLOCK), 'named pipe');
  }
  return fromDescriptor(name, openPath(name));
}

/**
 * Opens some of the bytes of a regular file.
 * @param to Infinity: to its end
 * @throws UsageError where it can't be opened
 */
export function openFileRange(name: string, from: number, to: number): ByteSource {
  return new FileSource(name, openPath(name), { from, to });
}

function openPath(name: string, flags: number = constants.O_RDONLY): number {
  try {
    return openSync(name, flags);
  } catch (error) {
    throw new UsageError(`${name} can't be opened: ${sentenceOf(error)}`, undefined, { cause: error });
  }
}

function fromDescriptor(name: string, fd: number): ByteSource {
  const kind = fstatSync(fd);
  if (kind.isDirectory()) throw new UsageError(`${name} is a folder`, `Give its files: --from '${name}/*'.`);
  if (kind.isFIFO()) return new PipeSource(name, fd, 'pipe');
  if (kind.isSocket()) return new PipeSource(name, fd, 'socket');
  return isatty(fd) ? new PipeSource(name, fd, 'terminal') : new FileSource(name, fd);
}
