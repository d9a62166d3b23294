import { UsageError } from '../../records/errors.js';
import { checkTable, missingTable, type TableDialect } from '../check-table.js';
import type { StoreSinkOptions } from '../store.js';
import type { TablePlan } from '../table-plan.js';
import type { CassandraAddress } from './address.js';
import type { CassandraClient } from './client.js';
import { cqlType, keeps } from './column-form.js';
import { quoteName } from './cql-text.js';
import { createStatement, definition, keyColumn, tableIn } from './create-table.js';
import { type ExistingColumn, type ExistingTable, existingTable, keyOf } from './existing-table.js';
import { openKeyspace } from './keyspace.js';
import { untilUsable } from './usable-table.js';

/**
 * The table that a plan's rows are stored in, made where it is missing and may be made.
 * @throws UsageError where it can't hold them
 */
export async function openTable(
  client: CassandraClient,
  plan: TablePlan,
  address: CassandraAddress,
  { create }: StoreSinkOptions,
): Promise<ExistingTable> {
  const { keyspace, shown } = address;
  await openKeyspace(client, address, create);
  const statement = createStatement(plan, keyspace);
  let existing = await existingTable(client, keyspace, plan.name);
  if (existing === undefined && create) {
    await client.run({ query: statement, params: [] });
    existing = await existingTable(client, keyspace, plan.name);
  }
  if (existing === undefined) throw missingTable(plan, shown, [statement]);
  checkTable(existing, plan, shown, tablesOf(plan, keyspace));
  checkKey(existing, plan, shown);
  await untilUsable(client, address, existing);
  return existing;
}

function tablesOf(plan: TablePlan, keyspace: string): TableDialect<ExistingColumn> {
  return {
    quoteName,
    table: (name) => tableIn(keyspace, name),
    addColumn: 'ADD',
    type: (column) => cqlType(plan.schema, column),
    definition: (column) => definition(plan, column),
    keeps: (found, column, { schema }) => keeps(schema, column, found.declared),
    mayBeLeftOut: () => true,
  };
}

/**
 * Two rows of one primary key are one row to Cassandra: where the table's has fewer columns than the rows', they would
 * overwrite each other.
 */
function checkKey(existing: ExistingTable, plan: TablePlan, shown: string): void {
  const has = keyOf(existing).map(({ name }) => name);
  const where = `table ${existing.name} in ${shown} has the primary key (${has.join(', ')})`;
  if (plan.primaryKey.length === 0) {
    const [id] = keyOf(existing);
    const isPlanned = plan.columns.some(({ name }) => name.toLowerCase() === id?.name.toLowerCase());
    if (has.length === 1 && id?.declared === 'uuid' && !isPlanned) return;
    throw new UsageError(
      `${where}, and rows of ${plan.schema.name} have no key of their own`,
      'Name another table behind # in the URI: one whose key is a uuid of another name than any field, or none yet.',
    );
  }
  const wants = plan.primaryKey.map((position) => keyColumn(plan, position));
  const known = new Set(has.map((name) => name.toLowerCase()));
  if (has.length === wants.length && wants.every((name) => known.has(name.toLowerCase()))) return;
  throw new UsageError(
    `${where}, and rows of ${plan.schema.name} are told apart by (${wants.join(', ')})`,
    'Name another table behind # in the URI: one that is there and has that key, or none yet.',
  );
}
