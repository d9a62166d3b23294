import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { UTC } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import { cassandraStore } from '../../../src/stores/cassandra/cassandra-store.js';
import { cassandra } from '../../services/cassandra/cassandra.js';
import { freshName } from '../../services/fresh-names.js';
import { service } from '../../services/service.js';
import { addressOf, DAILY, daily, failureOf, MONTHLY, ROW, readFrom, storeIn, YT } from '../yt-tables.js';
import { cql, keyspace } from './cql.js';

const server = await service(cassandra);

let uri: string;
/** A table of its own. */
let table: string;
const store = (rows: readonly Row[], options?: Parameters<typeof storeIn>[3]): ReturnType<typeof storeIn> =>
  storeIn(cassandraStore, uri, rows, { table, ...options });
const read = (schema?: RecordSchema, named = table): Promise<Row[]> => readFrom(cassandraStore, uri, schema, named);
const keyOf = async (name: string): Promise<string[]> => {
  const columns = await cql(
    uri,
    `SELECT kind, position, column_name FROM system_schema.columns WHERE keyspace_name = '${new URL(uri).pathname.slice(1)}' AND table_name = '${name}'`,
  );
  const key = columns.filter(([kind]) => kind === 'partition_key' || kind === 'clustering');
  return key
    .map((column) => column.join(' '))
    .sort()
    .reverse();
};

describe.skipIf(server === undefined)('tables of Cassandra', () => {
  beforeAll(async () => {
    uri = await keyspace(String(server));
  });

  it('are made with columns that any program can read', async () => {
    table = freshName('t');
    await store([ROW], { create: true });
    expect(await cql(uri, `SELECT channel, harvest_ts, date, subs FROM ${table}`)).toEqual([
      ['a', '2017-08-02T02:00:00', '2017-08-02', 1947n],
    ]);
    expect(await keyOf(table)).toEqual(['partition_key 0 channel', 'clustering 0 date']);
  });

  it('tell the machines of every built-in type apart', async () => {
    const folder = new URL('../../../schemas/', import.meta.url);
    const keys: Record<string, string[]> = {};
    for (const file of readdirSync(folder)) {
      const schema = parseSchema(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file);
      const sink = await cassandraStore.sink(addressOf(uri), { schema, create: true, zone: UTC });
      await sink.close();
      const name = schema.name.toLowerCase();
      keys[name] = await keyOf(name);
    }
    expect(keys).toMatchObject({
      cpu_usage: ['partition_key 1 cpu', 'partition_key 0 machine_id', 'clustering 0 ts'],
      machineinfo: ['partition_key 0 machine_id', 'clustering 0 timestamp'],
      processinfo: ['partition_key 0 machine_id', 'clustering 0 timestamp'],
      outcome: ['partition_key 0 freshet_id'],
    });
    const usage = parseSchema(JSON.parse(readFileSync(new URL('cpu_usage.avsc', folder), 'utf8')), 'cpu_usage');
    const rows = ['one', 'two'].flatMap((machine_id) =>
      ['all', 'cpu0'].map((cpu) => ({ machine_id, cpu, ts: 1501639200123, cpu_usage: 0.25 })),
    );
    expect((await store(rows, { schema: usage, table: 'cpu_usage' })).counts.applied).toBe(4);
    expect(await cql(uri, "SELECT cpu, ts, cpu_usage FROM cpu_usage WHERE machine_id = 'two' AND cpu = 'all'")).toEqual(
      [['all', new Date(1501639200123), 0.25]],
    );
    expect(await read(usage, 'cpu_usage')).toHaveLength(4);
  });

  it('lose no rows by keys that their own key does not begin with', async () => {
    const deletes = async (key: string): Promise<boolean> => {
      table = freshName('t');
      await cql(uri, `CREATE TABLE ${table} (yt_channel_id text, harvest_ts text, subs bigint, PRIMARY KEY ${key})`);
      const sink = await cassandraStore.sink(addressOf(uri), { schema: YT, table, create: false, zone: UTC });
      await sink.close();
      return sink.delete !== undefined;
    };
    expect(await deletes('(yt_channel_id, harvest_ts)')).toBe(true);
    expect(await deletes('((yt_channel_id, harvest_ts))')).toBe(false);
    expect(await deletes('(harvest_ts, yt_channel_id)')).toBe(false);
  });

  it('keep dead letters with their keys and headers, each as a row of its own', async () => {
    const url = new URL('../../../schemas/dead_letter.avsc', import.meta.url);
    const schema = parseSchema(JSON.parse(readFileSync(url, 'utf8')), 'dead_letter');
    const where = { source: 't:0', topic: 't', partition: 0, offset: 17 };
    const letter = { reason: 'no', ...where, key: 'k', headers: [{ name: 'h', value: 'v' }], raw: '{}' };
    table = freshName('t');
    await store([letter, letter], { schema, create: true });
    expect(await cql(uri, `SELECT reason, key, headers, raw FROM ${table}`)).toMatchObject([
      ['no', 'k', expect.stringContaining('"name":"h","value":"v"'), '{}'],
      ['no', 'k', expect.anything(), '{}'],
    ]);
  });

  it('are not made with --no-create, and the statement that would is told', async () => {
    table = freshName('t');
    const failure = await failureOf(store([ROW]));
    expect(failure).toMatchObject({ status: 2, message: expect.stringContaining(`has no table ${table}`) });
    await cql(uri, String(failure.next).replace('Give --create, or make it: ', ''));
    expect((await store([ROW])).counts.applied).toBe(1);
  });

  it('of others keep the columns that no field has, and rows of other programs are judged by what they hold', async () => {
    table = freshName('t');
    await cql(
      uri,
      `CREATE TABLE ${table} (channel text, date text, harvest_ts text, subs varint, note text, tags set<text>, owner text static, PRIMARY KEY (channel, date))`,
      `INSERT INTO ${table} (channel, date, harvest_ts, subs, note, tags) VALUES ('a', '2017-08-02', '2017-08-02T01:00:00', 9, 'mine', {'x'})`,
      `INSERT INTO ${table} (channel, date, harvest_ts, subs) VALUES ('b', '2017-08-02', '2017-08-02T09:00:00', 9)`,
      `INSERT INTO ${table} (channel, date, note) VALUES ('c', '2017-08-02', 'without a time')`,
    );
    const rows = ['a', 'b', 'c'].map((channel) => daily(channel, '2017-08-02T02:00:00', 7));
    expect((await store(rows)).counts).toMatchObject({ applied: 2, stale: 1, tied: 0 });
    expect(await cql(uri, `SELECT channel, harvest_ts, note, tags FROM ${table}`)).toEqual([
      ['a', '2017-08-02T02:00:00', 'mine', ['x']],
      ['c', '2017-08-02T02:00:00', 'without a time', null],
      ['b', '2017-08-02T09:00:00', null, null],
    ]);
    // Rows of the past come back behind a deletion of today.
    await cql(uri, `DELETE FROM ${table} WHERE channel = 'a'`, `DELETE FROM ${table} WHERE channel = 'b'`);
    expect((await store(rows)).counts).toMatchObject({ applied: 2, stale: 0, tied: 1 });
    expect((await read(DAILY)).map(({ yt_channel_id }) => yt_channel_id)).toEqual(['a', 'c', 'b']);
  });

  it('whose columns would change values, or whose key would mix rows, are refused', async () => {
    const refusal = async (columns: string): Promise<string> => {
      table = freshName('t');
      await cql(uri, `CREATE TABLE ${table} (${columns})`);
      const { status, message, next } = await failureOf(store([ROW]));
      expect(status).toBe(2);
      return `${message}. ${next}`;
    };
    expect(await refusal('channel text, date text, harvest_ts text, subs int, PRIMARY KEY (channel, date)')).toContain(
      'has the type int, which would change values. Name another table behind # in the URI, or declare it: "subs" bigint',
    );
    expect(
      await refusal('channel text, date text, harvest_ts timestamp, subs bigint, PRIMARY KEY (channel, date)'),
    ).toContain('column harvest_ts of table');
    const missing = await refusal('channel text, date text, harvest_ts text, PRIMARY KEY (channel, date)');
    expect(missing).toContain('has no column subs');
    await cql(uri, missing.slice(missing.indexOf('ALTER TABLE')));
    expect((await store([ROW])).counts.applied).toBe(1);
    expect(await refusal('channel text, date text, harvest_ts text, subs bigint, PRIMARY KEY (channel)')).toContain(
      'has the primary key (channel), and rows of yt_daily are told apart by (channel, date)',
    );
  });

  it('have keys of several columns in any order, and each row is found by all of them', async () => {
    table = freshName('t');
    await cql(
      uri,
      `CREATE TABLE ${table} ("machine_id" text, cpu text, ts timestamp, cpu_usage double, PRIMARY KEY (machine_id, ts, cpu)) WITH CLUSTERING ORDER BY (ts DESC)`,
    );
    const file = new URL('../../../schemas/cpu_usage.avsc', import.meta.url);
    const schema = parseSchema(JSON.parse(readFileSync(file, 'utf8')), 'cpu_usage');
    const rows = [1, 2].flatMap((ts) =>
      ['all', 'cpu0'].map((cpu) => ({ machine_id: 'm', cpu, ts, cpu_usage: ts / 8 })),
    );
    expect((await store(rows, { schema })).counts.applied).toBe(4);
    const again = [...rows.slice(0, 2), ...rows.slice(2).map((row) => ({ ...row, cpu_usage: 0.9 }))];
    expect((await store(again, { schema })).counts).toMatchObject({ applied: 2, stale: 0, tied: 2 });
    expect((await read(schema)).map(({ cpu_usage }) => cpu_usage)).toEqual([0.9, 0.9, 0.125, 0.125]);
  });

  it('write every column of a newer row, null too', async () => {
    table = freshName('t');
    const schema: RecordSchema = {
      ...DAILY,
      fields: DAILY.fields.map((field) => (field.name === 'subs' ? { ...field, nullable: true } : field)),
    };
    await store([ROW], { schema, create: true });
    await store([{ ...ROW, harvest_ts: '2017-08-02T03:00:00', subs: null }], { schema });
    expect(await cql(uri, `SELECT harvest_ts, subs FROM ${table}`)).toEqual([['2017-08-02T03:00:00', null]]);
  });

  it('give decimals back, and any program reads them', async () => {
    table = freshName('t');
    const price = parseSchema(
      {
        type: 'record',
        name: 'price',
        fields: [
          { name: 'id', type: 'long' },
          { name: 'at', type: 'long' },
          { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 60, scale: 2 } },
        ],
        freshet: { key: 'id', time: 'at' },
      },
      'PRICE',
    );
    const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all);
    const rows = [
      { id: 9007199254740993n, at: 1, price: bytes(0x04, 0xd2) },
      { id: 2, at: 1, price: bytes(0xff) },
    ];
    expect((await store(rows, { schema: price, create: true })).counts.applied).toBe(2);
    const stored = await cql(uri, `SELECT CAST(price AS text) FROM ${table}`);
    expect(stored.flat().sort()).toEqual(['-0.01', '12.34']);
    const found = (await read(price)).map((row) => [row.id, [...Object.values(row.price ?? {})]]);
    expect(found).toContainEqual([9007199254740993n, [0x04, 0xd2]]);
    // More bytes than it takes are the same decimal.
    const padded = rows.map((row) => ({ ...row, price: bytes(row.price[0] === 0xff ? 0xff : 0, ...row.price) }));
    expect((await store(padded, { schema: price })).counts).toMatchObject({ applied: 0, tied: 2 });
  });

  it('are read by the types of their columns where no schema is named', async () => {
    table = freshName('t');
    await cql(
      uri,
      `CREATE TABLE ${table} (id int PRIMARY KEY, big bigint, wide varint, price decimal, single float, at timestamp, day date, raw blob, flag boolean, who uuid, ip inet, tags list<int>)`,
      `INSERT INTO ${table} JSON '{"id": 1, "big": 9007199254740993, "wide": 123456789012345678901234567890, "price": 1.5, "single": 0.1, "at": "2017-08-02T02:00:00.120Z", "day": "2017-08-02", "raw": "0x00ff", "flag": true, "who": "123e4567-e89b-12d3-a456-426614174000", "ip": "127.0.0.1", "tags": [1, 2]}'`,
      `INSERT INTO ${table} (id) VALUES (2)`,
    );
    const [row, empty] = (await read()).sort((a, b) => Number(a.id) - Number(b.id));
    expect({ ...row, raw: [...Object.values(row?.raw ?? {})] }).toEqual({
      id: 1,
      big: 9007199254740993n,
      wide: '123456789012345678901234567890',
      price: '1.5',
      single: Math.fround(0.1),
      at: '2017-08-02T02:00:00.120Z',
      day: '2017-08-02',
      raw: [0, 255],
      flag: true,
      who: '123e4567-e89b-12d3-a456-426614174000',
      ip: '127.0.0.1',
      tags: '[1, 2]',
    });
    expect(empty).toMatchObject({ id: 2, big: null, at: null, raw: null, tags: null });
  });

  it('put rows aside that they can’t hold, and no other', async () => {
    table = freshName('t');
    const rows = ['a', '', 'x'.repeat(70_000), 'b'].map((channel) => daily(channel, '2017-08-02T02:00:00', 7));
    const { counts, rejected } = await store(rows, { create: true });
    expect(counts).toEqual({ rows: 4, applied: 2, stale: 0, tied: 0 });
    expect(rejected).toEqual([
      { row: 1, reason: 'its key is empty, and Cassandra takes no empty partition key' },
      { row: 2, reason: 'its key has 70000 bytes, and Cassandra takes 65535' },
    ]);
  });

  it('keep rows of one partition apart from those that are refused in their midst', async () => {
    table = freshName('t');
    const month = { yt_channel_id: 'a', harvest_ts: '2017-08-31T02:00:00', subs: 7 };
    const rows = ['2017-07', 'x'.repeat(70_000), '2017-08', '2017-09'].map((label) => ({ ...month, month: label }));
    const long = { ...month, month: '2017-10', harvest_ts: `2017-08-31T02:00:00.${'0'.repeat(9)}` };
    const { counts, rejected } = await store([...rows, long], { schema: MONTHLY, create: true });
    expect(counts.applied).toBe(4);
    expect(rejected).toEqual([{ row: 1, reason: 'its key has 70000 bytes, and Cassandra takes 65535' }]);
    // A row of the size that the server says is too much for it, or would not answer.
    const notes = parseSchema(
      {
        type: 'record',
        name: 'note',
        fields: ['id', 'at', 'text'].map((name) => ({ name, type: 'string' })),
        freshet: { key: 'id', time: 'at' },
      },
      'NOTES',
    );
    const at = '2017-08-02T02:00:00';
    const texts = ['short', 'x'.repeat(20_000_000), 'é'.repeat(1_000_000)];
    const noted = await store(
      texts.map((text, place) => ({ id: 'a', at: at.replace('02:', `0${place}:`), text })),
      { schema: notes, table: freshName('t'), create: true },
    );
    expect(noted.counts.applied).toBe(2);
    expect(noted.rejected).toEqual([
      { row: 1, reason: expect.stringMatching(/^it has 200000\d\d bytes, and the server takes \d+ of one row$/) },
    ]);
  });

  it('that are not there, or not one, are told with the nearest name', async () => {
    expect((await failureOf(readFrom(cassandraStore, uri))).message).toMatch(/has \d+ tables and none is named/);
    expect(await failureOf(read(undefined, 'cpu_usge'))).toMatchObject({
      status: 2,
      message: expect.stringContaining('has no table cpu_usge'),
      next: expect.stringContaining('Did you mean cpu_usage?'),
    });
  });

  it('and keyspaces are made on a lone node, and only if they may be', async () => {
    const name = freshName();
    const missing = `${server}/${name}`;
    const options = { schema: DAILY, create: false, zone: UTC };
    const failure = await failureOf(cassandraStore.sink(addressOf(missing), options));
    expect(failure).toMatchObject({ status: 2, message: expect.stringContaining(`there is no keyspace ${name}`) });
    expect(failure.next).toMatch(
      /^Make it: CREATE KEYSPACE .* WITH replication = \{'class': 'NetworkTopologyStrategy'/,
    );
    expect((await failureOf(cassandraStore.source(addressOf(missing), { zone: UTC }))).message).toBe(failure.message);
    const made = await cassandraStore.sink(addressOf(missing), { ...options, create: true });
    await made.close();
    expect(await cql(missing, 'SELECT * FROM yt_daily')).toEqual([]);
  });
});
