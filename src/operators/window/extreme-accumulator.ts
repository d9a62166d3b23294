import { columnOf } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import type { Field, FieldType } from '../../records/schema.js';
import { type Accumulator, type AddedRows, type RowLayout, stateName } from './accumulator.js';
import { keptColumn, keptColumns, keptFields, restoreKept } from './kept-value.js';
import type { RowMemory } from './row-memory.js';
import type { ValueSlot } from './value-slot.js';

/** The least (`min`) or greatest (`max`) value of a field. */
export class ExtremeAccumulator implements Accumulator {
  readonly #path: string;
  readonly #slot: ValueSlot;
  /** 1: the greatest wins; −1: the least. */
  readonly #sign: number;
  /** The word that says whether there is a value yet. */
  readonly #has: number;

  readonly fields: readonly Field[];

  constructor(fn: 'min' | 'max', path: string, type: FieldType, slot: ValueSlot, layout: RowLayout) {
    this.#path = path;
    this.#slot = slot;
    this.#sign = fn === 'max' ? 1 : -1;
    this.#has = layout.word();
    this.fields = keptFields(slot, stateName(fn, path), type);
  }

  add(memory: RowMemory, { batch, selection, count, states }: AddedRows): void {
    const column = columnOf(batch, this.#path);
    const { nulls } = column;
    const { words } = memory;
    const slot = this.#slot;
    slot.open(column);
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      const state = states[at];
      if (state < 0 || (nulls !== undefined && nulls[row] === 1)) continue;
      if (words[state + this.#has] === 1 && slot.compare(memory, state, row) * this.#sign <= 0) continue;
      slot.put(memory, state, row);
      words[state + this.#has] = 1;
    }
  }

  merge(memory: RowMemory, at: number, others: RowMemory, from: number): void {
    if (others.words[from + this.#has] === 0) return;
    const has = memory.words[at + this.#has] === 1;
    if (has && this.#slot.compareKept(memory, at, others, from) * this.#sign <= 0) return;
    this.#slot.copy(memory, at, others, from);
    memory.words[at + this.#has] = 1;
  }

  tidy(memory: RowMemory, rows: () => Int32Array): void {
    this.#slot.tidy?.(memory, rows, (at) => memory.words[at + this.#has] === 1);
  }

  column(memory: RowMemory, rows: Int32Array): Column {
    return keptColumn(this.#slot, memory, rows, (at) => memory.words[at + this.#has] === 1);
  }

  columns(memory: RowMemory, rows: Int32Array): Column[] {
    return keptColumns(this.#slot, memory, rows, (at) => memory.words[at + this.#has] === 1);
  }

  restore(memory: RowMemory, rows: Int32Array, columns: readonly Column[]): void {
    restoreKept(this.#slot, memory, rows, columns, (at) => {
      memory.words[at + this.#has] = 1;
    });
  }
}
