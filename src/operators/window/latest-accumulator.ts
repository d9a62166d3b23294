import { columnOf } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import type { Field, FieldType } from '../../records/schema.js';
import { nanosOf } from '../../records/time/form.js';
import {
  type Accumulator,
  type AddedRows,
  doublesAt,
  numbersOf,
  type RowLayout,
  stateField,
  stateName,
} from './accumulator.js';
import { keptColumn, keptColumns, keptFields, restoreKept } from './kept-value.js';
import type { RowMemory } from './row-memory.js';
import type { ValueSlot } from './value-slot.js';

/** The value of a field with the greatest event time; at equal times the greater value. */
export class LatestAccumulator implements Accumulator {
  readonly #path: string;
  readonly #slot: ValueSlot;
  readonly #time: number;
  /** The word with the time's nanoseconds below the microsecond + 1; 0 where there is no value yet. */
  readonly #nanos: number;

  readonly fields: readonly Field[];

  constructor(path: string, type: FieldType, slot: ValueSlot, layout: RowLayout) {
    this.#path = path;
    this.#slot = slot;
    this.#nanos = layout.word();
    this.#time = layout.doubles(1);
    const name = stateName('latest', path);
    this.fields = [
      stateField(`${name} time`, 'double'),
      stateField(`${name} nanos`, 'long'),
      ...keptFields(slot, name, type),
    ];
  }

  add(memory: RowMemory, { batch, selection, count, states, times, forms }: AddedRows): void {
    const column = columnOf(batch, this.#path);
    const { nulls } = column;
    const { words, doubles } = memory;
    const slot = this.#slot;
    slot.open(column);
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      const state = states[at];
      if (state < 0 || (nulls !== undefined && nulls[row] === 1)) continue;
      const time = times[at];
      const below = nanosOf(typeof forms === 'number' ? forms : forms[at]) + 1;
      const known = words[state + this.#nanos];
      if (known !== 0) {
        const order = time - doubles[(state >> 1) + this.#time] || below - known;
        if (order < 0 || (order === 0 && slot.compare(memory, state, row) <= 0)) continue;
      }
      slot.put(memory, state, row);
      doubles[(state >> 1) + this.#time] = time;
      words[state + this.#nanos] = below;
    }
  }

  merge(memory: RowMemory, at: number, others: RowMemory, from: number): void {
    const other = others.words[from + this.#nanos];
    if (other === 0) return;
    const known = memory.words[at + this.#nanos];
    const otherTime = others.doubles[(from >> 1) + this.#time];
    if (known !== 0) {
      const order = otherTime - memory.doubles[(at >> 1) + this.#time] || other - known;
      if (order < 0 || (order === 0 && this.#slot.compareKept(memory, at, others, from) <= 0)) return;
    }
    this.#slot.copy(memory, at, others, from);
    memory.doubles[(at >> 1) + this.#time] = otherTime;
    memory.words[at + this.#nanos] = other;
  }

  tidy(memory: RowMemory, rows: () => Int32Array): void {
    this.#slot.tidy?.(memory, rows, (at) => memory.words[at + this.#nanos] !== 0);
  }

  column(memory: RowMemory, rows: Int32Array): Column {
    return keptColumn(this.#slot, memory, rows, (at) => memory.words[at + this.#nanos] !== 0);
  }

  columns(memory: RowMemory, rows: Int32Array): Column[] {
    const nanos = Float64Array.from(rows, (at) => memory.words[at + this.#nanos]);
    return [
      doublesAt(memory, rows, this.#time),
      { kind: 'float64', values: nanos },
      ...keptColumns(this.#slot, memory, rows, (at) => memory.words[at + this.#nanos] !== 0),
    ];
  }

  restore(memory: RowMemory, rows: Int32Array, [time, nanos, ...value]: readonly Column[]): void {
    const [times, below] = [numbersOf(time), numbersOf(nanos)];
    restoreKept(this.#slot, memory, rows, value, (at, row) => {
      memory.doubles[(at >> 1) + this.#time] = times[row];
      memory.words[at + this.#nanos] = below[row];
    });
  }
}
