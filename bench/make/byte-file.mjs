import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { ByteRun } from './byte-run.mjs';

const CAPACITY = 1 << 20;
/** Who writes calls room() before there are more than this many new bytes. */
const MARGIN = 8192;

/** A file written through one buffer. It has its name only when it is complete: a file that exists is a whole one. */
export class ByteFile extends ByteRun {
  #path;
  #fd;

  constructor(path) {
    super(CAPACITY + MARGIN);
    this.#path = path;
    this.#fd = openSync(`${path}.part`, 'w');
  }

  room() {
    if (this.at >= CAPACITY) this.#write();
  }

  close() {
    this.#write();
    closeSync(this.#fd);
    renameSync(`${this.#path}.part`, this.#path);
  }

  #write() {
    for (let from = 0; from < this.at; ) from += writeSync(this.#fd, this.buffer, from, this.at - from);
    this.at = 0;
  }
}
