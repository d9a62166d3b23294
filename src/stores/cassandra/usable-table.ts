import { setTimeout as sleep } from 'node:timers/promises';
import type { CassandraAddress } from './address.js';
import { isUnknownTable } from './cassandra-errors.js';
import type { CassandraClient } from './client.js';
import { quoteName } from './cql-text.js';
import { tableIn } from './create-table.js';
import { type ExistingTable, keyOf } from './existing-table.js';

/** As long as the driver itself waits for nodes to agree on a table that it has made. */
const PATIENCE_MS = 10_000;
const PAUSE_MS = 20;

/**
 * Resolves when a table that was found takes rows, whoever has made it. While a node makes one, others see its name and
 * columns already, and what they write is passed over without a word: the node knows the table, and has no place for its
 * rows yet (Cassandra's Keyspace.apply(), "Attempting to mutate non-existant table"). A read of it fails until it has.
 */
export async function untilUsable(
  client: CassandraClient,
  { keyspace }: CassandraAddress,
  table: ExistingTable,
): Promise<void> {
  const [key] = keyOf(table);
  if (key === undefined) return;
  const query = `SELECT ${quoteName(key.name)} FROM ${tableIn(keyspace, table.name)} LIMIT 1`;
  const patient = performance.now() + PATIENCE_MS;
  while (performance.now() < patient) {
    if ((await canRead(client, query)) && (await client.agrees())) return;
    await sleep(PAUSE_MS);
  }
}

/** What else is wrong with it is told by whoever writes. */
async function canRead(client: CassandraClient, query: string): Promise<boolean> {
  try {
    await client.select(query, []);
    return true;
  } catch (error) {
    return !isUnknownTable(error);
  }
}
