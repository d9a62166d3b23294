import { UsageError } from '../../records/errors.js';
import { nearestName } from '../../records/nearest-name.js';
import type { CassandraAddress } from './address.js';
import type { CassandraClient } from './client.js';
import { quoteName, quoteText } from './cql-text.js';

/**
 * Sees to it that the keyspace is there. On a cluster of one node it is made where it may be: nothing is to be decided
 * about it. How often rows are kept on a larger one is for its owner to say.
 * @throws UsageError with the statement that makes it
 */
export async function openKeyspace(
  client: CassandraClient,
  { shown, keyspace }: CassandraAddress,
  create: boolean,
): Promise<void> {
  const names = (await client.select('SELECT keyspace_name FROM system_schema.keyspaces', [])).map(([name]) =>
    String(name),
  );
  if (names.includes(keyspace)) return;
  if (create && client.nodes === 1) {
    await client.run({
      query: keyspaceStatement(keyspace, "'class': 'SimpleStrategy', 'replication_factor': 1"),
      params: [],
    });
    return;
  }
  const nearest = nearestName(keyspace, names);
  const [[datacenter]] = await client.select('SELECT data_center FROM system.local', []);
  const make = keyspaceStatement(
    keyspace,
    `'class': 'NetworkTopologyStrategy', ${quoteText(String(datacenter))}: ${Math.min(3, client.nodes)}`,
  );
  throw new UsageError(
    `${shown}: there is no keyspace ${keyspace}`,
    `${nearest === undefined ? 'Make' : `Did you mean ${nearest}? Or make`} it: ${make};`,
  );
}

function keyspaceStatement(keyspace: string, replication: string): string {
  return `CREATE KEYSPACE IF NOT EXISTS ${quoteName(keyspace)} WITH replication = {${replication}}`;
}
