import { describe } from 'vitest';
import { cassandraStore } from '../../../src/stores/cassandra/cassandra-store.js';
import { cassandra } from '../../services/cassandra/cassandra.js';
import { service } from '../../services/service.js';
import { deleteConformance } from '../delete-conformance.js';
import { storeConformance } from '../store-conformance.js';
import { keyspace } from './cql.js';

const server = await service(cassandra);

describe.skipIf(server === undefined)('on a real server', () => {
  storeConformance('Cassandra', () => ({
    store: cassandraStore,
    fresh,
    counts: true,
    nonFinite: true,
    emptyKeys: false,
    snapshots: false,
  }));
  deleteConformance('Cassandra', cassandraStore, fresh, { emptyKeys: false, most: 6000 });
});

async function fresh(): Promise<string> {
  return (await keyspace(String(server))).slice('cassandra:'.length);
}
