import { beforeEach, describe, expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import type { Row } from '../../../src/records/value.js';
import { mysqlStore } from '../../../src/stores/mysql/mysql-store.js';
import { database } from '../../services/fresh-names.js';
import { mariadb } from '../../services/mariadb.js';
import { service } from '../../services/service.js';
import { DAILY, daily, failureOf, MONTHLY, ROW, readFrom, storeIn } from '../yt-tables.js';
import { ORIGIN_DAILY, ORIGIN_MONTHLY } from './origin-tables.js';
import { query } from './query.js';

const server = await service(mariadb);

let uri: string;
const store = (rows: readonly Row[], options?: Parameters<typeof storeIn>[3]): ReturnType<typeof storeIn> =>
  storeIn(mysqlStore, uri, rows, options);
const read = (...named: [schema?: RecordSchema, table?: string]): Promise<Row[]> => readFrom(mysqlStore, uri, ...named);

describe.skipIf(server === undefined)('tables of MySQL and MariaDB', () => {
  beforeEach(async () => {
    uri = await database();
  });

  it('are made with columns that any program can read', async () => {
    await store([ROW], { create: true });
    expect(await query(uri, 'SELECT channel, harvest_ts, date, subs FROM yt_daily')).toEqual([
      ['a', '2017-08-02T02:00:00', '2017-08-02', 1947],
    ]);
    const keys =
      'SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() ORDER BY SEQ_IN_INDEX';
    expect(await query(uri, keys)).toEqual([['channel'], ['date']]);
  });

  it('are not made with --no-create, and the statement that would is told', async () => {
    const failure = await failureOf(store([ROW]));
    expect(failure).toMatchObject({ status: 2, message: expect.stringContaining('has no table yt_daily') });
    const make = String(failure.next).replace('Give --create, or make it: ', '');
    await query(uri, make);
    expect((await store([ROW])).counts.applied).toBe(1);
  });

  it('of the origin are used as they are: newer rows win, and times are read back as texts', async () => {
    await query(uri, ORIGIN_DAILY, ORIGIN_MONTHLY);
    const first = [ROW, daily('b', '2017-08-02T03:00:00', 5)];
    expect(await store(first)).toMatchObject({ counts: { applied: 2, stale: 0, tied: 0 }, rejected: [] });
    expect(await store(first)).toMatchObject({ counts: { applied: 0, stale: 0, tied: 2 } });
    // The same instant in other texts, the same and less of a row, an older and a newer one.
    const again = [
      { ...ROW, harvest_ts: '2017-08-02T04:00:00+02:00' },
      { ...ROW, harvest_ts: '2017-08-02 02:00:00.0', subs: 1946 },
      { ...ROW, harvest_ts: '2017-08-02T01:59:59', subs: 9999 },
      { ...ROW, harvest_ts: '2017-08-02T02:00:01Z', subs: 1 },
    ];
    expect(await store(again)).toMatchObject({ counts: { applied: 1, stale: 1, tied: 2 }, rejected: [] });
    expect(await query(uri, 'SELECT harvest_ts, channel, date, subs FROM yt_daily ORDER BY channel')).toEqual([
      ['2017-08-02 02:00:01', 'a', '2017-08-02 00:00:00', 1],
      ['2017-08-02 03:00:00', 'b', '2017-08-02 00:00:00', 5],
    ]);
    expect(await read(DAILY, 'yt_daily')).toEqual([
      { ...ROW, harvest_ts: '2017-08-02T02:00:01', subs: 1 },
      daily('b', '2017-08-02T03:00:00', 5),
    ]);
    const month = { yt_channel_id: 'a', harvest_ts: '2017-08-31T02:00:00', month: '2017-08', subs: 7 };
    await store([month], { schema: MONTHLY });
    expect(await read(MONTHLY, 'yt_monthly')).toEqual([month]);
  });

  it('with a decimal column give decimals back, and longs beyond 2^53', async () => {
    const price = parseSchema(
      {
        type: 'record',
        name: 'price',
        fields: [
          { name: 'id', type: 'long' },
          { name: 'at', type: 'long' },
          { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 2 } },
          {
            name: 'cents',
            type: { type: 'fixed', name: 'cents', size: 4, logicalType: 'decimal', precision: 9, scale: 0 },
          },
        ],
        freshet: { key: 'id', time: 'at' },
      },
      'PRICE',
    );
    const bytes = (...all: number[]): Uint8Array => Uint8Array.from(all);
    const rows = [
      { id: 9007199254740993n, at: 1, price: bytes(0x04, 0xd2), cents: bytes(0, 0, 1, 0) },
      { id: 2, at: 1, price: bytes(0xff), cents: bytes(255, 255, 255, 254) },
    ];
    expect((await store(rows, { schema: price, create: true })).counts.applied).toBe(2);
    expect(await query(uri, 'SELECT price, cents FROM price ORDER BY id')).toEqual([
      ['-0.01', '-2'],
      ['12.34', '256'],
    ]);
    const found = (await read(price, 'price')).map((row) => ({
      ...row,
      price: [...Object.values(row.price ?? {})],
      cents: [...Object.values(row.cents ?? {})],
    }));
    expect(found).toContainEqual({ id: 9007199254740993n, at: 1, price: [0x04, 0xd2], cents: [0, 0, 1, 0] });
    // More bytes than it takes are the same decimal.
    const padded = rows.map((row) => ({ ...row, price: bytes(row.price[0] === 0xff ? 0xff : 0, ...row.price) }));
    expect((await store(padded, { schema: price })).counts).toMatchObject({ applied: 0, tied: 2 });
  });

  it('are read by the types of their columns where no schema is named', async () => {
    await query(
      uri,
      'CREATE TABLE kinds (id INT PRIMARY KEY, big BIGINT UNSIGNED, small DECIMAL(5,2), wide DECIMAL(30,10), single FLOAT, at DATETIME(3), seen TIMESTAMP(6) NULL, day DATE, raw BLOB, doc JSON, word ENUM("x"), flag BIT(1))',
      "SET time_zone = '+00:00'",
      "INSERT INTO kinds VALUES (1, 9007199254740993, 1.50, 12345678901234567890.1234567891, 0.1, '2017-08-02 02:00:00.120', '2017-08-02 02:00:00', '2017-08-02', x'00ff', '{\"a\": 1}', 'x', 1)",
      'INSERT INTO kinds (id) VALUES (2)',
    );
    const [row, empty] = await read();
    expect({ ...row, raw: [...Object.values(row?.raw ?? {})] }).toMatchObject({
      id: 1,
      big: 9007199254740993n,
      small: 1.5,
      wide: '12345678901234567890.1234567891',
      single: Math.fround(0.1),
      at: '2017-08-02T02:00:00.12',
      day: '2017-08-02',
      raw: [0, 255],
      word: 'x',
      flag: 1,
    });
    expect(empty).toMatchObject({ id: 2, big: null, at: null, raw: null });
  });

  it('that are not there, or not one, are told with the nearest name', async () => {
    expect((await failureOf(read())).message).toContain('has no table and none is named');
    await store([ROW], { create: true });
    expect(await read()).toMatchObject([{ channel: 'a' }]);
    expect(await failureOf(read(undefined, 'yt_dayly'))).toMatchObject({
      status: 2,
      message: expect.stringContaining('has no table yt_dayly'),
      next: 'Did you mean yt_daily? It has yt_daily.',
    });
  });
});
