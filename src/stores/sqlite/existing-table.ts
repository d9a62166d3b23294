import type { UsageError } from '../../records/errors.js';
import { missingKey, type TableDialect } from '../check-table.js';
import type { PlannedColumn, TablePlan } from '../table-plan.js';
import { columnSql, keyIndexStatement, type SqlType, sqlType } from './create-table.js';
import { quoteName, type SqliteDatabase } from './database.js';

export interface ExistingColumn {
  readonly name: string;
  /** As it was declared; empty where it was not. */
  readonly declared: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  /** The place in the primary key, from 1; 0 where it is not part of it. */
  readonly keyPlace: number;
  readonly generated: boolean;
}

export interface ExistingTable {
  readonly name: string;
  readonly isView: boolean;
  readonly withoutRowid: boolean;
  readonly columns: readonly ExistingColumn[];
}

/** The names of the tables and views that users made, in order. */
export function tableNames(database: SqliteDatabase): string[] {
  const [names] = database.select(
    "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    ['name'],
  );
  return names.map(String);
}

/** What a database has under a name; undefined where it has nothing. SQLite does not tell the case of names. */
export function existingTable(database: SqliteDatabase, table: string): ExistingTable | undefined {
  const [names, types, withoutRowids] = database.select(
    "SELECT name, type, wr FROM pragma_table_list(?1) WHERE schema = 'main'",
    ['name', 'type', 'wr'],
    [table],
  );
  if (names.length === 0) return undefined;
  const fields = ['name', 'type', 'notnull', 'dflt_value', 'pk', 'hidden'];
  const [columns, declared, notNull, defaults, keyPlaces, hidden] = database.select(
    `SELECT ${fields.map(quoteName).join(', ')} FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid`,
    fields,
    [table],
  );
  return {
    name: String(names[0]),
    isView: types[0] !== 'table',
    withoutRowid: withoutRowids[0] === 1,
    columns: columns.map((name, at) => ({
      name: String(name),
      declared: String(declared[at]),
      notNull: notNull[at] === 1,
      hasDefault: defaults[at] !== null,
      keyPlace: Number(keyPlaces[at]),
      generated: hidden[at] !== 0,
    })),
  };
}

/** The type that SQLite turns values into that are put in a column ("Determination Of Column Affinity"). */
export function affinity(declared: string): SqlType | 'NUMERIC' {
  const type = declared.toUpperCase();
  if (type.includes('INT')) return 'INTEGER';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'TEXT';
  if (type === '' || type.includes('BLOB')) return 'BLOB';
  return /REAL|FLOA|DOUB/.test(type) ? 'REAL' : 'NUMERIC';
}

/** How tables are checked: that one has the key, compared byte for byte, SQLite itself tells when it reads the upsert. */
export const sqliteTables: TableDialect<ExistingColumn> = {
  quoteName,
  type: ({ field }) => sqlType(field.type),
  definition: columnSql,
  keeps,
  mayBeLeftOut: isRowid,
};

/** The error of a table without the unique key that an upsert needs. */
export function noSuchKey(plan: TablePlan, file: string): UsageError {
  return missingKey(plan, file, keyIndexStatement(plan));
}

function isRowid(column: ExistingColumn): boolean {
  return column.keyPlace > 0 && column.declared.toUpperCase() === 'INTEGER';
}

/** Whether a column gives back what is put into it. Without an affinity it always does. */
function keeps(found: ExistingColumn, { path, field }: PlannedColumn, { schema }: TablePlan): boolean {
  const has = affinity(found.declared);
  const wants = sqlType(field.type);
  if (has === wants || has === 'BLOB' || wants === 'BLOB') return true;
  switch (wants) {
    case 'INTEGER':
      return has === 'NUMERIC';
    case 'REAL':
      return has === 'NUMERIC' || has === 'INTEGER';
    case 'TEXT':
      // A DATETIME column makes numbers of texts that look like them: a time does not, nor a period but a year.
      if (schema.time?.path === path) return schema.time.unit === 'iso';
      return schema.derived?.periodField === path && schema.derived.period !== 'yearly';
  }
}
