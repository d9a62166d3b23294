import type { Batch } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';
import type { StateKind } from './state-bound.js';

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
  /** What its state consists of; absent: keys and windows. */
  readonly stateKind?: StateKind;
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

/** What a flush gives of an operator whose state is kept outside of it. */
export interface Change {
  readonly rows: Batch;
  /** Rows that are given out, state that is kept, both at once, or state that is kept no more (its key says which). */
  readonly as: 'rows' | 'state' | 'both' | 'gone';
}

/** How far event time has come: what was late stays late, and what was closed stays closed. */
export interface Progress {
  /** By number of the partition: its watermark, epoch milliseconds; null before its first record. */
  readonly watermarks: readonly (number | null)[];
  /** Time is closed up to here, epoch milliseconds; null: nothing is. */
  readonly closed: number | null;
  /** Windows were closed up to this one, or before it, whatever the watermarks; null: none was. */
  readonly window: number | null;
  /** Of an ExchangedOperator: the watermarks of the partitions whose records a part sends on. */
  readonly sources?: readonly (number | null)[];
}

/**
 * An operator whose state can be kept as rows of a compacted topic, and be put back by another of its kind. Its windows
 * then stay open at the end of the input. The order is restore() with all rows, resume(), then process().
 */
export interface Restorable extends Operator {
  /** The type of the rows that its state is kept as: of each primary key the one that was kept last. */
  readonly state: RecordSchema;
  /** In place of flush(). Each batch is borrowed until the next is asked for. */
  changes(reason: FlushReason): Iterable<Change>;
  /** Takes rows of state in the order in which they were kept, also such as others have taken the place of since. */
  restore(rows: Batch): void;
  readonly progress: Progress;
  /** Goes on from where time had come. What was closed by then is forgotten, if it was restored. */
  resume(progress: Progress): void;
  /** Gives back what of its memory is not the garbage collector's; nothing is asked of it any more. */
  close?(): void;
}

/** A Restorable whose records may come by way of a topic that has them by group: see ExchangedOperator. */
export interface Exchangeable extends Restorable {
  /** A partition's watermark has come to an instant (epoch milliseconds), whether or not a record of it came here. */
  advance(partition: number, instant: number): void;
  /** While a partition's watermark stays before this instant, the same windows take its records as do at `reached`. */
  steadyUntil(reached: number): number;
}

export interface OperatorFigures {
  readonly states: number;
  /** The greatest event time seen; undefined before the first record. */
  readonly watermark?: number;
}
