import type { SqlValue } from '../sql-value.js';
import { quoteName, type SqliteDatabase } from './database.js';
import type { ExistingTable } from './existing-table.js';
import { isTooBig } from './sqlite-errors.js';

const FIRST_ROWS = 64;
const MOST_ROWS = 4096;
/** A page of wide rows has fewer of them. */
const PAGE_CHARACTERS = 2_000_000;

/**
 * The rows of a table in the order of its rowids or primary key, page by page, each sought behind the last row of the
 * one before. Within one read transaction that is one snapshot, and no statement stays open.
 */
export class TablePages {
  readonly #columns: readonly string[];
  readonly #order: readonly string[];
  readonly #hidden: readonly string[];
  #rows = FIRST_ROWS;
  #read = 0;
  /** The last row's place in the order; undefined before the first page. */
  #last: SqlValue[] | undefined;

  /** @param names the columns to read */
  constructor(
    readonly database: SqliteDatabase,
    readonly table: ExistingTable,
    readonly names: readonly string[],
  ) {
    this.#order = orderOf(table);
    // Keys are read as bytes besides, so that one with invalid UTF-8 is found again.
    this.#hidden = this.#order.map(
      (name, at) => `iif(typeof(${name}) = 'text', CAST(${name} AS BLOB), ${name}) AS o${at}`,
    );
    this.#columns = [...names.map((_, at) => `c${at}`), ...this.#order.flatMap((_, at) => [`o${at}`, `t${at}`])];
  }

  /** The next rows, column by column; undefined when there are no more. */
  next(): SqlValue[][] | undefined {
    for (;;) {
      try {
        return this.#page();
      } catch (error) {
        if (!isTooBig(error) || this.#rows === 1) throw error;
        this.#rows = Math.ceil(this.#rows / 8);
      }
    }
  }

  #page(): SqlValue[][] | undefined {
    const wanted = this.names.map((name, at) => `${quoteName(name)} AS c${at}`);
    const types = this.#order.map((name, at) => `typeof(${name}) AS t${at}`);
    const { seek, parameters } = this.#seek();
    const sql = `SELECT ${[...wanted, ...this.#hidden, ...types].join(', ')} FROM main.${quoteName(this.table.name)} ${seek}`;
    const found = this.database.select(sql, this.#columns, [...parameters, this.#rows]);
    const columns = found.slice(0, this.names.length);
    const count = found[0]?.length ?? 0;
    if (count === 0) return undefined;
    this.#read += count;
    this.#last = found.slice(this.names.length).map((column) => column[count - 1]);
    const length = columns.reduce((sum, column) => sum + column.reduce(addLength, 0), count);
    this.#rows = Math.max(1, Math.min(MOST_ROWS, this.#rows * 8, Math.floor((PAGE_CHARACTERS * count) / length)));
    return columns;
  }

  #seek(): { readonly seek: string; readonly parameters: readonly SqlValue[] } {
    const order = this.#order.join(', ');
    if (this.#last === undefined)
      return { seek: `${order === '' ? '' : `ORDER BY ${order} `}LIMIT ?1`, parameters: [] };
    // A view has nothing to seek by; its rows come in the same order each time within a snapshot.
    if (order === '') return { seek: 'LIMIT ?2 OFFSET ?1', parameters: [this.#read] };
    const last = this.#last;
    const values = this.#order.map((_, at) =>
      last[2 * at + 1] === 'text' ? `CAST(?${at + 1} AS TEXT)` : `?${at + 1}`,
    );
    return {
      seek: `WHERE (${order}) > (${values.join(', ')}) ORDER BY ${order} LIMIT ?${values.length + 1}`,
      parameters: this.#order.map((_, at) => last[2 * at]),
    };
  }
}

function addLength(sum: number, value: SqlValue): number {
  return sum + (typeof value === 'string' || value instanceof Uint8Array ? value.length : 8);
}

/** What identifies a row: its rowid by a name that no column has, or the primary key; nothing in a view. */
function orderOf({ isView, withoutRowid, columns }: ExistingTable): string[] {
  if (isView) return [];
  if (withoutRowid) {
    const key = columns.filter(({ keyPlace }) => keyPlace > 0).sort((a, b) => a.keyPlace - b.keyPlace);
    return key.map(({ name }) => quoteName(name));
  }
  const taken = columns.map(({ name }) => name.toLowerCase());
  const rowid = ['rowid', '_rowid_', 'oid'].find((name) => !taken.includes(name));
  return rowid === undefined ? [] : [rowid];
}
