import type { Batch } from '../records/batch.js';
import type { Place } from './syntax.js';

/** The rows that an expression is evaluated for: those of a selection, else the first `count`. */
export interface Rows {
  readonly batch: Batch;
  readonly selection: Int32Array | undefined;
  readonly count: number;
}

/** What a condition says of a row, in SQL's three-valued logic. */
export const FALSE = 0;
export const TRUE = 1;
export const UNKNOWN = 2;

/** A part of an expression that is true, false or unknown. */
export interface Condition {
  /** FALSE, TRUE or UNKNOWN for each row, by its place among the rows; borrowed until the next call. */
  evaluate(rows: Rows): Uint8Array;
}

/** The numbers of some rows, by their places among them; borrowed like a condition's answers. */
export interface Numbers {
  /** Of an integer beyond ±(2^53 − 1) the nearest double. */
  readonly values: Float64Array;
  /** 1 where there is no number. */
  readonly nulls: Uint8Array | undefined;
  /** The integers that a double does not hold exactly, by place. */
  readonly exact: ReadonlyMap<number, bigint> | undefined;
}

/** A part of an expression that is a number. */
export interface Numeric {
  /** Whether it can only be an integer: its arithmetic is then exact. */
  readonly whole: boolean;
  evaluate(rows: Rows): Numbers;
}

/** A part of an expression whose names have been looked up: what it is and what can be done with it. */
export type Operand = Place & { readonly name: string } & (
    | { readonly kind: 'condition'; readonly condition: Condition }
    | { readonly kind: 'number'; readonly numeric: Numeric; readonly constant?: number | bigint }
    | { readonly kind: 'text'; readonly path: string; readonly symbols?: readonly string[] }
    | { readonly kind: 'time'; readonly path: string; readonly numeric: boolean }
    | { readonly kind: 'textLiteral'; readonly text: string }
    | { readonly kind: 'null' }
    | { readonly kind: 'nested'; readonly path: string }
  );

/** Answers for this many rows: the given array where it is long enough. */
export function roomFor(count: number, before: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return before.length >= count ? before : new Uint8Array(Math.max(count, before.length * 2));
}
