import type { Batch } from '../../records/batch.js';
import type { RecordSchema } from '../../records/schema.js';
import { noTableToRead } from '../check-table.js';
import { type ReadColumn, readColumns, tableToRead } from '../read-columns.js';
import type { StoreSource, StoreSourceOptions } from '../store.js';
import { StoredBatches } from '../stored-batches.js';
import type { SqliteDatabase } from './database.js';
import { type ExistingTable, existingTable, tableNames } from './existing-table.js';
import { openForReading } from './open-file.js';
import { releaseStatements } from './release-statements.js';
import { sqliteError } from './sqlite-errors.js';
import { TablePages } from './table-pages.js';
import { schemaOfTable } from './table-schema.js';

/** A table as a stream of rows: all of one moment, whatever is written meanwhile. */
export class SqliteSource implements StoreSource {
  readonly name: string;
  readonly finite = true;
  readonly #pages: TablePages;
  readonly #batches: StoredBatches;
  #stopped = false;

  private constructor(
    readonly database: SqliteDatabase,
    table: ExistingTable,
    readonly schema: RecordSchema,
    columns: readonly ReadColumn[],
    options: StoreSourceOptions,
  ) {
    this.name = `sqlite:${database.file}#${table.name}`;
    this.#batches = new StoredBatches(this.name, schema, columns, options);
    const names = columns.flatMap(({ name }) => name ?? []);
    this.#pages = new TablePages(database, table, names);
  }

  static async open(path: string, options: StoreSourceOptions, busyTimeoutMs?: number): Promise<SqliteSource> {
    const database = await openForReading(path, busyTimeoutMs);
    try {
      return await database.whenUnlocked(() => {
        database.exec('BEGIN');
        try {
          const table = findTable(database, options.table);
          const schema = options.schema ?? schemaOfTable(database, table);
          return new SqliteSource(database, table, schema, readColumns(schema, table, path), options);
        } catch (error) {
          database.exec('ROLLBACK');
          throw error;
        }
      });
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Rows are there when they are asked for. */
  ready(): undefined {
    return undefined;
  }

  take(): Batch | 'end' {
    if (this.#stopped) return 'end';
    try {
      const page = this.#pages.next();
      return page === undefined ? 'end' : this.#batches.batch(page);
    } catch (error) {
      throw sqliteError(error, this.database.file, 'use');
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async close(): Promise<void> {
    this.database.endReading();
    this.database.close();
    await releaseStatements();
  }
}

function findTable(database: SqliteDatabase, name: string | undefined): ExistingTable {
  const names = tableNames(database);
  const wanted = tableToRead(names, name, database.file, `sqlite:${database.file}`);
  const found = existingTable(database, wanted);
  if (found === undefined) throw noTableToRead(database.file, wanted, names);
  return found;
}
