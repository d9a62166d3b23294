import { KEY_SUFFIX, mayBeNull, type PlannedColumn, type TablePlan } from '../table-plan.js';
import { cqlType } from './column-form.js';
import { quoteName } from './cql-text.js';
import { ROW_ID } from './existing-table.js';

/**
 * The statement that makes a plan's table. Rows that differ in the last column of the key alone (the days of a channel,
 * the samples of a cpu) share a partition, in the order of that column.
 */
export function createStatement(plan: TablePlan, keyspace: string): string {
  const { primaryKey, columns } = plan;
  const guards = primaryKey.filter((position) => isGuarded(plan, position));
  const definitions = [
    ...(primaryKey.length === 0 ? [`${quoteName(ROW_ID)} uuid`] : []),
    ...columns.map((column) => definition(plan, column)),
    ...guards.map((position) => `${quoteName(keyColumn(plan, position))} text`),
  ];
  const key = primaryKey.map((position) => quoteName(keyColumn(plan, position)));
  const [last = quoteName(ROW_ID)] = key.slice(-1);
  const partition = key.slice(0, -1);
  const primary = partition.length === 0 ? last : `(${partition.join(', ')}), ${last}`;
  return `CREATE TABLE IF NOT EXISTS ${tableIn(keyspace, plan.name)} (${definitions.join(', ')}, PRIMARY KEY (${primary}))`;
}

export function tableIn(keyspace: string, table: string): string {
  return `${quoteName(keyspace)}.${quoteName(table)}`;
}

/** The definition of one column. */
export function definition({ schema }: TablePlan, column: PlannedColumn): string {
  return `${quoteName(column.name)} ${cqlType(schema, column)}`;
}

/**
 * Whether a column of the key may be null, which Cassandra takes in no key: then another column is in the key in its
 * place.
 */
export function isGuarded({ columns }: TablePlan, position: number): boolean {
  return mayBeNull(columns[position].field);
}

/** The column of the primary key for a column of the plan's. */
export function keyColumn(plan: TablePlan, position: number): string {
  const { name } = plan.columns[position];
  return isGuarded(plan, position) ? name + KEY_SUFFIX : name;
}
