import { type Column, isNull } from '../../records/columns.js';
import { compareValues } from '../../records/compare.js';
import type { RowShape } from '../../records/row-shape.js';
import { valueAt } from '../../records/rows.js';
import { type Cells, cellsFor, numberAt } from './cells.js';

const BETWEEN = '\u0000';
const NULL = '\u0001';
/** Bits of fields that differ; fields behind them share the last. */
export const MOST_BITS = 31;

/** The fields of a live table's rows, and how rows of a batch compare with them. */
export class KeptRows {
  constructor(
    readonly shape: RowShape,
    readonly cells: readonly Cells[] = shape.columns.map(({ kind }) => cellsFor(kind)),
  ) {}

  /** A text for the key of a batch's row; undefined where the type has none. */
  keyAt(columns: readonly Column[], row: number): string | undefined {
    const { key } = this.shape;
    const [first] = key;
    if (first === undefined) return undefined;
    if (key.length === 1) return this.#keyText(first, columns[first], row);
    let text = this.#keyText(first, columns[first], row);
    for (let at = 1; at < key.length; at++) text += BETWEEN + this.#keyText(key[at], columns[key[at]], row);
    return text;
  }

  seriesName(slot: number): string {
    return this.shape.series.map((place) => this.cells[place].text(slot)).join(BETWEEN);
  }

  set(slot: number, columns: readonly Column[], row: number): void {
    for (let place = 0; place < columns.length; place++) this.cells[place].set(slot, columns[place], row);
  }

  /** A bit for each field that differs. */
  differences(slot: number, columns: readonly Column[], row: number): number {
    let bits = 0;
    for (let place = 0; place < columns.length; place++) {
      if (this.cells[place].differs(slot, columns[place], row)) bits |= 1 << Math.min(place, MOST_BITS);
    }
    return bits >>> 0;
  }

  /** Whether a row that differs is newer: by its freshness, at equal freshness by its fields in the schema's order. */
  isNewer(slot: number, columns: readonly Column[], row: number): boolean {
    const { freshness, key } = this.shape;
    if (freshness === undefined) return true;
    const [old, given] = [this.cells[freshness].number(slot), numberAt(columns[freshness], row)];
    if (Number.isNaN(old) || old < given) return true;
    if (old > given) return false;
    for (const [place, { field }] of this.shape.columns.entries()) {
      if (place === freshness || key.includes(place)) continue;
      const { type, nullable, nullBranch } = field;
      const [mine, theirs] = [this.cells[place].value(slot), valueAt(columns[place], row)];
      const order = compareValues(type, nullable, theirs, mine, nullBranch);
      if (order !== 0) return order > 0;
    }
    return false;
  }

  copy(): KeptRows {
    return new KeptRows(
      this.shape,
      this.cells.map((cells) => cells.copy()),
    );
  }

  #keyText(place: number, column: Column, row: number): string {
    if (isNull(column, row)) return NULL;
    const text = this.cells[place].textAt?.(column, row);
    return text ?? String(column.kind === 'time' ? column.millis[row] : valueAt(column, row));
  }
}
