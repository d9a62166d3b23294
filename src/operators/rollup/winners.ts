import type { Batch } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';

/**
 * What a rollup keeps of the newest record of each state besides its key and time: a narrow record's numbers, a wide
 * one's bytes.
 */
export interface Winners {
  /** Points at the batch whose rows are kept next, and says how many states there may be. */
  begin(batch: Batch, top: number): void;
  /** Keeps rows in states, in order: a later pair of the same state replaces the earlier. */
  keep(states: Int32Array, rows: Int32Array, count: number): void;
  /** The order of a row against what its state keeps, by their remaining fields: negative, 0 or positive. */
  compare(state: number, row: number): number;
  /** Lets go of what a state that was removed holds. */
  forget(state: number): void;
  /** The columns of the record's own fields, but for key and time, of some states. */
  columns(states: Int32Array): Map<string, Column>;
  /** Splits states into runs that columns() can take together. */
  runs(states: Int32Array): Iterable<Int32Array>;
}
