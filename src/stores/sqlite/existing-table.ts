import { UsageError } from '../../records/errors.js';
import type { PlannedColumn, TablePlan } from '../table-plan.js';
import { columnSql, createStatements, keyIndexStatement, type SqlType, sqlType } from './create-table.js';
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

/**
 * Checks that a table can hold a plan's rows exactly. That it has the key, compared byte for byte, is checked by
 * SQLite itself when the upsert is prepared.
 * @throws UsageError that names what is missing and the statement that would add it
 */
export function checkTable(existing: ExistingTable, plan: TablePlan, file: string): void {
  const where = `table ${existing.name} in ${file}`;
  if (existing.isView) throw new UsageError(`${existing.name} in ${file} is a view; rows are stored in tables`);
  const find = (name: string): ExistingColumn | undefined =>
    existing.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  for (const column of plan.columns) {
    const found = find(column.name);
    if (found === undefined) {
      const add = `ALTER TABLE ${quoteName(existing.name)} ADD COLUMN ${quoteName(column.name)} ${sqlType(column.field.type)}`;
      throw new UsageError(`${where} has no column ${column.name}`, `${OTHER}, or add it: ${add};`);
    }
    if (found.generated) throw new UsageError(`column ${found.name} of ${where} is generated and can't be stored`);
    if (!keeps(found, column, plan)) {
      throw new UsageError(
        `column ${found.name} of ${where} has the type ${found.declared}, which would change values`,
        `${OTHER}, or declare it: ${columnSql(column)}`,
      );
    }
  }
  const names = new Set(plan.columns.map(({ name }) => name.toLowerCase()));
  const needed = existing.columns.find(
    (one) => !names.has(one.name.toLowerCase()) && one.notNull && !one.hasDefault && !one.generated && !isRowid(one),
  );
  if (needed !== undefined) {
    throw new UsageError(
      `${where} has a column ${needed.name} that may not be null and that schema ${plan.schema.name} has no value for`,
      `${OTHER}, or give that column a default.`,
    );
  }
}

const OTHER = 'Name another table behind # in the URI';

/** The error of a table that is not there and may not be made. */
export function missingTable(plan: TablePlan, file: string): UsageError {
  return new UsageError(
    `${file} has no table ${plan.name}`,
    `Give --create, or make it: ${createStatements(plan).join('; ')};`,
  );
}

/** The error of a table without the unique key that an upsert needs. */
export function missingKey(plan: TablePlan, file: string): UsageError {
  const key = plan.primaryKey.map((position) => plan.columns[position].name).join(', ');
  return new UsageError(
    `table ${plan.name} in ${file} has no primary key or unique index of (${key}) that compares byte for byte`,
    `${OTHER}, or add one: ${keyIndexStatement(plan)};`,
  );
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
