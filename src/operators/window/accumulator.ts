import type { Batch } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import type { Field, FieldType } from '../../records/schema.js';
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
  /** The fields that a row of state has of it; their names begin with what it computes. */
  readonly fields: readonly Field[];
  /** Their columns, of the states at these rows. */
  columns(memory: RowMemory, rows: Int32Array): Column[];
  /** Puts back what columns() gave: [i] of the columns into the state at `rows[i]`, which is as if nothing was added. */
  restore(memory: RowMemory, rows: Int32Array, columns: readonly Column[]): void;
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

/** A field of a row of state: `sum(temperature)` can be no field of the group's. */
export function stateField(name: string, kind: 'long' | 'double', nullable = false): Field {
  const type: FieldType = { kind };
  return { name, type, nullable, nullBranch: 0 };
}

/** What an accumulator computes of a field, as the name of its state. */
export function stateName(fn: string, path: string | undefined): string {
  // A dot would mean a nested field.
  return `${fn}(${path?.replaceAll('.', '/') ?? ''})`;
}

/** The numbers of a row of state. */
export function numbersOf(column: Column | undefined): Float64Array {
  return column?.kind === 'float64' ? column.values : bug(`a column of numbers is ${column?.kind}`);
}

/** By row of state: a double of the state. */
export function doublesAt({ doubles }: RowMemory, rows: Int32Array, place: number): Column {
  const values = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row++) values[row] = doubles[(rows[row] >> 1) + place];
  return { kind: 'float64', values };
}
