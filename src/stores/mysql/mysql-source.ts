import type { Batch } from '../../records/batch.js';
import type { Field, RecordSchema } from '../../records/schema.js';
import { noTableToRead } from '../check-table.js';
import { readColumns, tableToRead } from '../read-columns.js';
import type { StoreSource, StoreSourceOptions } from '../store.js';
import { StoredBatches } from '../stored-batches.js';
import { type MysqlAddress, parseAddress } from './address.js';
import { formsOf, typeOf } from './column-forms.js';
import type { Connection } from './connection.js';
import { type ExistingTable, existingTable, tableNames } from './existing-table.js';
import { mysqlError } from './mysql-errors.js';
import { openAtStart } from './session.js';
import { quoteName } from './sql-text.js';
import { StreamedPages } from './streamed-pages.js';

/** A table as a stream of rows: all of one moment, whatever is written meanwhile. */
export class MysqlSource implements StoreSource {
  readonly name: string;
  readonly finite = true;
  readonly #batches: StoredBatches;
  readonly #pages: StreamedPages;
  #stopped = false;

  private constructor(
    readonly connection: Connection,
    readonly address: MysqlAddress,
    table: ExistingTable,
    readonly schema: RecordSchema,
    options: StoreSourceOptions,
  ) {
    this.name = `${address.shown}#${table.name}`;
    const columns = readColumns(schema, table, address.shown);
    const read = columns.flatMap(({ field, name }) => (name === undefined ? [] : [{ field, path: field.name, name }]));
    const forms = formsOf(schema, read, table.columns);
    this.#batches = new StoredBatches(this.name, schema, columns, options);
    // Of a table without a column of the schema the rows are counted all the same.
    const wanted = forms.length === 0 ? ['NULL AS c0'] : forms.map((form, place) => form.select(place));
    const sql = `SELECT ${wanted.join(', ')} FROM ${quoteName(table.name)}`;
    this.#pages = new StreamedPages(connection, sql, forms);
  }

  static async open(text: string, options: StoreSourceOptions): Promise<MysqlSource> {
    const address = parseAddress(text);
    const { connection } = await openAtStart(address);
    try {
      await connection.run('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      await connection.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
      const table = await findTable(connection, address, options.table);
      return new MysqlSource(connection, address, table, options.schema ?? schemaOf(table), options);
    } catch (error) {
      connection.destroy();
      throw mysqlError(error, address, 'open');
    }
  }

  ready(): Promise<void> | undefined {
    return this.#stopped ? undefined : this.#pages.ready();
  }

  take(): Batch | 'wait' | 'end' {
    if (this.#stopped) return 'end';
    try {
      const page = this.#pages.take();
      return typeof page === 'string' ? page : this.#batches.batch(page);
    } catch (error) {
      throw mysqlError(error, this.address, 'use');
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#pages.stop();
  }

  async close(): Promise<void> {
    if (this.#pages.isDone) await this.connection.close();
    else this.connection.destroy();
  }
}

/** The type of a table's rows as its columns tell it: fields of the columns' names in their order. */
function schemaOf(table: ExistingTable): RecordSchema {
  const fields = table.columns
    .filter(({ hidden }) => !hidden)
    .map((column): Field => ({ name: column.name, type: typeOf(column), nullable: !column.notNull, nullBranch: 0 }));
  const primary = table.keys.find(({ name }) => name === 'PRIMARY');
  return { name: table.name, fields, key: primary?.columns ?? [], tables: {} };
}

async function findTable(
  connection: Connection,
  { shown }: MysqlAddress,
  name: string | undefined,
): Promise<ExistingTable> {
  const names = await tableNames(connection);
  const wanted = tableToRead(names, name, shown, shown);
  const found = await existingTable(connection, wanted);
  if (found === undefined) throw noTableToRead(shown, wanted, names);
  return found;
}
