import type { Column } from '../../records/columns.js';
import { compareTexts } from '../../records/compare.js';
import type { Dictionary } from '../../records/dictionary.js';
import { jsonText } from '../../records/json-text.js';
import type { ColumnKind } from '../../records/row-shape.js';
import { valueAt } from '../../records/rows.js';
import { formatTime } from '../../records/time/format-time.js';
import { parseTimeText } from '../../records/time/parse-time.js';
import { UTC, type Zone } from '../../records/time/zone.js';
import type { Value } from '../../records/value.js';

/**
 * One field of a live table's rows, by slot: what a batch brings is copied without an object a row, and made text
 * only where it is shown.
 */
export interface Cells {
  /** Whether a batch's row has another value than the slot. */
  differs(slot: number, column: Column, row: number): boolean;
  set(slot: number, column: Column, row: number): void;
  value(slot: number): Value;
  /** As it is shown, unformatted; a null is empty. */
  text(slot: number): string;
  /** NaN where there is none. For times epoch milliseconds. */
  number(slot: number): number;
  compare(left: number, right: number): number;
  /** Of texts: what a batch has, each of a dictionary made once. */
  textAt?(column: Column, row: number): string | null;
  grow(capacity: number): void;
  /** As they are now, whatever comes. */
  copy(): Cells;
}

export function cellsFor(kind: ColumnKind): Cells {
  switch (kind) {
    case 'number':
      return new NumberCells(new Float64Array(0));
    case 'time':
      return new TimeCells(new Float64Array(0), new Uint32Array(0));
    case 'text':
      return new TextCells([]);
    case 'other':
      return new ValueCells([]);
  }
}

/** A row's number; NaN for null. Longs beyond a double are rounded. */
export function numberAt(column: Column, row: number): number {
  if (column.nulls !== undefined && column.nulls[row] === 1) return Number.NaN;
  if (column.kind === 'float64') return column.values[row];
  if (column.kind === 'int64') return Number(column.values[row]);
  if (column.kind === 'time') return column.millis[row];
  const value = valueAt(column, row);
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
}

class NumberCells implements Cells {
  /** Longs that a double does not hold. */
  readonly #exact: Map<number, bigint>;

  constructor(
    private values: Float64Array,
    exact: ReadonlyMap<number, bigint> = new Map(),
  ) {
    this.#exact = new Map(exact);
  }

  differs(slot: number, column: Column, row: number): boolean {
    if (column.kind === 'int64' || this.#exact.size > 0) return this.value(slot) !== valueAt(column, row);
    return !Object.is(this.values[slot], numberAt(column, row));
  }

  set(slot: number, column: Column, row: number): void {
    this.values[slot] = numberAt(column, row);
    const exact = column.kind === 'int64' ? valueAt(column, row) : undefined;
    if (typeof exact === 'bigint') this.#exact.set(slot, exact);
    else if (this.#exact.size > 0) this.#exact.delete(slot);
  }

  value(slot: number): Value {
    const value = this.values[slot];
    return this.#exact.get(slot) ?? (Number.isNaN(value) ? null : value);
  }

  text(slot: number): string {
    return String(this.value(slot) ?? '');
  }

  number(slot: number): number {
    return this.values[slot];
  }

  compare(left: number, right: number): number {
    return compareNumbers(this.values[left], this.values[right]);
  }

  grow(capacity: number): void {
    this.values = grown(this.values, new Float64Array(capacity).fill(Number.NaN));
  }

  copy(): Cells {
    return new NumberCells(this.values.slice(), this.#exact);
  }
}

class TimeCells implements Cells {
  constructor(
    private millis: Float64Array,
    private forms: Uint32Array,
    private zone: Zone = UTC,
  ) {}

  differs(slot: number, column: Column, row: number): boolean {
    return !Object.is(this.millis[slot], numberAt(column, row));
  }

  set(slot: number, column: Column, row: number): void {
    this.millis[slot] = numberAt(column, row);
    if (column.kind !== 'time') return;
    this.forms[slot] = column.forms?.[row] ?? column.form;
    this.zone = column.zone;
  }

  value(slot: number): Value {
    const millis = this.millis[slot];
    return Number.isNaN(millis) ? null : formatTime(millis, this.forms[slot], this.zone);
  }

  text(slot: number): string {
    return String(this.value(slot) ?? '');
  }

  number(slot: number): number {
    return this.millis[slot];
  }

  compare(left: number, right: number): number {
    return compareNumbers(this.millis[left], this.millis[right]);
  }

  grow(capacity: number): void {
    this.millis = grown(this.millis, new Float64Array(capacity).fill(Number.NaN));
    this.forms = grown(this.forms, new Uint32Array(capacity));
  }

  copy(): Cells {
    return new TimeCells(this.millis.slice(), this.forms.slice(), this.zone);
  }
}

class TextCells implements Cells {
  #dictionary: Dictionary | undefined;
  #generation = 0;
  /** The dictionary's texts that were asked for. */
  #known: string[] = [];

  constructor(private readonly texts: (string | null)[]) {}

  differs(slot: number, column: Column, row: number): boolean {
    return this.texts[slot] !== this.textAt(column, row);
  }

  set(slot: number, column: Column, row: number): void {
    this.texts[slot] = this.textAt(column, row);
  }

  textAt(column: Column, row: number): string | null {
    if (column.kind !== 'dictionary') return textOf(valueAt(column, row));
    if (column.nulls !== undefined && column.nulls[row] === 1) return null;
    const { dictionary } = column;
    if (dictionary !== this.#dictionary || dictionary.generation !== this.#generation || this.#tooMany) {
      this.#dictionary = dictionary;
      this.#generation = dictionary.generation;
      this.#known = [];
    }
    const id = column.ids[row];
    this.#known[id] ??= dictionary.text(id);
    return this.#known[id];
  }

  value(slot: number): Value {
    return this.texts[slot] ?? null;
  }

  text(slot: number): string {
    return this.texts[slot] ?? '';
  }

  number(slot: number): number {
    return parseTimeText(this.text(slot))?.millis ?? Number.NaN;
  }

  compare(left: number, right: number): number {
    return compareTexts(this.text(left), this.text(right));
  }

  grow(): void {}

  copy(): Cells {
    return new TextCells(this.texts.slice());
  }

  /** Of a dictionary that goes on for ever. */
  get #tooMany(): boolean {
    return this.#known.length > MOST_KNOWN;
  }
}

const MOST_KNOWN = 1_000_000;

/** Bools, bytes and nested values. */
class ValueCells implements Cells {
  constructor(private readonly values: Value[]) {}

  differs(slot: number, column: Column, row: number): boolean {
    return this.text(slot) !== (textOf(valueAt(column, row)) ?? '');
  }

  set(slot: number, column: Column, row: number): void {
    this.values[slot] = valueAt(column, row);
  }

  value(slot: number): Value {
    return this.values[slot] ?? null;
  }

  text(slot: number): string {
    return textOf(this.value(slot)) ?? '';
  }

  number(): number {
    return Number.NaN;
  }

  compare(left: number, right: number): number {
    return compareTexts(this.text(left), this.text(right));
  }

  grow(): void {}

  copy(): Cells {
    return new ValueCells(this.values.slice());
  }
}

function textOf(value: Value): string | null {
  return value === null || typeof value === 'string' ? value : jsonText(value);
}

/** What is no number comes last. */
function compareNumbers(left: number, right: number): number {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
  return left - right;
}

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
