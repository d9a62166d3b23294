const encoder = new TextEncoder();
const MINUS = 45;
const ZERO = 48;

/** Bytes as little-endian words: zeros fill the last. */
export interface WordBytes {
  readonly words: Int32Array;
  readonly length: number;
}

export function wordBytes(bytes: Uint8Array): WordBytes {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const words = Int32Array.from({ length: padded.length / 4 }, (_, word) => view.getInt32(word * 4, true));
  return { words, length: bytes.length };
}

/** A growing buffer that encoders write to. `room()` is asked for before a value, not for each byte. */
export class ByteWriter {
  bytes: Uint8Array;
  at = 0;
  #view: DataView;

  constructor(capacity = 64 * 1024) {
    this.bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Makes room for `count` more bytes. */
  room(count: number): void {
    const needed = this.at + count;
    if (needed <= this.bytes.length) return;
    let capacity = this.bytes.length * 2;
    while (capacity < needed) capacity *= 2;
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** Writes bytes that are written over and over, four at a time. */
  words({ words, length }: WordBytes): void {
    this.room(words.length * 4);
    const view = this.#view;
    const { at } = this;
    for (let word = 0; word < words.length; word++) view.setInt32(at + word * 4, words[word], true);
    this.at = at + length;
  }

  byte(value: number): void {
    if (this.at === this.bytes.length) this.room(1);
    this.bytes[this.at++] = value;
  }

  /** Copies [start, end) of `source`. */
  copy(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.room(length);
    const { bytes } = this;
    let { at } = this;
    if (length > 48) {
      bytes.set(source.subarray(start, end), at);
      this.at = at + length;
      return;
    }
    for (let from = start; from < end; from++) bytes[at++] = source[from];
    this.at = at;
  }

  /** Text of any characters. */
  text(value: string): void {
    this.room(value.length * 3);
    this.at += encoder.encodeInto(value, this.bytes.subarray(this.at)).written;
  }

  /** Text of ASCII characters only. */
  ascii(value: string): void {
    const { length } = value;
    this.room(length);
    const { bytes } = this;
    let { at } = this;
    for (let index = 0; index < length; index++) bytes[at++] = value.charCodeAt(index);
    this.at = at;
  }

  /** A finite double in its shortest form that reads back as the same double; -0 as `-0`. */
  number(value: number): void {
    if (value >= -2147483648 && value <= 2147483647 && (value | 0) === value) {
      if (value !== 0 || 1 / value > 0) this.#integer(value);
      else this.ascii('-0');
    } else {
      this.ascii(String(value));
    }
  }

  /** An int32. */
  #integer(value: number): void {
    this.room(11);
    const { bytes } = this;
    if (value < 0) bytes[this.at++] = MINUS;
    let rest = (value < 0 ? -value : value) >>> 0;
    let at = this.at + digitsOf(rest);
    this.at = at;
    do {
      // Not Math.floor(): of uint32 V8 makes a multiplication.
      const tenth = (rest / 10) >>> 0;
      bytes[--at] = ZERO + (rest - tenth * 10);
      rest = tenth;
    } while (rest > 0);
  }

  /** What was written, as the caller's own copy; the writer starts anew. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.at);
    this.at = 0;
    return taken;
  }
}

/** How many decimal digits a uint32 has. */
function digitsOf(number: number): number {
  if (number < 10_000) return number < 100 ? (number < 10 ? 1 : 2) : number < 1000 ? 3 : 4;
  if (number < 100_000_000) return number < 1_000_000 ? (number < 100_000 ? 5 : 6) : number < 10_000_000 ? 7 : 8;
  return number < 1_000_000_000 ? 9 : 10;
}
