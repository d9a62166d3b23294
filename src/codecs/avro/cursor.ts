/**
 * Bytes that can't be Avro data of the schema, so that what follows them can't be told either.
 * The message is part of a sentence: `the data ends inside of a record`.
 */
export class Malformed extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'Malformed';
  }
}

/** How deep arrays, maps and records may nest in data of a schema that contains itself. */
const MAX_DEPTH = 1000;
const NONE = new DataView(new ArrayBuffer(0));

/** Reads Avro's binary encoding (Avro 1.12, "Binary Encoding"). Reading past the end throws Malformed. */
export class Cursor {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = NONE;
  at = 0;
  end = 0;
  /** What long() has read, where its result is not a safe integer. */
  wide = 0n;
  /** Why the record that is being read does not fit, though its bytes could be followed: a sentence. */
  problem: string | undefined;
  #depth = 0;

  /** Notes what is wrong with a record; the first thing counts. */
  refuse(problem: string): void {
    this.problem ??= problem;
  }

  /** Sets it on [at, end) of `bytes`. */
  set(bytes: Uint8Array, at: number, end: number): this {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.at = at;
    this.end = end;
    this.problem = undefined;
    this.#depth = 0;
    return this;
  }

  /**
   * A zigzag varint: an int or a long. Beyond ±(2^53 − 1) the result is the nearest double, and `wide` has the value.
   */
  long(): number {
    const { bytes } = this;
    let at = this.at;
    let byte = bytes[at++];
    let low = byte & 0x7f;
    for (let shift = 7; byte > 0x7f && shift < 28; shift += 7) {
      byte = bytes[at++];
      low |= (byte & 0x7f) << shift;
    }
    if (byte > 0x7f) return this.#longer();
    if (at > this.end) throw new Malformed('the data ends inside of a number');
    this.at = at;
    return (low >>> 1) ^ -(low & 1);
  }

  #longer(): number {
    let value = 0n;
    let shift = 0n;
    for (;;) {
      if (this.at >= this.end) throw new Malformed('the data ends inside of a number');
      const byte = this.bytes[this.at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
      shift += 7n;
      if (shift > 63n) throw new Malformed('a number is longer than ten bytes');
    }
    if (value >= 1n << 64n) throw new Malformed('a number is greater than 64 bits');
    const signed = (value >> 1n) ^ -(value & 1n);
    this.wide = signed;
    return Number(signed);
  }

  /** The next `count` bytes are taken; gives where they start. */
  take(count: number): number {
    const start = this.at;
    if (count > this.end - start) throw new Malformed('the data ends inside of a value');
    this.at = start + count;
    return start;
  }

  /** The length in front of a string or of bytes; what it counts is there. */
  length(): number {
    const length = this.long();
    if (length < 0 || length > this.end - this.at) throw new Malformed(`${length} bytes can't be there`);
    return length;
  }

  /** Which of a union's branches follows. */
  branch(count: number): number {
    const index = this.long();
    if (index < 0 || index >= count) throw new Malformed(`there is no branch ${index} in a union of ${count}`);
    return index;
  }

  /** The number of items in the next block of an array or a map; 0 at its end. */
  blockCount(): number {
    const count = this.long();
    if (count >= 0) return this.#plausible(count);
    this.long();
    return this.#plausible(-count);
  }

  /** Items may take no bytes at all (null), but no one writes thousands of them. */
  #plausible(count: number): number {
    if (count > this.end - this.at + 4096) throw new Malformed(`a list of ${count} items can't be there`);
    return count;
  }

  /** To be called around what may contain itself. */
  enter(): void {
    if (++this.#depth > MAX_DEPTH) throw new Malformed(`more than ${MAX_DEPTH} levels are nested`);
  }

  leave(): void {
    this.#depth--;
  }
}
