import type { AddedRows } from './accumulator.js';

/** Where a row of a derived type belongs. */
export interface RowPlace {
  /** Whether it is the newest of its primary key; else another has taken its place, but not in all of its windows. */
  readonly isNewest: boolean;
  /** The row of its state. */
  readonly state: number;
  /** Its event time, epoch milliseconds, and how it was written. */
  readonly time: number;
  readonly form: number;
}

/** Rows of a derived type. */
export interface TakenRows extends AddedRows {
  /** The first window that was open when each of them came. */
  readonly firstOpen: Float64Array;
  /** The last window that was given out as final. */
  readonly closedUpTo: number;
}
