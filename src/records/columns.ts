import type { Dictionary } from './dictionary.js';
import type { Zone } from './time/zone.js';
import type { Value } from './value.js';

/**
 * A column of a batch: one value a row, without an object a row.
 * `nulls[row]` is 1 where the value is null; without `nulls` no value is null.
 * Typed arrays may be longer than the batch; rows past `batch.length` mean nothing.
 */
export type Column =
  | DictionaryColumn
  | TimeColumn
  | Float64Column
  | Int64Column
  | BoolColumn
  | BytesColumn
  | EncodedColumn;

interface Nullable {
  readonly nulls?: Uint8Array;
}

/** Strings and enum symbols, as ids into a dictionary. */
export interface DictionaryColumn extends Nullable {
  readonly kind: 'dictionary';
  readonly ids: Int32Array;
  readonly dictionary: Dictionary;
}

/**
 * Points in time. `millis` is epoch milliseconds (fractions down to the microsecond); `forms` says how each was
 * written, so that it can be written back as the same text (see time/form.ts). With one form for all rows, `form`
 * is set and `forms` is not. A form without an offset is a wall-clock time in `zone`.
 */
export interface TimeColumn extends Nullable {
  readonly kind: 'time';
  readonly millis: Float64Array;
  readonly forms?: Uint32Array;
  readonly form: number;
  readonly zone: Zone;
}

/** int, float, double, and longs that are all within ±(2^53 − 1). */
export interface Float64Column extends Nullable {
  readonly kind: 'float64';
  readonly values: Float64Array;
}

/** Longs of which at least one is beyond ±(2^53 − 1). */
export interface Int64Column extends Nullable {
  readonly kind: 'int64';
  readonly values: BigInt64Array;
}

/** 0 or 1. */
export interface BoolColumn extends Nullable {
  readonly kind: 'bool';
  readonly values: Uint8Array;
}

/** Avro bytes and fixed: slices of `buffer`. */
export interface BytesColumn extends Nullable {
  readonly kind: 'bytes';
  readonly buffer: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** A nested value (record, array, map, union of several types) as the bytes that its codec wrote. */
export interface EncodedColumn extends Nullable {
  readonly kind: 'encoded';
  readonly encoding: Encoding;
  readonly buffer: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Reads one slice. */
  readonly decode: (bytes: Uint8Array) => Value;
}

export type Encoding = 'json' | 'avro' | 'msgpack';

/** True where the row's value is null. */
export function isNull(column: Column, row: number): boolean {
  return column.nulls !== undefined && column.nulls[row] === 1;
}
