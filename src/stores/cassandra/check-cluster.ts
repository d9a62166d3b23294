import type { CassandraAddress } from './address.js';
import { cassandraError } from './cassandra-errors.js';
import { tableNames } from './existing-table.js';
import { openKeyspace } from './keyspace.js';
import { openAtStart } from './open-at-start.js';

/**
 * Whether a keyspace is there and can be read.
 * @throws ServiceError, UsageError where it is not
 */
export async function checkCluster(address: CassandraAddress): Promise<string> {
  const client = await openAtStart(address);
  try {
    const [[version]] = await client.select('SELECT release_version FROM system.local', []);
    await openKeyspace(client, address, false);
    const tables = (await tableNames(client, address.keyspace)).length;
    const nodes = client.nodes;
    return `Cassandra ${version}, ${nodes} ${nodes === 1 ? 'node' : 'nodes'}, ${tables} ${tables === 1 ? 'table' : 'tables'}`;
  } catch (error) {
    throw cassandraError(error, address, 'use');
  } finally {
    await client.close();
  }
}
