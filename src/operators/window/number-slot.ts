import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import type { RowLayout } from './accumulator.js';
import type { RowMemory } from './row-memory.js';
import type { ValueSlot } from './value-slot.js';

/** Keeps an int, float, double or boolean, as a double. */
export class NumberSlot implements ValueSlot {
  readonly #place: number;
  #values: Float64Array | Uint8Array = new Float64Array(0);
  #isBool = false;

  constructor(layout: RowLayout) {
    this.#place = layout.doubles(1);
  }

  open(column: Column): void {
    if (column.kind !== 'float64' && column.kind !== 'bool') bug(`a column of numbers is ${column.kind}`);
    this.#values = column.values;
    this.#isBool = column.kind === 'bool';
  }

  compare({ doubles }: RowMemory, at: number, row: number): number {
    return compareDoubles(this.#values[row], doubles[(at >> 1) + this.#place]);
  }

  put({ doubles }: RowMemory, at: number, row: number): void {
    doubles[(at >> 1) + this.#place] = this.#values[row];
  }

  compareKept({ doubles }: RowMemory, at: number, others: RowMemory, from: number): number {
    return compareDoubles(others.doubles[(from >> 1) + this.#place], doubles[(at >> 1) + this.#place]);
  }

  copy({ doubles }: RowMemory, at: number, others: RowMemory, from: number): void {
    doubles[(at >> 1) + this.#place] = others.doubles[(from >> 1) + this.#place];
  }

  column({ doubles }: RowMemory, rows: Int32Array): Column {
    const value = (at: number): number => doubles[(at >> 1) + this.#place];
    return this.#isBool
      ? { kind: 'bool', values: Uint8Array.from(rows, value) }
      : { kind: 'float64', values: Float64Array.from(rows, value) };
  }
}

/** By value; −0 before 0, NaN behind every number. */
function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return a === 0 ? Number(Object.is(b, -0)) - Number(Object.is(a, -0)) : 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
