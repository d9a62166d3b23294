import { checkTable, missingKey, missingTable, type TableDialect } from '../check-table.js';
import type { StoreSinkOptions } from '../store.js';
import type { TablePlan } from '../table-plan.js';
import type { MysqlAddress } from './address.js';
import { keeps } from './column-forms.js';
import { columnTypes, createStatement, definition, keyColumns } from './column-types.js';
import { type ExistingColumn, type ExistingTable, existingTable } from './existing-table.js';
import type { Server, Session } from './session.js';
import { quoteName } from './sql-text.js';
import { keyIn } from './upsert-statements.js';

/**
 * The table that a plan's rows are stored in, made where it is missing and may be made.
 * @throws UsageError where it can't hold them
 */
export async function openTable(
  { connection, server }: Session,
  plan: TablePlan,
  { shown }: MysqlAddress,
  { create }: StoreSinkOptions,
): Promise<ExistingTable> {
  let existing = await existingTable(connection, plan.name);
  if (existing === undefined && create) {
    await connection.run(createStatement(plan, server));
    existing = await existingTable(connection, plan.name);
  }
  if (existing === undefined) throw missingTable(plan, shown, [createStatement(plan, server)]);
  checkTable(existing, plan, shown, tablesOf(plan, server));
  if (plan.primaryKey.length > 0 && keyIn(plan, existing) === undefined) {
    const columns = keyColumns(plan).map(quoteName).join(', ');
    const add = `ALTER TABLE ${quoteName(plan.name)} ADD UNIQUE KEY ${quoteName(`${plan.name}_key`)} (${columns})`;
    throw missingKey(plan, shown, add);
  }
  return existing;
}

function tablesOf(plan: TablePlan, server: Server): TableDialect<ExistingColumn> {
  const types = columnTypes(plan, server);
  return {
    quoteName,
    type: (column) => types[plan.columns.indexOf(column)],
    definition: (column) => definition(column, types[plan.columns.indexOf(column)]),
    keeps: (found, { field, path }, { schema }) => keeps(schema, field, path, found),
    mayBeLeftOut: () => false,
  };
}
