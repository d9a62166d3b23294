import type { Column, Encoding } from '../records/columns.js';
import { bug } from '../records/errors.js';
import type { Value } from '../records/value.js';
import { ByteWriter } from './byte-writer.js';
import { Filler } from './column-fillers.js';

/** Bytes, and nested values as the writer's bytes: slices of what is being read. */
export class SliceFiller extends Filler {
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #decode: ((bytes: Uint8Array) => Value) | undefined;
  #buffer: Uint8Array = new Uint8Array(0);

  /** @param decode reads a slice; absent for plain bytes */
  constructor(rows: number, decode?: (bytes: Uint8Array) => Value) {
    super(rows);
    this.#starts = new Int32Array(rows);
    this.#ends = new Int32Array(rows);
    this.#decode = decode;
  }

  /** Where the batch's slices lie. */
  set buffer(buffer: Uint8Array) {
    this.#buffer = buffer;
  }

  set(row: number, start: number, end: number): void {
    this.present(row);
    this.#starts[row] = start;
    this.#ends[row] = end;
  }

  protected override values(): Column {
    const slices = { buffer: this.#buffer, starts: this.#starts, ends: this.#ends };
    const decode = this.#decode;
    return decode === undefined
      ? { kind: 'bytes', ...slices }
      : { kind: 'encoded', encoding: 'avro', ...slices, decode };
  }
}

/** How nested values of a column are read and written. */
export interface SliceCodec {
  readonly encoding: Encoding;
  readonly decode: (bytes: Uint8Array) => Value;
  readonly encode: (value: Value) => Uint8Array;
}

/** Like SliceFiller, but the batch gets its own copy of the slices: they may come from anywhere. */
export class KeptSliceFiller extends Filler {
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #codec: SliceCodec | undefined;
  readonly #kept = new ByteWriter(1024);

  /** @param codec of nested values; absent for plain bytes */
  constructor(rows: number, codec?: SliceCodec) {
    super(rows);
    this.#starts = new Int32Array(rows);
    this.#ends = new Int32Array(rows);
    this.#codec = codec;
  }

  override begin(): void {
    super.begin();
    this.#kept.at = 0;
  }

  /** Sets a row to a copy of [start, end). */
  set(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.present(row);
    this.#starts[row] = this.#kept.at;
    this.#kept.copy(bytes, start, end);
    this.#ends[row] = this.#kept.at;
  }

  protected override setPresent(row: number, value: Value): void {
    const bytes = this.#codec?.encode(value) ?? value;
    if (!(bytes instanceof Uint8Array)) bug(`a ${typeof value} can't be set as bytes`);
    this.set(row, bytes, 0, bytes.length);
  }

  protected override values(): Column {
    const slices = { buffer: this.#kept.bytes, starts: this.#starts, ends: this.#ends };
    const codec = this.#codec;
    if (codec === undefined) return { kind: 'bytes', ...slices };
    return { kind: 'encoded', encoding: codec.encoding, decode: codec.decode, ...slices };
  }
}
