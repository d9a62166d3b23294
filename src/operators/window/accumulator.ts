import type { Batch } from '../../records/batch.js';
import type { RowMemory } from './row-memory.js';
import { ROW } from './window-states.js';

/** Records to add to states, by their place among the records that take part. */
export interface AddedRows {
  readonly batch: Batch;
  readonly selection: Int32Array | undefined;
  readonly count: number;
  /** The row of each record's state; −1 where it belongs to none. */
  readonly states: Int32Array;
  /** Event times, epoch milliseconds with fractions down to the microsecond. */
  readonly times: Float64Array;
  /** How the times were written (records/time/form.ts), or one form for all: they have the nanoseconds. */
  readonly forms: Uint32Array | number;
}

/**
 * A part of what an aggregate keeps in each state's row, in words of its own. Rows start with all words zero. What
 * add() and merge() give does not depend on the order of their calls.
 */
export interface Accumulator {
  add(memory: RowMemory, rows: AddedRows): void;
  /** Adds what the row at `from` of another memory holds to the row at `at`. */
  merge(memory: RowMemory, at: number, others: RowMemory, from: number): void;
  /** Forgets what no row refers to any more, where it keeps values outside of the rows and has many of them. */
  tidy?(memory: RowMemory, rows: () => Int32Array): void;
}

/** Hands out words of a state's row. */
export class RowLayout {
  #words: number = ROW.payload;

  /** The place of one word. */
  word(): number {
    return this.#words++;
  }

  /** The place of several doubles that follow each other, in doubles. */
  doubles(count: number): number {
    if (this.#words % 2 === 1) this.#words++;
    const place = this.#words / 2;
    this.#words += count * 2;
    return place;
  }

  /** Words of a row. */
  get stride(): number {
    return this.#words + (this.#words % 2);
  }
}
