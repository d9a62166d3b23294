import type { Column } from '../../records/columns.js';

/** The id of a null in every column. */
export const NULL_ID = 0;

/**
 * Numbers the distinct values of one column, over all batches: null is 0, values count from 1 in the order in which
 * they were first seen.
 */
export interface ColumnIds {
  /** One more than the greatest id. */
  readonly size: number;
  /**
   * Writes the ids of some rows of a column.
   * @param rows which rows, or undefined for the first `count`
   * @param out gets the id of the i-th of them at i
   */
  assign(column: Column, rows: Int32Array | undefined, count: number, out: Int32Array): void;
  /** The order of two values: negative, 0 or positive. Neither is null. */
  compare(a: number, b: number): number;
  /** All ids but null's, in the order of their values. */
  order(): Int32Array;
  /** A column with the values of these ids. */
  column(ids: Int32Array): Column;
  /**
   * Forgets the values that are not in use (1 for each id to keep) and numbers the others anew.
   * @returns the new id of each old one, −1 where it is forgotten
   */
  retain(inUse: Uint8Array): Int32Array;
}

/** Which of the rows with these ids are null: what `nulls` of their column is. */
export function nullsOf(ids: Int32Array): { readonly nulls?: Uint8Array } {
  if (!ids.includes(NULL_ID)) return {};
  return { nulls: Uint8Array.from(ids, (id) => (id === NULL_ID ? 1 : 0)) };
}

/** Ids 1 to size − 1, sorted by a comparison. */
export function sortedIds(size: number, compare: (a: number, b: number) => number): Int32Array {
  return Int32Array.from({ length: size - 1 }, (_, at) => at + 1).sort(compare);
}
