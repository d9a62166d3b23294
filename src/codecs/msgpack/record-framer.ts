import { type Item, measure, UNUSED } from './item.js';

/** A record's bytes, or bytes behind which no record can be found. Borrowed until the framer is given more input. */
export type Frame =
  | { readonly kind: 'record'; readonly start: number; readonly end: number }
  | {
      readonly kind: 'lost';
      readonly reason: string;
      readonly position: number;
      readonly start: number;
      readonly end: number;
    };

/** A record may not be longer: a few damaged bytes must not fill the memory. */
const MAX_RECORD = 512 * 1024 * 1024;
/** What is lost is given in pieces of this size. */
const MAX_LOST = 16 * 1024 * 1024;
const FIRST_CAPACITY = 256 * 1024;

/**
 * Finds the items of a stream of MessagePack, one behind the other. Nothing marks where one begins: behind bytes that
 * are none, everything is lost.
 */
export class RecordFramer {
  bytes: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  view: DataView = new DataView(this.bytes.buffer);
  /** Unread input is [from, to). */
  #from = 0;
  #to = 0;
  /** Where `from` is in the stream. */
  #position = 0;
  #ended = false;
  #lost: string | undefined;
  /** How far the record that begins at `from` was followed, and how many items of it are still to come. */
  #at = 0;
  #pending = 1;
  readonly #item: Item = { size: 0, inside: 0 };

  space(wanted: number): Uint8Array {
    const kept = this.#to - this.#from;
    if (this.#to + wanted > this.bytes.length) {
      let capacity = this.bytes.length;
      while (kept + wanted > capacity) capacity *= 2;
      const from = this.bytes.subarray(this.#from, this.#to);
      if (capacity > this.bytes.length) {
        this.bytes = new Uint8Array(capacity);
        this.view = new DataView(this.bytes.buffer);
      }
      this.bytes.set(from);
      this.#at -= this.#from;
      this.#from = 0;
      this.#to = kept;
    }
    return this.bytes.subarray(this.#to);
  }

  filled(count: number): void {
    this.#to += count;
  }

  end(): void {
    this.#ended = true;
  }

  /** The next record; undefined when more bytes are needed, or, after end(), when all was given. */
  next(): Frame | undefined {
    if (this.#from === this.#to) return undefined;
    if (this.#lost !== undefined) return this.#loseOn(this.#lost);
    const { bytes, view } = this;
    const item = this.#item;
    while (this.#pending > 0) {
      if (bytes[this.#at] === UNUSED && this.#at < this.#to) return this.#loseOn('the byte 0xc1 is no MessagePack');
      if (this.#at - this.#from > MAX_RECORD) return this.#loseOn(`a record is longer than ${MAX_RECORD} bytes`);
      if (this.#at >= this.#to || !measure(bytes, view, this.#at, this.#to, item)) return this.#short();
      // Set before the item is known to be all there, so that it is not measured again.
      this.#pending += item.inside - 1;
      this.#at += item.size;
    }
    if (this.#at > this.#to) return this.#short();
    const frame = { kind: 'record' as const, start: this.#from, end: this.#at };
    this.#advance(this.#at);
    return frame;
  }

  #short(): Frame | undefined {
    if (this.#ended) return this.#loseOn('the input ends inside of a record');
    return this.#at - this.#from > MAX_RECORD ? this.#loseOn(`a record is longer than ${MAX_RECORD} bytes`) : undefined;
  }

  #loseOn(reason: string): Frame | undefined {
    this.#lost = reason;
    const available = this.#to - this.#from;
    if (available < MAX_LOST && !this.#ended) return undefined;
    const [start, position] = [this.#from, this.#position];
    const end = Math.min(this.#to, start + MAX_LOST);
    this.#advance(end);
    return { kind: 'lost', reason, position, start, end };
  }

  #advance(to: number): void {
    this.#position += to - this.#from;
    this.#from = to;
    this.#at = to;
    this.#pending = 1;
  }
}
