import { describe } from 'vitest';
import { mysqlStore } from '../../../src/stores/mysql/mysql-store.js';
import { database } from '../../services/fresh-names.js';
import { mariadb } from '../../services/mariadb.js';
import { service } from '../../services/service.js';
import { deleteConformance } from '../delete-conformance.js';
import { positionConformance } from '../position-conformance.js';
import { storeConformance } from '../store-conformance.js';
import { query } from './query.js';

const server = await service(mariadb);

describe.skipIf(server === undefined)('on a real server', () => {
  storeConformance('MySQL', () => ({ store: mysqlStore, fresh: addressOfDatabase, counts: true, nonFinite: false }));
  deleteConformance('MySQL', mysqlStore, addressOfDatabase);
  positionConformance('MySQL', {
    store: mysqlStore,
    fresh: addressOfDatabase,
    run: async (address, sql) => {
      await query(`mysql:${address}`, sql);
    },
    runs: 20,
  });
});

async function addressOfDatabase(): Promise<string> {
  return (await database()).slice('mysql:'.length);
}
