import type { Batch } from '../../records/batch.js';

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

/** Rows of a derived type, by their place among those that take part. */
export interface TakenRows {
  readonly batch: Batch;
  readonly selection: Int32Array | undefined;
  readonly count: number;
  /** The state of each; −1 where it is in none. */
  readonly states: Int32Array;
  readonly times: Float64Array;
  readonly forms: Uint32Array | number;
  /** The first window that was open when each of them came. */
  readonly firstOpen: Float64Array;
  /** The last window that was given out as final. */
  readonly closedUpTo: number;
}
