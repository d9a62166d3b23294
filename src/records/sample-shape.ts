import { isRow } from './fit-value.js';
import { parseTimeText } from './time/parse-time.js';
import type { Row, Value } from './value.js';

type Kind = 'boolean' | 'long' | 'double' | 'string' | 'bytes' | 'array' | 'object';

/** More distinct texts than this are not counted. */
const MAX_TEXTS = 10_000;

/** What the values at one place of sample records have in common. */
export class Shape {
  /** How many values were null. */
  nulls = 0;
  /** How many were not. */
  present = 0;
  readonly kinds = new Set<Kind>();
  /** Distinct texts. */
  readonly texts = new Set<string>();
  /** Whether all texts are ISO 8601 times. */
  allTimes = true;
  /** The bounds of the numbers. */
  least = Number.POSITIVE_INFINITY;
  greatest = Number.NEGATIVE_INFINITY;
  /** The items of arrays. */
  items: Shape | undefined;
  /** The values of objects, by name. */
  readonly fields = new Map<string, Shape>();
  objects = 0;

  add(value: Value): void {
    if (value === null) {
      this.nulls++;
      return;
    }
    this.present++;
    if (typeof value === 'boolean') this.kinds.add('boolean');
    else if (typeof value === 'string') this.#addText(value);
    else if (typeof value === 'number' || typeof value === 'bigint') this.#addNumber(value);
    else if (value instanceof Uint8Array) this.kinds.add('bytes');
    else if (Array.isArray(value)) this.#addItems(value);
    else if (isRow(value)) this.addObject(value);
  }

  addObject(row: Row): void {
    this.objects++;
    this.kinds.add('object');
    for (const [name, value] of Object.entries(row)) shapeAt(this.fields, name).add(value);
  }

  /** How many objects lack a field, or have it as null. */
  absent(field: Shape): number {
    return this.objects - field.present;
  }

  /** Takes in what another shape has seen. */
  absorb(other: Shape): void {
    this.nulls += other.nulls;
    this.present += other.present;
    this.objects += other.objects;
    for (const kind of other.kinds) this.kinds.add(kind);
    if (other.items !== undefined) {
      this.items ??= new Shape();
      this.items.absorb(other.items);
    }
    for (const [name, field] of other.fields) shapeAt(this.fields, name).absorb(field);
  }

  #addText(text: string): void {
    this.kinds.add('string');
    if (this.texts.size < MAX_TEXTS) this.texts.add(text);
    this.allTimes &&= parseTimeText(text) !== undefined;
  }

  #addNumber(value: number | bigint): void {
    this.kinds.add(typeof value === 'bigint' || Number.isInteger(value) ? 'long' : 'double');
    this.least = Math.min(this.least, Number(value));
    this.greatest = Math.max(this.greatest, Number(value));
  }

  #addItems(items: readonly Value[]): void {
    this.kinds.add('array');
    this.items ??= new Shape();
    for (const item of items) this.items.add(item);
  }
}

function shapeAt(fields: Map<string, Shape>, name: string): Shape {
  const known = fields.get(name);
  if (known !== undefined) return known;
  const shape = new Shape();
  fields.set(name, shape);
  return shape;
}

const INTEGER = /^-?(0|[1-9][0-9]*)$/;
const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$/;

/**
 * The shape of rows whose values are all text (CSV): a column is of what all of its cells are, numbers or true and
 * false, else text; an empty cell is null. A number with a leading zero is a text: it is a code, and would lose the
 * zero. Numbers are whole only where none is written with a point or an exponent.
 */
export function shapeOfText(rows: readonly Row[]): Shape {
  const shape = new Shape();
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const types = new Map([...names].map((name) => [name, cellType(textsOf(rows, name))]));
  for (const row of rows) {
    const cells = Object.entries(row).map(([name, cell]): [string, Value] => {
      if (typeof cell !== 'string') return [name, cell];
      return [name, cell === '' ? null : (types.get(name)?.convert(cell) ?? cell)];
    });
    shape.addObject(Object.fromEntries(cells));
  }
  for (const [name, { isReal }] of types) if (isReal) shape.fields.get(name)?.kinds.add('double');
  return shape;
}

function textsOf(rows: readonly Row[], name: string): string[] {
  return rows.flatMap(({ [name]: cell }) => (typeof cell === 'string' && cell !== '' ? [cell] : []));
}

interface CellType {
  readonly convert: (cell: string) => Value;
  readonly isReal: boolean;
}

function cellType(cells: readonly string[]): CellType {
  if (cells.every((cell) => INTEGER.test(cell))) return { convert: integer, isReal: false };
  if (cells.every((cell) => NUMBER.test(cell))) return { convert: Number, isReal: true };
  const isBoolean = cells.every((cell) => cell === 'true' || cell === 'false');
  return { convert: isBoolean ? (cell) => cell === 'true' : (cell) => cell, isReal: false };
}

function integer(cell: string): Value {
  return Number.isSafeInteger(Number(cell)) ? Number(cell) : BigInt(cell);
}
