const encoder = new TextEncoder();
const MINUS = 45;
const ZERO = 48;

/** A growing buffer that encoders write to. `room()` is asked for before a value, not for each byte. */
export class ByteWriter {
  bytes: Uint8Array;
  at = 0;

  constructor(capacity = 64 * 1024) {
    this.bytes = new Uint8Array(capacity);
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
    let rest = value;
    if (value < 0) {
      bytes[this.at++] = MINUS;
      rest = -value;
    }
    let digits = 1;
    for (let bound = 10; digits < 10 && rest >= bound; bound *= 10) digits++;
    let at = this.at + digits;
    this.at = at;
    do {
      // Not Math.floor(): this is a multiplication, as V8 knows that both are uint32.
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
