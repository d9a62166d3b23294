import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sentenceOf } from '../../endpoints/system-error.js';

/** A log that has grown to this is put aside as log.1, in place of the one before it. */
const LOG_LIMIT = 8 * 2 ** 20;
const RETRY_MS = 1000;

export interface JobLogOptions {
  readonly folder: string;
  /** Told once each time when nothing can be written any more. */
  readonly tell: (sentence: string) => void;
  /** Bytes. */
  readonly limit?: number;
  /** Milliseconds after which a disk that was full is tried again. */
  readonly retry?: number;
}

/** What a job says, as it is. A disk that is full costs what is said meanwhile, and the log has a line about it. */
export class JobLog {
  readonly #file: string;
  readonly #limit: number;
  readonly #retry: number;
  readonly #tell: (sentence: string) => void;
  #fd: number | undefined;
  #size = 0;
  #missing = 0;
  #retryAt = 0;

  constructor({ folder, tell, limit = LOG_LIMIT, retry = RETRY_MS }: JobLogOptions) {
    this.#file = join(folder, 'log');
    this.#tell = tell;
    this.#limit = limit;
    this.#retry = retry;
  }

  write(bytes: Uint8Array): void {
    if (this.#missing > 0 && performance.now() < this.#retryAt) {
      this.#missing += bytes.length;
      return;
    }
    try {
      if (this.#missing > 0) this.#append(Buffer.from(`\nfreshet: ${this.#missing} bytes are missing here\n`));
      this.#missing = 0;
      this.#append(bytes);
    } catch (error) {
      if (this.#missing === 0) this.#tell(`${this.#file} can't be written: ${sentenceOf(error)}; the job goes on`);
      this.#missing += bytes.length;
      this.#retryAt = performance.now() + this.#retry;
    }
  }

  /** A sentence of freshet's own. */
  note(sentence: string): void {
    this.write(Buffer.from(`freshet: ${sentence}\n`));
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #append(bytes: Uint8Array): void {
    if (this.#size >= this.#limit) this.#rotate();
    this.#fd ??= this.#open();
    for (let at = 0; at < bytes.length; ) {
      const written = writeSync(this.#fd, bytes, at);
      at += written;
      this.#size += written;
    }
  }

  #open(): number {
    const fd = openSync(this.#file, 'a', 0o600);
    this.#size = fstatSync(fd).size;
    return fd;
  }

  #rotate(): void {
    this.close();
    renameSync(this.#file, `${this.#file}.1`);
    this.#size = 0;
  }
}
