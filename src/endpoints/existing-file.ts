import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../records/errors.js';
import { sentenceOf } from './system-error.js';

/** A file that is looked at before something is added to it. */
export class ExistingFile {
  readonly name: string;
  /** In bytes, when it was opened. */
  readonly size: number;
  readonly #fd: number;

  /** @throws UsageError where it can't be read */
  constructor(path: string) {
    this.name = path;
    try {
      this.#fd = openSync(path, 'r');
    } catch (error) {
      throw new UsageError(`${path} can't be read to add to it: ${sentenceOf(error)}`, undefined, { cause: error });
    }
    this.size = fstatSync(this.#fd).size;
  }

  /** A stretch of the file, cut short where it ends. */
  read(from: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - from)));
    let got = 0;
    while (got < bytes.length) {
      const count = readSync(this.#fd, bytes, got, bytes.length - got, from + got);
      if (count === 0) break;
      got += count;
    }
    return bytes.subarray(0, got);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
