import type { CassandraAddress } from './address.js';
import { cassandraError } from './cassandra-errors.js';
import { CassandraClient } from './client.js';

/** How long a cluster may take to answer at the start: with freshet's own start that is within two seconds. */
export const OPEN_WITHIN_MS = 1600;

/** Connects, with errors as sentences. */
export async function openAtStart(address: CassandraAddress): Promise<CassandraClient> {
  try {
    return await CassandraClient.open(address, OPEN_WITHIN_MS);
  } catch (error) {
    throw cassandraError(error, address, 'open');
  }
}
