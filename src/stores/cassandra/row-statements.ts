import { bug } from '../../records/errors.js';
import type { BatchCells } from '../batch-cells.js';
import type { SqlValue } from '../sql-value.js';
import type { TablePlan } from '../table-plan.js';
import { cellText } from './cell-texts.js';
import type { Bound, Cell, Statement } from './client.js';
import { type ColumnForm, columnForm } from './column-form.js';
import { quoteName } from './cql-text.js';
import { isGuarded, keyColumn, tableIn } from './create-table.js';
import { type ExistingColumn, type ExistingTable, keyOf } from './existing-table.js';

/** What stands in a key for null, which no value does: those have a = in front. */
const NULL_KEY = '-';

interface KeyColumn {
  readonly name: string;
  /** The plan's column that it is of. */
  readonly position: number;
  readonly isGuarded: boolean;
}

/** The statements that look up and write rows of a plan in a table. Every one of its columns is written, null too. */
export class RowStatements {
  readonly forms: readonly ColumnForm[];
  readonly #names: readonly string[];
  readonly #partition: readonly KeyColumn[];
  readonly #clustering: readonly KeyColumn[];
  /** Positions of the columns that are not in the key. */
  readonly #others: readonly number[];
  readonly #insert: string;
  readonly #lookup: string;

  constructor(
    readonly plan: TablePlan,
    readonly table: ExistingTable,
    keyspace: string,
  ) {
    const found = plan.columns.map(({ name }) => columnNamed(table, name));
    this.forms = found.map(({ declared }, position) => columnForm(plan.columns[position].field, declared));
    this.#names = found.map(({ name }) => quoteName(name));
    const key = keyOf(table).flatMap((column) => keyColumnOf(plan, column));
    this.#partition = key.filter(({ kind }) => kind === 'partition_key');
    this.#clustering = key.filter(({ kind }) => kind === 'clustering');
    const inKey = new Set(key.flatMap(({ isGuarded: guarded, position }) => (guarded ? [] : [position])));
    this.#others = plan.columns.map((_, position) => position).filter((position) => !inKey.has(position));
    const name = tableIn(keyspace, table.name);
    const columns = [...key.map((column) => quoteName(column.name)), ...this.#others.map((at) => this.#names[at])];
    const places = columns.map(() => '?').join(', ');
    this.#insert = `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${places}) IF NOT EXISTS`;
    this.#lookup = `SELECT ${this.#names.join(', ')} FROM ${name} WHERE ${equal(this.#partition)}`;
    this.#update = `UPDATE ${name} SET ${assigned(this.#others.map((at) => this.#names[at]))} WHERE ${equal(key)} IF `;
  }

  readonly #update: string;

  /** Something for the partition of a row that tells whether two are the same, within a batch. */
  partitionOf(cells: BatchCells, row: number): string {
    return this.#partition.map(({ position }) => cellText(cells.value(position, row))).join(',');
  }

  /** The values of a row's primary key, those of its partition first. */
  keyValues(cells: BatchCells, row: number): { readonly partition: Bound[]; readonly clustering: Bound[] } {
    const bound = (column: KeyColumn): Bound => this.#keyBound(cells, row, column);
    return { partition: this.#partition.map(bound), clustering: this.#clustering.map(bound) };
  }

  /** Looks up rows of one partition. Where several columns order them, each is asked for by itself. */
  lookups(cells: BatchCells, rows: Int32Array): Statement[] {
    const [ordering, ...more] = this.#clustering;
    if (ordering === undefined || more.length > 0) {
      const query = more.length === 0 ? this.#lookup : `${this.#lookup} AND ${equal(this.#clustering)}`;
      const all = [...this.#partition, ...this.#clustering];
      return Array.from(rows, (row) => ({ query, params: all.map((column) => this.#keyBound(cells, row, column)) }));
    }
    const partition = this.#partition.map((column) => this.#keyBound(cells, rows[0], column));
    const list = Array.from(rows, (row) => this.#keyBound(cells, row, ordering));
    return [{ query: `${this.#lookup} AND ${quoteName(ordering.name)} IN ?`, params: [...partition, list] }];
  }

  /** The primary key of a looked up row, as cells.key() writes it. */
  keyOf(values: readonly SqlValue[]): string {
    return `[${this.plan.primaryKey.map((position) => cellText(values[position])).join(',')}]`;
  }

  /** Writes a row where its key has none. */
  insert(cells: BatchCells, row: number): Statement {
    return { query: this.#insert, params: [...this.#keyBounds(cells, row), ...this.#bounds(cells, row, this.#others)] };
  }

  /**
   * Writes a row in place of one that is there, if that one is still as it was found.
   * @param looked the columns that have decided it, and what they held
   */
  replace(cells: BatchCells, row: number, looked: readonly number[], found: readonly Cell[]): Statement {
    const conditions = looked.map((position) => `${this.#names[position]} = ?`).join(' AND ');
    const params = [...this.#bounds(cells, row, this.#others), ...this.#keyBounds(cells, row)];
    return { query: this.#update + conditions, params: [...params, ...looked.map((position) => found[position])] };
  }

  /** The columns that tell a row from any other of its key. */
  get others(): readonly number[] {
    return this.#others;
  }

  #bounds(cells: BatchCells, row: number, positions: readonly number[]): Bound[] {
    return positions.map((position) => this.forms[position].bind(cells.value(position, row)));
  }

  #keyBounds(cells: BatchCells, row: number): Bound[] {
    return [...this.#partition, ...this.#clustering].map((column) => this.#keyBound(cells, row, column));
  }

  #keyBound(cells: BatchCells, row: number, { position, isGuarded: guarded }: KeyColumn): Bound {
    const value = cells.value(position, row);
    if (!guarded) return this.forms[position].bind(value);
    return value === null ? NULL_KEY : `=${typeof value === 'string' ? value : cellText(value)}`;
  }
}

/** Statements that add rows which have no key of their own. */
export class AddStatements {
  readonly forms: readonly ColumnForm[];
  readonly #insert: string;

  constructor(plan: TablePlan, table: ExistingTable, keyspace: string) {
    const found = plan.columns.map(({ name }) => columnNamed(table, name));
    this.forms = found.map(({ declared }, position) => columnForm(plan.columns[position].field, declared));
    const names = [...keyOf(table), ...found].map(({ name }) => quoteName(name));
    const places = names.map(() => '?').join(', ');
    this.#insert = `INSERT INTO ${tableIn(keyspace, table.name)} (${names.join(', ')}) VALUES (${places})`;
  }

  /** @param id a UUID: written again under it, a row is there once */
  add(cells: BatchCells, row: number, id: string): Statement {
    const values = this.forms.map((form, position) => form.bind(cells.value(position, row)));
    return { query: this.#insert, params: [id, ...values] };
  }
}

function columnNamed({ columns }: ExistingTable, name: string): ExistingColumn {
  const found = columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
  return found ?? bug(`no column ${name}`);
}

function keyColumnOf(plan: TablePlan, { name, kind }: ExistingColumn): (KeyColumn & Pick<ExistingColumn, 'kind'>)[] {
  const position = plan.primaryKey.find((at) => keyColumn(plan, at).toLowerCase() === name.toLowerCase());
  return position === undefined ? [] : [{ name, kind, position, isGuarded: isGuarded(plan, position) }];
}

function equal(columns: readonly { readonly name: string }[]): string {
  return columns.map(({ name }) => `${quoteName(name)} = ?`).join(' AND ');
}

function assigned(names: readonly string[]): string {
  return names.map((name) => `${name} = ?`).join(', ');
}
