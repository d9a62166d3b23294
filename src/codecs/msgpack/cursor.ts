import { type Item, measure, NIL } from './item.js';

const NO_VIEW = new DataView(new ArrayBuffer(0));

/**
 * Reads MessagePack items of one record, whose end the framer has seen: nothing reaches past it. Each reader says by
 * its result where the item is of another kind, and then has not moved.
 */
export class MsgpackCursor {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = NO_VIEW;
  at = 0;
  /** What number() has read, where its result is not a safe integer but an integer on the wire. */
  wide: bigint | undefined;
  /** Why the record does not fit: a sentence. */
  problem: string | undefined;
  readonly #item: Item = { size: 0, inside: 0 };

  set(bytes: Uint8Array, view: DataView, at: number): this {
    this.bytes = bytes;
    this.view = view;
    this.at = at;
    this.problem = undefined;
    return this;
  }

  refuse(problem: string): void {
    this.problem ??= problem;
  }

  /** Moves past one item and what is inside of it. */
  skip(): void {
    for (let pending = 1; pending > 0; pending--) {
      measure(this.bytes, this.view, this.at, Number.POSITIVE_INFINITY, this.#item);
      pending += this.#item.inside;
      this.at += this.#item.size;
    }
  }

  nil(): boolean {
    if (this.bytes[this.at] !== NIL) return false;
    this.at++;
    return true;
  }

  boolean(): boolean | undefined {
    const byte = this.bytes[this.at];
    if (byte !== 0xc2 && byte !== 0xc3) return undefined;
    this.at++;
    return byte === 0xc3;
  }

  /** How many bytes of text follow; -1 where there is none. */
  textLength(): number {
    const byte = this.bytes[this.at];
    if (byte >= 0xa0 && byte < 0xc0) {
      this.at++;
      return byte & 31;
    }
    return byte >= 0xd9 && byte <= 0xdb ? this.#length(byte - 0xd9) : -1;
  }

  bytesLength(): number {
    const byte = this.bytes[this.at];
    return byte >= 0xc4 && byte <= 0xc6 ? this.#length(byte - 0xc4) : -1;
  }

  arrayLength(): number {
    const byte = this.bytes[this.at];
    if (byte >= 0x90 && byte < 0xa0) {
      this.at++;
      return byte & 15;
    }
    return byte === 0xdc || byte === 0xdd ? this.#length(byte - 0xdb) : -1;
  }

  mapLength(): number {
    const byte = this.bytes[this.at];
    if (byte >= 0x80 && byte < 0x90) {
      this.at++;
      return byte & 15;
    }
    return byte === 0xde || byte === 0xdf ? this.#length(byte - 0xdd) : -1;
  }

  /** An integer or a float; undefined where it is none. */
  number(): number | undefined {
    const { view, at } = this;
    const byte = this.bytes[at];
    this.wide = undefined;
    if (byte < 0x80 || byte >= 0xe0) return this.#number(1, byte < 0x80 ? byte : byte - 256);
    switch (byte) {
      case 0xca:
        return this.#number(5, view.getFloat32(at + 1));
      case 0xcb:
        return this.#number(9, view.getFloat64(at + 1));
      case 0xcc:
        return this.#number(2, view.getUint8(at + 1));
      case 0xcd:
        return this.#number(3, view.getUint16(at + 1));
      case 0xce:
        return this.#number(5, view.getUint32(at + 1));
      case 0xcf:
        return this.#long(view.getBigUint64(at + 1));
      case 0xd0:
        return this.#number(2, view.getInt8(at + 1));
      case 0xd1:
        return this.#number(3, view.getInt16(at + 1));
      case 0xd2:
        return this.#number(5, view.getInt32(at + 1));
      case 0xd3:
        return this.#long(view.getBigInt64(at + 1));
      default:
        return undefined;
    }
  }

  /** The type and the bytes of an extension. */
  extension(): { readonly type: number; readonly data: Uint8Array } | undefined {
    const { at, bytes, view } = this;
    const byte = bytes[at];
    const isFixed = byte >= 0xd4 && byte <= 0xd8;
    if (!isFixed && !(byte >= 0xc7 && byte <= 0xc9)) return undefined;
    const length = isFixed ? 1 << (byte - 0xd4) : this.#length(byte - 0xc7);
    if (isFixed) this.at++;
    const type = view.getInt8(this.at);
    const start = this.at + 1;
    this.at = start + length;
    return { type, data: bytes.subarray(start, this.at) };
  }

  #number(size: number, value: number): number {
    this.at += size;
    return value;
  }

  #long(value: bigint): number {
    this.at += 9;
    const double = Number(value);
    if (!Number.isSafeInteger(double)) this.wide = value;
    return double;
  }

  /** A length of 1, 2 or 4 bytes behind the first byte. */
  #length(power: number): number {
    const start = this.at + 1;
    this.at = start + (1 << power);
    if (power === 0) return this.bytes[start];
    return power === 1 ? this.view.getUint16(start) : this.view.getUint32(start);
  }
}
