import { beforeAll, describe, expect, it } from 'vitest';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { cassandraStore } from '../../../src/stores/cassandra/cassandra-store.js';
import { cassandra } from '../../services/cassandra/cassandra.js';
import { service } from '../../services/service.js';
import { NUMBER, numberAt, numbersOf, range, rowsAt, shared, sinkOf } from '../shared-rows.js';
import { cql, keyspace } from './cql.js';

const server = await service(cassandra);

let uri: string;
const address = (): string => uri.slice('cassandra:'.length);

describe.skipIf(server === undefined)('rows without a key in Cassandra', () => {
  beforeAll(async () => {
    uri = await keyspace(String(server));
  });

  it('take their own places when they are written again, by whatever copy and group', async () => {
    for (const group of ['copies', 'copies', 'others']) {
      const sink = await sinkOf(cassandraStore, address(), { group, table: 'once' });
      await sink.begin?.(shared([0]));
      await sink.write(rowsAt(0, range(0, 10)));
      await sink.write({ ...rowsAt(0, range(5, 15)), selection: Int32Array.from(range(3, 10)) });
      // Copies know the topic, not only their own partitions of it.
      await sink.write(rowsAt(1, [3]));
      await sink.close();
    }
    expect(await numbersOf(cassandraStore, address(), 'once')).toEqual([...range(0, 15), numberAt(1, 3)]);
    const ids = await cql(uri, 'SELECT freshet_id FROM once');
    for (const [id] of ids) expect(String(id)).toMatch(/^\w{8}-\w{4}-8\w{3}-[89ab]\w{3}-\w{12}$/);
  });

  it('are others of another topic of the name, several of one record, and of no group', async () => {
    const sink = await sinkOf(cassandraStore, address(), { table: 'apart' });
    for (const id of ['AAAAAAAAAAAAAAAAAAAAAQ', 'AAAAAAAAAAAAAAAAAAAAAg']) {
      await sink.begin?.(shared([0], id));
      for (let time = 0; time < 2; time++) await sink.write(rowsAt(0, [1, 2, 2, 2, 3]));
    }
    await sink.begin?.({ ...shared([0]), topicIds: new Map() });
    await sink.write(rowsAt(0, [1]));
    for (let time = 0; time < 2; time++) await sink.write(batchFromRows(NUMBER, [{ n: 9 }]));
    await sink.close();
    expect(await numbersOf(cassandraStore, address(), 'apart')).toEqual([1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 9, 9]);
  });
});
