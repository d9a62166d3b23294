import { closeSync, constants, fstatSync, fsync, ftruncateSync, openSync, statSync, write } from 'node:fs';
import { dirname } from 'node:path';
import { ReaderGone, ServiceError, UsageError } from '../records/errors.js';
import type { ByteSink } from './endpoint.js';
import { fileIdentity } from './file-identity.js';
import { isNamedPipe } from './named-pipe.js';
import { PipeOutlet } from './pipe-outlet.js';
import { codeOf, sentenceOf } from './system-error.js';
import { UnreadPipe } from './unread-pipe.js';

/** How often a descriptor that is full is tried again, where nothing tells when it takes more. */
const RETRY_MS = 1;

/** A file, a pipe or a terminal. One write is under way while the next bytes are made. */
export class DescriptorSink implements ByteSink {
  /** Tells a regular file from every other; undefined for all else. */
  readonly identity: string | undefined;
  readonly #fd: number;
  readonly #outlet: PipeOutlet | undefined;
  readonly #append: boolean;
  #pending: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #begun = false;
  /** Where the file ends after the last write that was whole. */
  #size = 0;

  constructor(
    readonly name: string,
    fd: number,
    append: boolean,
  ) {
    this.#fd = fd;
    this.#append = append;
    this.identity = fileIdentity(fd);
    this.#outlet = this.identity === undefined ? PipeOutlet.of(fd) : undefined;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#settled();
    if (bytes.length === 0) return;
    this.#begin();
    this.#pending = this.#writeAll(bytes).catch((error: Error) => {
      this.#failure = error;
    });
  }

  flush(): Promise<void> {
    return this.#settled();
  }

  async close(): Promise<void> {
    await this.#settled();
    this.#outlet?.close();
    if (this.#fd <= 2) return;
    this.#begin();
    // A full disk may be told only now.
    if (this.identity !== undefined) await this.#synced();
    closeSync(this.#fd);
  }

  /** Empties the file at the last moment: a command line that turns out wrong must not have cost anything. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    if (this.identity === undefined || this.#fd <= 2) return;
    if (this.#append) this.#size = fstatSync(this.#fd).size;
    else ftruncateSync(this.#fd);
  }

  #synced(): Promise<void> {
    return new Promise((resolve, reject) => {
      fsync(this.#fd, (error) => (error === null ? resolve() : reject(this.#failed(error))));
    });
  }

  async #settled(): Promise<void> {
    await this.#pending;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let from = 0;
    while (from < bytes.length) from += await this.#writeSome(bytes, from);
    this.#size += bytes.length;
  }

  /** @returns how many bytes were written */
  #writeSome(bytes: Uint8Array, from: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.#outlet?.fd ?? this.#fd, bytes, from, bytes.length - from, null, (error, count) => {
        if (error === null) resolve(count);
        else if (codeOf(error) === 'EAGAIN') this.#wait(bytes.subarray(from)).then(resolve, reject);
        else reject(this.#failed(error));
      });
    });
  }

  /** Waits for a reader that is slower. @returns how many of the bytes were written meanwhile */
  async #wait(bytes: Uint8Array): Promise<number> {
    if (this.#outlet === undefined) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      return 0;
    }
    try {
      await this.#outlet.write(bytes);
      return bytes.length;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): Error {
    if (codeOf(error) === 'EPIPE') return new ReaderGone();
    const whole = this.identity !== undefined && this.#fd > 2;
    if (whole) ftruncateSync(this.#fd, this.#size);
    return new ServiceError(
      `${this.name} can't be written: ${sentenceOf(error)}`,
      `${whole ? 'What it holds is complete up to its last row; free' : 'Free'} some space or choose another place, and run it again.`,
      { cause: error },
    );
  }
}

/** Bytes to a path. */
export interface FileSink extends ByteSink {
  /** Tells a regular file from every other; undefined for all else. */
  readonly identity: string | undefined;
}

/**
 * Opens a path for writing, or standard output for `-`. What the file holds stays until the first write. A named pipe
 * that nobody reads yet is open at once; its first write waits for a reader.
 * @param append adds to what is there, where otherwise the file is emptied
 * @param stop aborted when a reader is not to be waited for any longer
 * @throws UsageError where the path can't be opened
 */
export function openByteSink(name: string, append: boolean, stop?: AbortSignal): FileSink {
  if (name === '-') return new DescriptorSink('standard output', 1, append);
  try {
    if (isNamedPipe(name)) return openNamedPipe(name, stop);
    const flags = constants.O_WRONLY | constants.O_CREAT | (append ? constants.O_APPEND : 0);
    return new DescriptorSink(name, openSync(name, flags, 0o666), append);
  } catch (error) {
    const folder = dirname(name);
    const missing = codeOf(error) === 'ENOENT' && statSync(folder, { throwIfNoEntry: false }) === undefined;
    if (missing) {
      throw new UsageError(
        `${name} can't be opened for writing: there is no folder ${folder}`,
        'Make the folder first.',
      );
    }
    throw new UsageError(`${name} can't be opened for writing: ${sentenceOf(error)}`, undefined, { cause: error });
  }
}

function openNamedPipe(name: string, stop: AbortSignal | undefined): FileSink {
  return tryNamedPipe(name) ?? new UnreadPipe(name, () => laterNamedPipe(name), stop);
}

/** @returns undefined while nobody reads it */
function tryNamedPipe(name: string): DescriptorSink | undefined {
  try {
    return new DescriptorSink(name, openSync(name, constants.O_WRONLY | constants.O_NONBLOCK), false);
  } catch (error) {
    if (codeOf(error) === 'ENXIO') return undefined;
    throw error;
  }
}

/** The same when the run goes on: what is wrong with it now is no mistake of the command line. */
function laterNamedPipe(name: string): DescriptorSink | undefined {
  try {
    return tryNamedPipe(name);
  } catch (error) {
    throw new ServiceError(`${name} can't be written: ${sentenceOf(error)}`, undefined, { cause: error });
  }
}
