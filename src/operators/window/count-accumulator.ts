import { columnOf } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import type { Field } from '../../records/schema.js';
import {
  type Accumulator,
  type AddedRows,
  doublesAt,
  numbersOf,
  type RowLayout,
  stateField,
  stateName,
} from './accumulator.js';
import type { RowMemory } from './row-memory.js';

/** How many records there are, or how many in which a field is not null. */
export class CountAccumulator implements Accumulator {
  readonly #path: string | undefined;
  readonly #place: number;

  readonly fields: readonly Field[];

  constructor(path: string | undefined, layout: RowLayout) {
    this.#path = path;
    this.#place = layout.doubles(1);
    this.fields = [stateField(stateName('count', path), 'long')];
  }

  columns(memory: RowMemory, rows: Int32Array): Column[] {
    return [doublesAt(memory, rows, this.#place)];
  }

  restore({ doubles }: RowMemory, rows: Int32Array, [counts]: readonly Column[]): void {
    const values = numbersOf(counts);
    for (let row = 0; row < rows.length; row++) doubles[(rows[row] >> 1) + this.#place] = values[row];
  }

  add({ doubles }: RowMemory, { batch, selection, count, states }: AddedRows): void {
    const nulls = this.#path === undefined ? undefined : columnOf(batch, this.#path).nulls;
    const place = this.#place;
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      if (states[at] < 0 || (nulls !== undefined && nulls[row] === 1)) continue;
      doubles[(states[at] >> 1) + place]++;
    }
  }

  merge({ doubles }: RowMemory, at: number, others: RowMemory, from: number): void {
    doubles[(at >> 1) + this.#place] += others.doubles[(from >> 1) + this.#place];
  }

  count({ doubles }: RowMemory, at: number): number {
    return doubles[(at >> 1) + this.#place];
  }
}
