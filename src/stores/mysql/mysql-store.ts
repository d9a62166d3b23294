import type { Sink } from '../../endpoints/endpoint.js';
import type { Store, StoreSinkOptions, StoreSource, StoreSourceOptions } from '../store.js';
import { MysqlSink } from './mysql-sink.js';
import { MysqlSource } from './mysql-source.js';

/**
 * MySQL and MariaDB: `mysql://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE[?PARAMETERS][#TABLE]`. Tables that are made keep
 * times as the text that they came as, bools as 0 and 1, nested values as JSON, −0 as 0; tables that are there are used
 * as they are where they give back what is put into them. Rows with NaN or an infinity are refused.
 */
export const mysqlStore: Store = {
  scheme: 'mysql',
  sink: (address: string, options: StoreSinkOptions): Promise<Sink> => MysqlSink.open(address, options),
  source: (address: string, options: StoreSourceOptions): Promise<StoreSource> => MysqlSource.open(address, options),
};
