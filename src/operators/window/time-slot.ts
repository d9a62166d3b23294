import type { Column, TimeColumn } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import type { Field } from '../../records/schema.js';
import { nanosOf } from '../../records/time/form.js';
import { UTC, type Zone } from '../../records/time/zone.js';
import { numbersOf, type RowLayout, stateField } from './accumulator.js';
import type { RowMemory } from './row-memory.js';
import type { ValueSlot } from './value-slot.js';

const NONE = new Float64Array(0);

/**
 * Keeps a time and the form that it was written in. Of two texts for the same instant the form decides, so that what
 * is written back does not depend on which of them came first.
 */
export class TimeSlot implements ValueSlot {
  readonly #millis: number;
  readonly #form: number;
  #column: TimeColumn = { kind: 'time', millis: NONE, form: 0, zone: UTC };
  #zone: Zone = UTC;

  constructor(layout: RowLayout) {
    this.#millis = layout.doubles(1);
    this.#form = layout.word();
  }

  open(column: Column): void {
    if (column.kind !== 'time') bug(`a column of times is ${column.kind}`);
    this.#column = column;
    this.#zone = column.zone;
  }

  compare({ words, doubles }: RowMemory, at: number, row: number): number {
    const form = words[at + this.#form] >>> 0;
    return compareTimes(this.#column.millis[row], this.#formOf(row), doubles[(at >> 1) + this.#millis], form);
  }

  put({ words, doubles }: RowMemory, at: number, row: number): void {
    doubles[(at >> 1) + this.#millis] = this.#column.millis[row];
    words[at + this.#form] = this.#formOf(row);
  }

  compareKept({ words, doubles }: RowMemory, at: number, others: RowMemory, from: number): number {
    return compareTimes(
      others.doubles[(from >> 1) + this.#millis],
      others.words[from + this.#form] >>> 0,
      doubles[(at >> 1) + this.#millis],
      words[at + this.#form] >>> 0,
    );
  }

  copy({ words, doubles }: RowMemory, at: number, others: RowMemory, from: number): void {
    doubles[(at >> 1) + this.#millis] = others.doubles[(from >> 1) + this.#millis];
    words[at + this.#form] = others.words[from + this.#form];
  }

  column({ words, doubles }: RowMemory, rows: Int32Array): Column {
    const millis = Float64Array.from(rows, (at) => doubles[(at >> 1) + this.#millis]);
    const forms = Uint32Array.from(rows, (at) => words[at + this.#form]);
    return { kind: 'time', millis, forms, form: forms[0] ?? 0, zone: this.#zone };
  }

  stateFields(name: string): Field[] {
    return [stateField(name, 'double', true), stateField(`${name} form`, 'long')];
  }

  stateColumns({ words, doubles }: RowMemory, rows: Int32Array): Column[] {
    return [
      { kind: 'float64', values: Float64Array.from(rows, (at) => doubles[(at >> 1) + this.#millis]) },
      { kind: 'float64', values: Float64Array.from(rows, (at) => words[at + this.#form] >>> 0) },
    ];
  }

  ofState([millis, forms]: readonly Column[]): Column {
    return {
      kind: 'time',
      millis: numbersOf(millis),
      forms: Uint32Array.from(numbersOf(forms)),
      form: 0,
      zone: this.#zone,
    };
  }

  #formOf(row: number): number {
    const { forms, form } = this.#column;
    return forms === undefined ? form : forms[row];
  }
}

function compareTimes(millisA: number, formA: number, millisB: number, formB: number): number {
  return millisA - millisB || nanosOf(formA) - nanosOf(formB) || formA - formB;
}
