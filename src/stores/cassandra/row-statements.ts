import type { BatchCells } from '../batch-cells.js';
import type { SqlValue } from '../sql-value.js';
import type { TablePlan } from '../table-plan.js';
import { cellText } from './cell-texts.js';
import type { Bound, Cell, Statement } from './client.js';
import type { ColumnForm } from './column-form.js';
import { quoteName } from './cql-text.js';
import { tableIn } from './create-table.js';
import { type ExistingTable, keyOf } from './existing-table.js';
import { columnsIn, equal, type KeyColumn, keyBound, keyColumnsOf, textOf } from './key-columns.js';

/** The statements that look up and write rows of a plan in a table. Every one of its columns is written, null too. */
export class RowStatements {
  readonly forms: readonly ColumnForm[];
  readonly #names: readonly string[];
  readonly #key: readonly KeyColumn[];
  readonly #partition: readonly KeyColumn[];
  readonly #clustering: readonly KeyColumn[];
  /** Positions of the columns that are not in the key: they tell a row from any other of its key. */
  readonly others: readonly number[];
  readonly #insert: string;
  readonly #lookup: string;
  readonly #update: string;

  constructor(
    readonly plan: TablePlan,
    readonly table: ExistingTable,
    keyspace: string,
  ) {
    const { names, forms } = columnsIn(table, plan);
    this.forms = forms;
    this.#names = names;
    const key = keyColumnsOf(table, plan);
    this.#key = key;
    this.#partition = key.filter(({ kind }) => kind === 'partition_key');
    this.#clustering = key.filter(({ kind }) => kind === 'clustering');
    const inKey = new Set(key.flatMap(({ isGuarded: guarded, position }) => (guarded ? [] : [position])));
    this.others = plan.columns.map((_, position) => position).filter((position) => !inKey.has(position));
    const name = tableIn(keyspace, table.name);
    const columns = [...key.map((column) => quoteName(column.name)), ...this.others.map((at) => this.#names[at])];
    const places = columns.map(() => '?').join(', ');
    this.#insert = `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${places}) IF NOT EXISTS`;
    this.#lookup = `SELECT ${this.#names.join(', ')} FROM ${name} WHERE ${equal(this.#partition)}`;
    this.#update = `UPDATE ${name} SET ${assigned(this.others.map((at) => this.#names[at]))} WHERE ${equal(key)} IF `;
  }

  /** Something for the partition of a row that tells whether two are the same, within a batch. */
  partitionOf(cells: BatchCells, row: number): string {
    return textOf(this.#partition, cells, row);
  }

  /** The values of a row's primary key, those of its partition first. */
  keyValues(cells: BatchCells, row: number): { readonly partition: Bound[]; readonly clustering: Bound[] } {
    return {
      partition: this.#keyBounds(cells, row, this.#partition),
      clustering: this.#keyBounds(cells, row, this.#clustering),
    };
  }

  /** Looks up rows of one partition. Where several columns order them, each is asked for by itself. */
  lookups(cells: BatchCells, rows: Int32Array): Statement[] {
    const [ordering, ...more] = this.#clustering;
    if (ordering === undefined || more.length > 0) {
      const query = more.length === 0 ? this.#lookup : `${this.#lookup} AND ${equal(this.#clustering)}`;
      const all = [...this.#partition, ...this.#clustering];
      return Array.from(rows, (row) => ({ query, params: this.#keyBounds(cells, row, all) }));
    }
    const partition = this.#keyBounds(cells, rows[0], this.#partition);
    const list = Array.from(rows, (row) => keyBound(ordering, this.forms, cells, row));
    return [{ query: `${this.#lookup} AND ${quoteName(ordering.name)} IN ?`, params: [...partition, list] }];
  }

  /** The primary key of a looked up row, as cells.key() writes it. */
  keyOf(values: readonly SqlValue[]): string {
    return `[${this.plan.primaryKey.map((position) => cellText(values[position])).join(',')}]`;
  }

  /** Writes a row where its key has none. */
  insert(cells: BatchCells, row: number): Statement {
    return { query: this.#insert, params: [...this.#keyBounds(cells, row), ...this.#bounds(cells, row, this.others)] };
  }

  /**
   * Writes a row in place of one that is there, if that one is still as it was found.
   * @param looked the columns that have decided it, and what they held
   */
  replace(cells: BatchCells, row: number, looked: readonly number[], found: readonly Cell[]): Statement {
    const conditions = looked.map((position) => `${this.#names[position]} = ?`).join(' AND ');
    const params = [...this.#bounds(cells, row, this.others), ...this.#keyBounds(cells, row)];
    return { query: this.#update + conditions, params: [...params, ...looked.map((position) => found[position])] };
  }

  #bounds(cells: BatchCells, row: number, positions: readonly number[]): Bound[] {
    return positions.map((position) => this.forms[position].bind(cells.value(position, row)));
  }

  #keyBounds(cells: BatchCells, row: number, columns: readonly KeyColumn[] = this.#key): Bound[] {
    return columns.map((column) => keyBound(column, this.forms, cells, row));
  }
}

/** Statements that add rows which have no key of their own. */
export class AddStatements {
  readonly forms: readonly ColumnForm[];
  readonly #insert: string;

  constructor(plan: TablePlan, table: ExistingTable, keyspace: string) {
    const { names, forms } = columnsIn(table, plan);
    this.forms = forms;
    const all = [...keyOf(table).map(({ name }) => quoteName(name)), ...names];
    const places = all.map(() => '?').join(', ');
    this.#insert = `INSERT INTO ${tableIn(keyspace, table.name)} (${all.join(', ')}) VALUES (${places})`;
  }

  /** @param id a UUID: written again under it, a row is there once */
  add(cells: BatchCells, row: number, id: string): Statement {
    const values = this.forms.map((form, position) => form.bind(cells.value(position, row)));
    return { query: this.#insert, params: [id, ...values] };
  }
}

function assigned(names: readonly string[]): string {
  return names.map((name) => `${name} = ?`).join(', ');
}
