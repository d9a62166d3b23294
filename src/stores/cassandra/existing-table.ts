import type { CassandraClient, Cell } from './client.js';

/** A column as system_schema has it. */
export interface ExistingColumn {
  readonly name: string;
  /** Its type: `text`, `frozen<list<int>>`. */
  readonly declared: string;
  readonly kind: 'partition_key' | 'clustering' | 'static' | 'regular';
  /** Its place among those of its kind, from 0; -1 where there is no order. */
  readonly place: number;
  /** Only columns of the key need a value, and who writes rows without them is told another way. */
  readonly notNull: false;
  readonly hasDefault: false;
  /** Rows of a partition share it: it is no row's own. */
  readonly generated: boolean;
}

export interface ExistingTable {
  readonly name: string;
  readonly isView: boolean;
  /** In the order in which SELECT * has them. */
  readonly columns: readonly ExistingColumn[];
}

/** The key of rows that have none of their own. */
export const ROW_ID = 'freshet_id';

/** The names of a keyspace's tables and materialized views, in order. */
export async function tableNames(client: CassandraClient, keyspace: string): Promise<string[]> {
  const tables = await client.select('SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?', [keyspace]);
  return [...tables, ...(await viewsOf(client, keyspace))].map(([name]) => String(name)).sort();
}

/** What a keyspace has under a name; undefined where it has nothing. */
export async function existingTable(
  client: CassandraClient,
  keyspace: string,
  table: string,
): Promise<ExistingTable | undefined> {
  const columns = await client.select(
    'SELECT column_name, type, kind, position FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?',
    [keyspace, table],
  );
  if (columns.length === 0) return undefined;
  const isView = (await viewsOf(client, keyspace)).some(([name]) => name === table);
  const order = ['partition_key', 'clustering', 'static', 'regular'];
  const found = columns.map(columnOf);
  return {
    name: table,
    isView,
    columns: found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.place - b.place),
  };
}

/** The columns of the primary key, in order. */
export function keyOf({ columns }: ExistingTable): ExistingColumn[] {
  return columns.filter(({ kind }) => kind === 'partition_key' || kind === 'clustering');
}

function viewsOf(client: CassandraClient, keyspace: string): Promise<Cell[][]> {
  return client.select('SELECT view_name FROM system_schema.views WHERE keyspace_name = ?', [keyspace]);
}

const KINDS = ['partition_key', 'clustering', 'static'] as const;

function columnOf([name, declared, kind, place]: readonly Cell[]): ExistingColumn {
  const known = KINDS.find((one) => one === kind) ?? 'regular';
  return {
    name: String(name),
    declared: String(declared),
    kind: known,
    place: Number(place),
    notNull: false,
    hasDefault: false,
    generated: known === 'static',
  };
}
