import { compareTexts, compareValues } from '../records/compare.js';
import type { Value } from '../records/value.js';
import type { BatchCells } from './batch-cells.js';
import type { SqlValue } from './sql-value.js';
import { storedValue } from './stored-value.js';
import type { TablePlan } from './table-plan.js';

/** Which of two rows of one key and equal freshness is greater: by the remaining fields, then by the time's text. */
export class Ties {
  /**
   * @param differing the stored rows, column by column, of those batch rows that are not equal to them
   * @param at for each batch row its position in `differing`; a row without one equals its stored row
   */
  constructor(
    readonly cells: BatchCells,
    readonly differing: readonly (readonly SqlValue[])[],
    readonly at: ReadonlyMap<number, number>,
  ) {}

  compareRows(left: number, right: number): number {
    return this.#compare(left, (position) => this.cells.value(position, right));
  }

  /** A stored value that does not fit its field is less than any. */
  compareStored(row: number): number {
    const at = this.at.get(row);
    if (at === undefined) return 0;
    const { columns } = this.cells.plan;
    return this.#compare(row, (position) => {
      const fit = storedValue(columns[position].field, this.differing[position][at]);
      return fit.problem === undefined ? fit.value : undefined;
    });
  }

  #compare(row: number, other: (position: number) => Value | undefined): number {
    const { columns, rest, freshness }: TablePlan = this.cells.plan;
    for (const position of rest) {
      const { type, nullable, nullBranch } = columns[position].field;
      const value = other(position);
      if (value === undefined) return 1;
      const order = compareValues(type, nullable, this.cells.value(position, row), value, nullBranch);
      if (order !== 0) return order;
    }
    if (freshness === undefined) return 0;
    return compareTexts(String(this.cells.value(freshness, row)), String(other(freshness)));
  }
}
