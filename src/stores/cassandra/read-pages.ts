import type { SqlValue } from '../sql-value.js';
import type { CassandraClient, Cell, Page } from './client.js';
import type { ColumnForm } from './column-form.js';

const FIRST_ROWS = 200;
const MOST_ROWS = 4096;
/** A page of wide rows has fewer of them. */
const UNITS = 2_000_000;

/** The rows of a query, column by column, a page at a time: the next one is asked for while the last is worked on. */
export class ReadPages {
  #fetchSize = FIRST_ROWS;
  #page: Page | undefined;
  #ended = false;
  #error: unknown;
  #pending: Promise<void> | undefined;

  constructor(
    readonly client: CassandraClient,
    readonly query: string,
    readonly forms: readonly Pick<ColumnForm, 'read'>[],
  ) {}

  ready(): Promise<void> | undefined {
    if (this.#page !== undefined || this.#ended || this.#error !== undefined) return undefined;
    this.#pending ??= this.#fetch(undefined);
    return this.#pending;
  }

  /** @throws what the query has failed with */
  take(): SqlValue[][] | 'wait' | 'end' {
    if (this.#error !== undefined) throw this.#error;
    if (this.#ended) return 'end';
    const page = this.#page;
    if (page === undefined) return 'wait';
    this.#page = undefined;
    const { rows, next } = page;
    if (next === undefined) this.#ended = true;
    else this.#pending = this.#fetch(next);
    return this.forms.map(({ read }, column) => rows.map((row) => read(row[column] ?? null)));
  }

  async #fetch(after: string | undefined): Promise<void> {
    try {
      this.#page = await this.client.page({ query: this.query, params: [] }, this.#fetchSize, after);
      this.#adapt(this.#page.rows);
    } catch (error) {
      this.#error = error;
    }
    this.#pending = undefined;
  }

  /** So that pages have much the same size, whatever rows are like. */
  #adapt(rows: readonly (readonly Cell[])[]): void {
    if (rows.length === 0) return;
    let units = 0;
    for (const row of rows) for (const cell of row) units += unitsOf(cell);
    this.#fetchSize = Math.max(1, Math.min(MOST_ROWS, 2 * this.#fetchSize, Math.floor((UNITS * rows.length) / units)));
  }
}

function unitsOf(cell: Cell): number {
  return typeof cell === 'string' || Buffer.isBuffer(cell) ? cell.length + 8 : 8;
}
