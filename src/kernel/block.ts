import type { Kernel } from './kernel.js';

const FIRST_BYTES = 64 * 1024;

/** A block of the kernel that grows as it is needed. */
export class Block {
  #bytes = 0;
  #at = 0;

  constructor(readonly kernel: Kernel) {}

  /** Where there is room for so many bytes; what was there is gone. */
  room(bytes: number): number {
    if (bytes > this.#bytes) {
      this.close();
      this.#bytes = Math.max(FIRST_BYTES, 2 ** Math.ceil(Math.log2(bytes)));
      this.#at = this.kernel.allocate(this.#bytes);
    }
    return this.#at;
  }

  close(): void {
    if (this.#bytes > 0) this.kernel.release(this.#at, this.#bytes);
    this.#bytes = 0;
  }
}
