import type { Batch } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';

/** Why rows are asked for: the --every interval passed, nothing arrived for --idle-close, or the input ended. */
export type FlushReason = 'tick' | 'idle' | 'end';

/** Rows of the input that did not make it into a result. */
export interface Refused {
  readonly row: number;
  /** Late records are counted apart from records that could not be computed with. */
  readonly late: boolean;
  /** A sentence without a full stop. */
  readonly reason: string;
}

export interface Processed {
  /** Rows that this batch gives at once (transforms); borrowed until the next call. */
  readonly rows?: Batch;
  readonly refused?: readonly Refused[];
}

/**
 * A step of the pipeline that turns batches into rows. One thread calls it, process() and flush() in any order;
 * neither waits for anything. It borrows a batch until process() returns and copies what it keeps.
 */
export interface Operator {
  /** The paths of the input that it reads. */
  readonly reads: readonly string[];
  /** Whether it keeps records' bytes, so that the input must carry them. */
  readonly readsRecords: boolean;
  /** Whether each row comes of one record alone, so that nothing is lost when another copy goes on. */
  readonly stateless?: true;
  /** The type of the rows that it gives. */
  readonly output: RecordSchema;
  process(batch: Batch): Processed;
  /**
   * The rows that changed since the last flush (`--emit update`) or became final (`--emit close`), ordered by
   * (window, key). Each batch is borrowed until the next is asked for.
   */
  flush(reason: FlushReason): Iterable<Batch>;
  /** A partition has come to its end: it holds back the closing of windows no more. */
  ended?(partition: number): void;
  /** Figures for the progress line: open windows' states, the watermark in epoch milliseconds. */
  figures(): OperatorFigures;
}

/**
 * An operator all of whose state follows from the rows that it gives under `--emit update`: for each key and window
 * the one that it gave last.
 */
export interface Restorable extends Operator {
  /**
   * Takes rows of its output's type that it, or another of its kind, gave: in any order, also older ones of a key and
   * window. They count as given.
   */
  restore(rows: Batch): void;
}

export interface OperatorFigures {
  readonly states: number;
  /** The greatest event time seen; undefined before the first record. */
  readonly watermark?: number;
}
