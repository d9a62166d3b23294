import type { Kernel } from '../../kernel/kernel.js';
import { LINE_FEED } from './dialect.js';

const FIRST_CAPACITY = 512 * 1024;

/** A stream's unread bytes in the kernel's memory, [from, to), and how far whole lines reach. */
export class InputBuffer {
  readonly #kernel: Kernel;
  #capacity = FIRST_CAPACITY;
  #buffer: number;
  from: number;
  #to: number;
  /** Just behind the last line feed, as far as is known. */
  #complete: number;
  #ended = false;
  #started = false;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#buffer = kernel.allocate(this.#capacity);
    this.from = this.#buffer;
    this.#to = this.#buffer;
    this.#complete = this.#buffer;
  }

  get capacity(): number {
    return this.#capacity;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Where whole lines end; `from` when there are none. */
  get complete(): number {
    return this.#started ? Math.max(this.from, this.#complete) : this.from;
  }

  space(wanted: number): Uint8Array {
    if (this.from > this.#buffer) this.#moveToFront();
    // One byte more: the line feed that a last line may lack.
    const needed = this.#to - this.from + wanted + 1;
    if (needed > this.#capacity) this.#grow(needed);
    return this.#kernel.views.u8.subarray(this.#to, this.#buffer + this.#capacity - 1);
  }

  filled(count: number): void {
    const before = this.#to;
    this.#to += count;
    const last = this.#kernel.views.u8.subarray(before, this.#to).lastIndexOf(LINE_FEED);
    if (last >= 0) this.#complete = before + last + 1;
    if (!this.#started && this.#to - this.from >= 3) this.#skipMark();
  }

  end(): void {
    if (!this.#started) this.#skipMark();
    if (this.#complete < this.#to && this.from < this.#to) {
      this.#kernel.views.u8[this.#to++] = LINE_FEED;
      this.#complete = this.#to;
    }
    this.#ended = true;
  }

  /** Begins another stream. */
  restart(): void {
    this.from = this.#buffer;
    this.#to = this.#buffer;
    this.#complete = this.#buffer;
    this.#ended = false;
    this.#started = false;
  }

  /** Where the last whole line ends of those in the next `bytes`; the first one's end where it is longer. */
  lineEndNear(bytes: number): number {
    const { complete, from } = this;
    if (complete - from <= bytes) return complete;
    const { u8 } = this.#kernel.views;
    const last = u8.subarray(from, from + bytes).lastIndexOf(LINE_FEED);
    return (last >= 0 ? from + last : u8.indexOf(LINE_FEED, from + bytes)) + 1;
  }

  /** The whole lines that were not read, borrowed. */
  lines(): Buffer {
    const { u8 } = this.#kernel.views;
    return Buffer.from(u8.buffer, u8.byteOffset + this.from, this.complete - this.from);
  }

  /** A byte-order mark may stand at the front. */
  #skipMark(): void {
    this.#started = true;
    const { u8 } = this.#kernel.views;
    const at = this.from;
    if (this.#to - at >= 3 && u8[at] === 0xef && u8[at + 1] === 0xbb && u8[at + 2] === 0xbf) this.from += 3;
  }

  #moveToFront(): void {
    this.#kernel.exports.moveBytes(this.#buffer, this.from, this.#to - this.from);
    this.#shift(this.#buffer - this.from);
  }

  #grow(needed: number): void {
    const before = { buffer: this.#buffer, capacity: this.#capacity };
    while (this.#capacity < needed) this.#capacity *= 2;
    this.#buffer = this.#kernel.allocate(this.#capacity);
    this.#kernel.exports.moveBytes(this.#buffer, this.from, this.#to - this.from);
    this.#kernel.release(before.buffer, before.capacity);
    this.#shift(this.#buffer - this.from);
  }

  #shift(by: number): void {
    this.#complete = Math.max(this.#buffer, this.#complete + by);
    this.from += by;
    this.#to += by;
  }
}
