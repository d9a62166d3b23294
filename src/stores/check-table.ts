import { UsageError } from '../records/errors.js';
import { nearestName } from '../records/nearest-name.js';
import { listOf } from './read-columns.js';
import type { PlannedColumn, TablePlan } from './table-plan.js';

interface TableColumn {
  readonly name: string;
  /** Its type, as it was declared. */
  readonly declared: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly generated: boolean;
}

/** What differs between the databases. */
export interface TableDialect<Column extends TableColumn> {
  quoteName(name: string): string;
  /** A table's name in a statement; quoteName() if not given. */
  table?(name: string): string;
  /** The words that add a column; `ADD COLUMN` if not given. */
  readonly addColumn?: string;
  /** The type of a column that is made. */
  type(column: PlannedColumn): string;
  /** The definition of a column that is made. */
  definition(column: PlannedColumn): string;
  /** Whether a column gives back what is put into it, or refuses it. */
  keeps(found: Column, column: PlannedColumn, plan: TablePlan): boolean;
  /** Whether a column without a default needs no value. */
  mayBeLeftOut(column: Column): boolean;
}

const OTHER = 'Name another table behind # in the URI';

/**
 * Checks that a table can hold a plan's rows exactly, but for its key.
 * @param database what errors call the database
 * @throws UsageError that names what is missing and the statement that would add it
 */
export function checkTable<Column extends TableColumn>(
  existing: { readonly name: string; readonly isView: boolean; readonly columns: readonly Column[] },
  plan: TablePlan,
  database: string,
  {
    quoteName,
    table = quoteName,
    addColumn = 'ADD COLUMN',
    type,
    definition,
    keeps,
    mayBeLeftOut,
  }: TableDialect<Column>,
): void {
  const where = `table ${existing.name} in ${database}`;
  if (existing.isView) throw new UsageError(`${existing.name} in ${database} is a view; rows are stored in tables`);
  const find = (name: string): Column | undefined =>
    existing.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  for (const column of plan.columns) {
    const found = find(column.name);
    if (found === undefined) {
      const add = `ALTER TABLE ${table(existing.name)} ${addColumn} ${quoteName(column.name)} ${type(column)}`;
      throw new UsageError(`${where} has no column ${column.name}`, `${OTHER}, or add it: ${add};`);
    }
    if (found.generated) throw new UsageError(`column ${found.name} of ${where} is generated and can't be stored`);
    if (!keeps(found, column, plan)) {
      throw new UsageError(
        `column ${found.name} of ${where} has the type ${found.declared}, which would change values`,
        `${OTHER}, or declare it: ${definition(column)}`,
      );
    }
  }
  const names = new Set(plan.columns.map(({ name }) => name.toLowerCase()));
  const needed = existing.columns.find(
    (one) =>
      !names.has(one.name.toLowerCase()) && one.notNull && !one.hasDefault && !one.generated && !mayBeLeftOut(one),
  );
  if (needed !== undefined) {
    throw new UsageError(
      `${where} has a column ${needed.name} that may not be null and that schema ${plan.schema.name} has no value for`,
      `${OTHER}, or give that column a default.`,
    );
  }
}

/** The error of a table that is not there and may not be made. */
export function missingTable(plan: TablePlan, database: string, create: readonly string[]): UsageError {
  return new UsageError(`${database} has no table ${plan.name}`, `Give --create, or make it: ${create.join('; ')};`);
}

/** The error of a table without the unique key that an upsert needs. @param add the statement that adds it */
export function missingKey(plan: TablePlan, database: string, add: string): UsageError {
  const key = plan.primaryKey.map((position) => plan.columns[position].name).join(', ');
  return new UsageError(
    `table ${plan.name} in ${database} has no primary key or unique index of (${key}) that compares byte for byte`,
    `${OTHER}, or add one: ${add};`,
  );
}

/** The error of a table that is to be read and is not there. @param names the tables that there are */
export function noTableToRead(database: string, wanted: string, names: readonly string[]): UsageError {
  const nearest = nearestName(wanted, names);
  const next = nearest === undefined ? listOf(names) : `Did you mean ${nearest}? ${listOf(names)}`;
  return new UsageError(`${database} has no table ${wanted}`, next);
}
