import type { Batch, Origin, Reject } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import { UsageError } from '../../records/errors.js';
import { jsonText } from '../../records/json-text.js';
import type { RecordSchema } from '../../records/schema.js';
import { nestedColumn } from '../nested-column.js';
import type { StoreSource, StoreSourceOptions } from '../store.js';
import type { SqlValue } from './cells.js';
import type { SqliteDatabase } from './database.js';
import { type ExistingTable, existingTable, tableNames } from './existing-table.js';
import { openForReading } from './open-file.js';
import { releaseStatements } from './release-statements.js';
import { sqliteError } from './sqlite-errors.js';
import { StoredColumns } from './stored-columns.js';
import { TablePages } from './table-pages.js';
import { type ReadColumn, readColumns, schemaOfTable } from './table-schema.js';

/** A table as a stream of rows: all of one moment, whatever is written meanwhile. */
export class SqliteSource implements StoreSource {
  readonly name: string;
  readonly finite = true;
  readonly #pages: TablePages;
  readonly #names: readonly string[];
  readonly #stored: StoredColumns;
  #records = 0;
  #stopped = false;

  private constructor(
    readonly database: SqliteDatabase,
    table: ExistingTable,
    readonly schema: RecordSchema,
    readonly columns: readonly ReadColumn[],
    readonly options: StoreSourceOptions,
  ) {
    this.name = `sqlite:${database.file}#${table.name}`;
    this.#names = columns.flatMap(({ name }) => name ?? []);
    this.#stored = new StoredColumns(schema, options.zone);
    this.#pages = new TablePages(database, table, this.#names);
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
      return page === undefined ? 'end' : this.#batch(page);
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

  #batch(page: readonly SqlValue[][]): Batch {
    const length = page[0]?.length ?? 0;
    const before = this.#records;
    this.#records += length;
    const problems = new Map<number, string>();
    const columns = new Map<string, Column>();
    let place = 0;
    for (const { field, name } of this.columns) {
      const column =
        name === undefined ? this.#stored.defaults(field, length) : this.#stored.column(field, page[place++], problems);
      columns.set(field.name, column);
    }
    const { partition = 0, paths, zone } = this.options;
    const origin: Origin = { source: this.name, partition, unit: 'record', ordinal: (row) => before + row + 1 };
    const batch: Batch = { schema: this.schema, length, columns, origin, ...this.#refused(problems, page, before) };
    if (paths === undefined) return batch;
    const wanted = paths.map((path): [string, Column] => [path, columns.get(path) ?? nestedColumn(batch, path, zone)]);
    return { ...batch, columns: new Map(wanted) };
  }

  /** Rows that do not fit are not selected, and are told. */
  #refused(
    problems: ReadonlyMap<number, string>,
    page: readonly SqlValue[][],
    before: number,
  ): Pick<Batch, 'selection' | 'rejects'> {
    if (problems.size === 0) return {};
    const rows = Int32Array.from({ length: page[0].length }, (_, row) => row);
    const rejects = [...problems]
      .sort(([a], [b]) => a - b)
      .map(([row, reason]): Reject => {
        const stored = Object.fromEntries(this.#names.map((name, column) => [name, page[column][row]]));
        return {
          reason,
          source: this.name,
          unit: 'record',
          ordinal: before + row + 1,
          raw: Buffer.from(jsonText(stored)),
        };
      });
    return { selection: rows.filter((row) => !problems.has(row)), rejects };
  }
}

function findTable(database: SqliteDatabase, name: string | undefined): ExistingTable {
  const names = tableNames(database);
  const [only] = names;
  const wanted = name ?? (names.length === 1 ? only : undefined);
  const list = names.length === 0 ? 'It has no tables.' : `It has ${names.join(', ')}.`;
  if (wanted === undefined) {
    const what = names.length === 0 ? 'has no table' : `has ${names.length} tables`;
    throw new UsageError(
      `${database.file} ${what} and none is named`,
      `${list} Name one: sqlite:${database.file}#TABLE`,
    );
  }
  const found = existingTable(database, wanted);
  if (found === undefined) throw new UsageError(`${database.file} has no table ${wanted}`, list);
  return found;
}
