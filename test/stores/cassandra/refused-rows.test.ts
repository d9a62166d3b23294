import { beforeAll, describe, expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { cassandraStore } from '../../../src/stores/cassandra/cassandra-store.js';
import { cassandra } from '../../services/cassandra/cassandra.js';
import { freshName } from '../../services/fresh-names.js';
import { service } from '../../services/service.js';
import { storeIn } from '../yt-tables.js';
import { cql, keyspace } from './cql.js';

const server = await service(cassandra);

describe.skipIf(server === undefined)('rows that a server of Cassandra refuses', () => {
  let uri: string;
  beforeAll(async () => {
    uri = await keyspace(String(server));
  });

  it('leave others there once that have no key', async () => {
    const table = freshName('t');
    await cql(uri, `CREATE TABLE ${table} (id uuid PRIMARY KEY, said text)`);
    // An index takes no long values, which no one but the server knows.
    await cql(uri, `CREATE INDEX ON ${table} (said)`);
    const schema = parseSchema({ type: 'record', name: 'line', fields: [{ name: 'said', type: 'string' }] }, 'LINES');
    const rows = ['a', 'b', 'x'.repeat(70_000), 'c'].map((said) => ({ said }));
    const { counts, rejected } = await storeIn(cassandraStore, uri, rows, { schema, table });
    expect(rejected).toEqual([{ row: 2, reason: expect.stringMatching(/^the server refuses it: .*index/i) }]);
    expect(counts).toEqual({ rows: 4, applied: 3, stale: 0, tied: 0 });
    expect((await cql(uri, `SELECT said FROM ${table}`)).flat().sort()).toEqual(['a', 'b', 'c']);
  });
});
