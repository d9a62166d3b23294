const encoder = new TextEncoder();

/** Writes a request: big-endian, as https://kafka.apache.org/protocol.html#protocol_types has it. */
export class WireWriter {
  #buffer = Buffer.alloc(512);
  #length = 0;

  int8(value: number): this {
    const at = this.#room(1);
    this.#buffer.writeInt8(value, at);
    return this;
  }

  int16(value: number): this {
    const at = this.#room(2);
    this.#buffer.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.#room(4);
    this.#buffer.writeInt32BE(value, at);
    return this;
  }

  int64(value: number | bigint): this {
    const at = this.#room(8);
    this.#buffer.writeBigInt64BE(BigInt(value), at);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  uvarint(value: number): this {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#byte((rest & 0x7f) | 0x80);
    return this.#byte(rest);
  }

  string(value: string | undefined): this {
    if (value === undefined) return this.int16(-1);
    const bytes = encoder.encode(value);
    return this.int16(bytes.length).raw(bytes);
  }

  bytes(value: Uint8Array | undefined): this {
    return value === undefined ? this.int32(-1) : this.int32(value.length).raw(value);
  }

  array<T>(values: readonly T[], element: (value: T) => void): this {
    this.int32(values.length);
    for (const value of values) element(value);
    return this;
  }

  compactString(value: string | undefined): this {
    if (value === undefined) return this.uvarint(0);
    const bytes = encoder.encode(value);
    return this.uvarint(bytes.length + 1).raw(bytes);
  }

  compactArray<T>(values: readonly T[], element: (value: T) => void): this {
    this.uvarint(values.length + 1);
    for (const value of values) element(value);
    return this;
  }

  /** No tagged fields (KIP-482). */
  noTags(): this {
    return this.uvarint(0);
  }

  raw(bytes: Uint8Array): this {
    const at = this.#room(bytes.length);
    this.#buffer.set(bytes, at);
    return this;
  }

  /** What was written: borrowed until more is. */
  done(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #byte(value: number): this {
    const at = this.#room(1);
    this.#buffer[at] = value;
    return this;
  }

  /** Where so many bytes go: in a buffer that may be another than before. */
  #room(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#length, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
    }
    return at;
  }
}
