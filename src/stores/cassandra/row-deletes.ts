import type { BatchCells } from '../batch-cells.js';
import { troubleOf } from './cassandra-errors.js';
import type { Cell, Page, Statement } from './client.js';
import type { DeleteStatements } from './delete-statements.js';
import type { KeptClient } from './kept-client.js';

/** Rows of one transaction, and those that are looked up at once. */
const MOST_ROWS = 100;
const PAGE_ROWS = 5000;

/**
 * Deletes the rows of a key in lightweight transactions, as they are written: a delete by a clock would hide rows that
 * are written behind it by another one.
 */
export class RowDeletes {
  constructor(
    readonly kept: KeptClient,
    readonly statements: DeleteStatements,
  ) {}

  /** @returns how many rows the key of a row had */
  async apply(cells: BatchCells, row: number): Promise<number> {
    const lookup = this.statements.lookup(cells, row);
    let deleted = 0;
    try {
      for (let page: Page | undefined; page === undefined || page.next !== undefined; ) {
        const [found, count] = await this.#clear(lookup, page?.next);
        page = found;
        deleted += count;
      }
    } catch (error) {
      // A key that the server does not take is no row's.
      if (troubleOf(error) !== 'data') throw error;
    }
    return deleted;
  }

  /** Deletes a page of rows; once more where other writers came between. */
  async #clear(lookup: Statement, after: string | undefined): Promise<[page: Page, deleted: number]> {
    const { statements } = this;
    let deleted = 0;
    // Those of which no answer has come: they may be deleted, or be yet.
    let open: readonly Cell[][] = [];
    const page = await this.kept.run(async (client) => {
      for (;;) {
        const found = await client.page(lookup, PAGE_ROWS, after, open.length > 0);
        const left = new Set(found.rows.map(textOf));
        deleted += open.filter((one) => !left.has(textOf(one))).length;
        let isDone = true;
        for (let from = 0; from < found.rows.length && isDone; from += MOST_ROWS) {
          open = found.rows.slice(from, from + MOST_ROWS);
          isDone = await client.writeIf(open.map((one) => statements.remove(one)));
          if (isDone) deleted += open.length;
        }
        open = [];
        if (isDone) return found;
      }
    });
    return [page, deleted];
  }
}

/** Tells rows of one table apart. */
function textOf(key: readonly Cell[]): string {
  return JSON.stringify(key.map((cell) => (Buffer.isBuffer(cell) ? cell.toString('hex') : String(cell))));
}
