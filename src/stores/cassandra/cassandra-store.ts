import type { Sink } from '../../endpoints/endpoint.js';
import type { Store, StoreSinkOptions, StoreSource, StoreSourceOptions } from '../store.js';
import { parseAddress } from './address.js';
import { CassandraSink } from './cassandra-sink.js';
import { CassandraSource } from './cassandra-source.js';
import { checkCluster } from './check-cluster.js';

/**
 * Cassandra: `cassandra://[USER[:PASSWORD]@]HOST[:PORT][,HOST[:PORT]]…/KEYSPACE[?PARAMETERS][#TABLE]`. Tables that are
 * made keep times as the text that they came as, those in milliseconds as `timestamp`, nested values as JSON, −0 as 0;
 * tables that are there are used as they are where they give back what is put into them. Rows whose partition key is
 * empty are refused. There is no moment at which all of a table could be read: rows that are written meanwhile may be
 * among those that are read, or not.
 */
export const cassandraStore: Store = {
  scheme: 'cassandra',
  sink: (address: string, options: StoreSinkOptions): Promise<Sink> => CassandraSink.open(address, options),
  source: (address: string, options: StoreSourceOptions): Promise<StoreSource> =>
    CassandraSource.open(address, options),
  check: (address: string): Promise<string> => checkCluster(parseAddress(address)),
};
