import type { SqlValue } from '../sql-value.js';
import type { TablePlan } from '../table-plan.js';
import type { ColumnForm } from './column-forms.js';
import type { Cell } from './connection.js';

/** What a table has of some keys: the places that these were given, and the freshness or all of their rows. */
export class FoundRows {
  readonly places: number[] = [];
  /** By the plan's columns; empty where not all of the rows is read. */
  readonly columns: readonly SqlValue[][];
  readonly fresh: SqlValue[];
  readonly #isFreshRead: boolean;
  readonly #read: readonly { readonly form: ColumnForm; readonly into: SqlValue[] }[];

  constructor(
    { freshness }: TablePlan,
    forms: readonly ColumnForm[],
    readonly whole: boolean,
  ) {
    this.columns = whole ? forms.map(() => []) : [];
    this.fresh = (freshness === undefined ? undefined : this.columns[freshness]) ?? [];
    const alone = freshness === undefined ? [] : [{ form: forms[freshness], into: this.fresh }];
    this.#read = whole ? forms.map((form, position) => ({ form, into: this.columns[position] })) : alone;
    this.#isFreshRead = freshness !== undefined;
  }

  /** @param rows a place each, and the cells that were asked for */
  add(rows: readonly (readonly Cell[])[]): void {
    for (const [place, ...cells] of rows) {
      this.places.push(Number(place));
      for (const [at, { form, into }] of this.#read.entries()) into.push(form.read(cells[at] ?? null));
      // All rows without a freshness are equally fresh.
      if (!this.#isFreshRead) this.fresh.push(null);
    }
  }
}
