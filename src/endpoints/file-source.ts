import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isatty } from 'node:tty';
import { ServiceError, UsageError } from '../records/errors.js';
import type { ByteSource } from './endpoint.js';
import { PipeSource } from './pipe-source.js';
import { sentenceOf } from './system-error.js';

/** A regular file, read where the caller wants the bytes. */
class FileSource implements ByteSource {
  readonly finite = true;
  readonly drains = false;
  #stopped = false;

  constructor(
    readonly name: string,
    readonly fd: number,
  ) {}

  read(into: Uint8Array): number {
    if (this.#stopped) return 0;
    try {
      return readSync(this.fd, into, 0, into.length, null);
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
  try {
    return fromDescriptor(name, openSync(name, 'r'));
  } catch (error) {
    if (error instanceof UsageError) throw error;
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
