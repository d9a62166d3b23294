import type { BatchSource, Sink } from '../endpoints/endpoint.js';
import type { RecordSchema } from '../records/schema.js';
import { UTC } from '../records/time/zone.js';
import type { Store, StoreSinkOptions, StoreSourceOptions } from '../stores/store.js';
import type { Uri } from './uri.js';

type StoreUri = Uri & { kind: 'store' };

/** A store's table as the pipeline uses it: written as a sink, read as a source. */
export interface OpenedStore {
  /** The type of the table's rows. */
  schema(): Promise<RecordSchema>;
  source(options: Omit<StoreSourceOptions, 'table'>): Promise<BatchSource>;
  sink(options: Omit<StoreSinkOptions, 'table'>): Promise<Sink>;
}

/** Loads the adapter of a store's scheme, and no other. */
export async function openStore({ scheme, address, table }: StoreUri): Promise<OpenedStore> {
  const store = await loadStore(scheme);
  const named = table === undefined ? {} : { table };
  return {
    schema: async () => {
      const source = await store.source(address, { ...named, zone: UTC });
      await source.close();
      return source.schema;
    },
    source: (options) => store.source(address, { ...named, ...options }),
    sink: (options) => store.sink(address, { ...named, ...options }),
  };
}

/** The adapter of a scheme. */
export async function loadStore(scheme: StoreUri['scheme']): Promise<Store> {
  switch (scheme) {
    case 'sqlite':
      return (await import('../stores/sqlite/sqlite-store.js')).sqliteStore;
    case 'mysql':
      return (await import('../stores/mysql/mysql-store.js')).mysqlStore;
    case 'cassandra':
      return (await import('../stores/cassandra/cassandra-store.js')).cassandraStore;
  }
}
