import type { Column } from '../../records/columns.js';
import type { RecordSchema } from '../../records/schema.js';

/** Simulated records in a form that all simulations share, so that they can be delayed and repeated alike. */
export interface SimulatedRows {
  /** What the record is about: an id of the simulation's dictionary, or a first number. */
  readonly subject: Int32Array;
  /** The event time in epoch milliseconds; never goes back. */
  readonly millis: Float64Array;
  readonly value: Float64Array;
}

export function simulatedRows(capacity: number): SimulatedRows {
  return {
    subject: new Int32Array(capacity),
    millis: new Float64Array(capacity),
    value: new Float64Array(capacity),
  };
}

/** An endless or finite story that gives one record after the other, in the order of their times. */
export interface Simulation {
  readonly schema: RecordSchema;
  /** How many records there are in all; Infinity for an endless story. */
  readonly length: number;
  /** How many records a simulated step has: a day of harvests, a round of readings. `--interval` is the pause between. */
  readonly stepRecords: number;
  /** How long records are delayed where nothing else is said, in milliseconds: those out of order, and late ones. */
  readonly usualDelays: { readonly disorder: number; readonly late: number };
  /** Writes the next records to the rows [from, to). The caller asks for no more than `length` in all. */
  fill(rows: SimulatedRows, from: number, to: number): void;
  /** The rows as columns of the schema, without a copy where that can be had. */
  columns(rows: SimulatedRows, length: number): ReadonlyMap<string, Column>;
}
