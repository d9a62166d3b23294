import type { BatchCells } from '../batch-cells.js';
import { keyPlan, type TablePlan } from '../table-plan.js';
import type { Cell, Statement } from './client.js';
import type { ColumnForm } from './column-form.js';
import { quoteName } from './cql-text.js';
import { tableIn } from './create-table.js';
import { type ExistingTable, keyOf } from './existing-table.js';
import { columnsIn, equal, type KeyColumn, keyBound, keyColumnsOf, textOf } from './key-columns.js';

/** The statements that find and delete the rows of keys. */
export class DeleteStatements {
  readonly #partition: readonly KeyColumn[];
  readonly #lookup: string;
  readonly #delete: string;

  private constructor(
    /** The columns that rows are deleted by. */
    readonly plan: TablePlan,
    readonly forms: readonly ColumnForm[],
    readonly given: readonly KeyColumn[],
    table: ExistingTable,
    keyspace: string,
  ) {
    const name = tableIn(keyspace, table.name);
    const key = keyOf(table);
    this.#partition = given.filter(({ kind }) => kind === 'partition_key');
    this.#lookup = `SELECT ${key.map((column) => quoteName(column.name)).join(', ')} FROM ${name} WHERE ${equal(given)}`;
    this.#delete = `DELETE FROM ${name} WHERE ${equal(key)} IF EXISTS`;
  }

  /** Undefined where a table does not find rows by their key: it lies in other columns than those its own begins with. */
  static of(plan: TablePlan, table: ExistingTable, keyspace: string): DeleteStatements | undefined {
    const keyed = keyPlan(plan);
    const given = keyColumnsOf(table, keyed);
    const first = keyOf(table).slice(0, given.length);
    const isFound =
      given.length === keyed.columns.length &&
      first.every(({ name }, at) => name === given[at].name) &&
      keyOf(table).every(({ kind }, at) => kind !== 'partition_key' || at < given.length);
    return isFound ? new DeleteStatements(keyed, columnsIn(table, keyed).forms, given, table, keyspace) : undefined;
  }

  /** Something for the partition of a row that tells whether two are the same, within a batch. */
  partitionOf(cells: BatchCells, row: number): string {
    return textOf(this.#partition, cells, row);
  }

  /** Looks up the primary keys of the rows that a key has. */
  lookup(cells: BatchCells, row: number): Statement {
    return { query: this.#lookup, params: this.given.map((column) => keyBound(column, this.forms, cells, row)) };
  }

  /** Deletes a row that was looked up. @param found its primary key */
  remove(found: readonly Cell[]): Statement {
    return { query: this.#delete, params: found };
  }
}
