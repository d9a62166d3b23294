import type { Sink } from '../../endpoints/endpoint.js';
import type { Store, StoreSinkOptions, StoreSource, StoreSourceOptions } from '../store.js';
import { checkFile } from './check-file.js';
import { SqliteSink } from './sqlite-sink.js';
import { SqliteSource } from './sqlite-source.js';

/**
 * SQLite files: `sqlite:FILE#TABLE`. Tables hold nothing but the rows, in columns that any program can read: times as
 * the text that they came as, bools as 0 and 1, nested values as JSON, NaN as the text NaN, −0 as 0.
 */
export class SqliteStore implements Store {
  readonly scheme = 'sqlite';

  /** @param busyTimeoutMs how long a lock of another program is waited for; 5 s if not given */
  constructor(readonly busyTimeoutMs?: number) {}

  sink(address: string, options: StoreSinkOptions): Promise<Sink> {
    return SqliteSink.open(address, options, this.busyTimeoutMs);
  }

  source(address: string, options: StoreSourceOptions): Promise<StoreSource> {
    return SqliteSource.open(address, options, this.busyTimeoutMs);
  }

  check(address: string): Promise<string> {
    return checkFile(address);
  }
}

export const sqliteStore: Store = new SqliteStore();
