const text = new TextDecoder();

/** Reads what a broker answers: big-endian, as https://kafka.apache.org/protocol.html#protocol_types has it. */
export class WireReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  int8(): number {
    return this.#view.getInt8(this.#forward(1));
  }

  int16(): number {
    return this.#view.getInt16(this.#forward(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#forward(4));
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#forward(8));
  }

  /** An offset or a timestamp: below 2^53. */
  long(): number {
    return Number(this.int64());
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#view.getUint8(this.#forward(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  }

  nullableString(): string | undefined {
    const length = this.int16();
    return length < 0 ? undefined : text.decode(this.#slice(length));
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  /** Borrowed from the answer; empty where it is null. */
  bytes(): Uint8Array {
    return this.#slice(Math.max(0, this.int32()));
  }

  /** So many bytes, borrowed from the answer. */
  fixed(length: number): Uint8Array {
    return this.#slice(length);
  }

  /** Empty where it is null. */
  array<T>(element: () => T): T[] {
    return this.#many(this.int32(), element);
  }

  compactNullableString(): string | undefined {
    const length = this.uvarint() - 1;
    return length < 0 ? undefined : text.decode(this.#slice(length));
  }

  compactString(): string {
    return this.compactNullableString() ?? '';
  }

  compactArray<T>(element: () => T): T[] {
    return this.#many(this.uvarint() - 1, element);
  }

  /** Passes over tagged fields (KIP-482). @param field is shown each of them first */
  tags(field?: (tag: number, bytes: WireReader) => void): void {
    for (let count = this.uvarint(); count > 0; count--) {
      const tag = this.uvarint();
      const bytes = this.#slice(this.uvarint());
      field?.(tag, new WireReader(bytes));
    }
  }

  #many<T>(count: number, element: () => T): T[] {
    const found: T[] = [];
    for (let index = 0; index < count; index++) found.push(element());
    return found;
  }

  #slice(length: number): Uint8Array {
    const at = this.#forward(length);
    return this.#bytes.subarray(at, at + length);
  }

  #forward(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    if (this.#at > this.#bytes.length) throw new RangeError('the answer is shorter than it says');
    return at;
  }
}
