import type { BatchSource, Sink } from '../endpoints/endpoint.js';
import type { Filter } from '../expressions/filter.js';
import type { Guard } from '../operators/guard.js';
import type { Operator } from '../operators/operator.js';
import type { Batch } from '../records/batch.js';
import type { DeadLetters } from './dead-letters.js';
import type { Deletes } from './deletes.js';
import type { Metrics } from './metrics.js';
import type { PassedRecords } from './passed-records.js';
import type { StopSignal } from './stop-signal.js';

/** Where the state of a partitioned operator is kept, part by part. */
export interface KeptState {
  keep(part: number, rows: Batch): Promise<void>;
  /** State that was kept is needed no more. */
  forget(part: number, rows: Batch): Promise<void>;
}

/** A plan with everything opened: what run() moves records through. */
export interface Pipeline {
  readonly source: BatchSource;
  readonly filter?: Filter;
  /** Keeps records out that fit the schema and are wrong all the same. */
  readonly guard?: Guard;
  /** Absent: records go through as they are. */
  readonly operator?: Operator;
  /** Deletes what tombstones say is gone; absent: they are passed over. */
  readonly deletes?: Deletes;
  /** Gets the records as they came, before the filter. */
  readonly passed?: PassedRecords;
  /** All of them get every row. */
  readonly sinks: readonly Sink[];
  readonly deadLetters: DeadLetters;
  /** Milliseconds between flushes; 0: after every batch. Infinity: only at the end. */
  readonly every: number;
  /** Milliseconds without a record after which open windows are closed. */
  readonly idleClose?: number;
  /** Milliseconds that a pipe is drained for after a signal. */
  readonly drain: number;
  /** States that the operator may hold. */
  readonly maxState: number;
  readonly metrics: Metrics;
  readonly stop: StopSignal;
  /** Whether nothing more is wanted: what was read is given out, and windows that are open are not. */
  readonly halted?: () => boolean;
  /** Whether windows that are open when a signal ends the reading stay so: the input has not ended. */
  readonly staysOpen?: boolean;
  /** Keeps the state of a partitioned operator. */
  readonly state?: KeptState;
  /** Takes records to the part that has their group; they come back as batches that are `exchanged`. */
  readonly exchange?: { flush(): void; room(): Promise<void> };
  /** Called when all is done. */
  readonly close?: () => Promise<void>;
}
