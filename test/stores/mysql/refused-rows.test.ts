import { beforeEach, describe, expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { zoneOf } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import { mysqlStore } from '../../../src/stores/mysql/mysql-store.js';
import { database } from '../../services/fresh-names.js';
import { mariadb } from '../../services/mariadb.js';
import { service } from '../../services/service.js';
import { DAILY, daily, failureOf, ROW, readFrom, storeIn } from '../yt-tables.js';
import { ORIGIN_DAILY } from './origin-tables.js';
import { query } from './query.js';

const server = await service(mariadb);

let uri: string;
const store = (rows: readonly Row[], options?: Parameters<typeof storeIn>[3]): ReturnType<typeof storeIn> =>
  storeIn(mysqlStore, uri, rows, options);
const read = (...named: [schema?: RecordSchema, table?: string]): Promise<Row[]> => readFrom(mysqlStore, uri, ...named);

describe.skipIf(server === undefined)('tables of MySQL and MariaDB that can’t hold all rows', () => {
  beforeEach(async () => {
    uri = await database();
  });

  it('that can’t tell two keys apart take the first, and the other is a dead letter', async () => {
    await query(uri, `${ORIGIN_DAILY} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`);
    const rows = ['a', 'A', 'a ', 'é', 'e', 'b'].map((channel) => daily(channel, '2017-08-02T02:00:00', 1));
    const { counts, rejected } = await store(rows);
    expect(counts).toMatchObject({ rows: 6, applied: 3, stale: 0, tied: 0 });
    expect(rejected.length).toBe(3);
    for (const { reason } of rejected) expect(reason).toContain('the table takes its key for that of another row');
    // Nor does a newer row of another key take a row's place.
    const { rejected: again } = await store([
      daily('a ', '2017-08-02T05:00:00', 2),
      daily('b', '2017-08-02T05:00:00', 2),
    ]);
    expect(again.length).toBe(1);
    expect((await read(DAILY, 'yt_daily')).map((row) => [row.yt_channel_id, row.subs])).toContainEqual(['b', 2]);
  });

  it('with seconds alone refuse a fraction, with microseconds keep it', async () => {
    await query(uri, ORIGIN_DAILY);
    const fine = daily('a', '2017-08-02T02:00:00.000001', 1);
    expect((await store([fine, ROW])).rejected).toEqual([
      { row: 0, reason: 'column harvest_ts is datetime, which keeps no fraction of a second' },
    ]);
    await query(uri, 'ALTER TABLE yt_daily MODIFY harvest_ts DATETIME(6)');
    expect((await store([fine])).counts).toMatchObject({ applied: 1 });
    expect(await read(DAILY, 'yt_daily')).toEqual([fine]);
  });

  it('have what the clock of the zone shows, but for what it shows twice', async () => {
    await query(uri, ORIGIN_DAILY);
    const zone = zoneOf('Europe/Berlin');
    const { rejected } = await store(
      [
        daily('a', '2017-08-02T00:30:00Z', 1),
        daily('b', '2017-10-29T00:30:00Z', 1),
        daily('c', '2017-10-29T01:30:00Z', 1),
      ],
      { zone },
    );
    expect(await query(uri, 'SELECT channel, harvest_ts FROM yt_daily ORDER BY channel')).toEqual([
      ['a', '2017-08-02 02:30:00'],
      ['b', '2017-10-29 02:30:00'],
    ]);
    expect(rejected).toEqual([
      { row: 2, reason: 'column harvest_ts is datetime, and the clock of Europe/Berlin shows that time twice' },
    ]);
  });

  it('put the rows aside that the server refuses, and those alone', async () => {
    await query(uri, ORIGIN_DAILY);
    const rows = Array.from({ length: 500 }, (_, at) => daily(`channel ${at}`, '2017-08-02T02:00:00', at));
    rows[17] = daily('x'.repeat(101), '2017-08-02T02:00:00', 1);
    rows[18] = daily('y', '2017-08-02T02:00:00', 2 ** 40);
    rows[499] = daily('x'.repeat(102), '2017-08-02T02:00:00', 1);
    const { counts, rejected } = await store(rows);
    expect(counts).toMatchObject({ rows: 500, applied: 497, stale: 0, tied: 0 });
    expect(rejected).toEqual([
      { row: 17, reason: "the server refuses it: Data too long for column 'channel'" },
      { row: 18, reason: "the server refuses it: Out of range value for column 'subs'" },
      { row: 499, reason: "the server refuses it: Data too long for column 'channel'" },
    ]);
    expect(await query(uri, 'SELECT COUNT(*) FROM yt_daily')).toEqual([[497]]);
  });

  it('refuse a row that is longer than a statement may be', async () => {
    const note = parseSchema(
      {
        type: 'record',
        name: 'note',
        fields: [
          { name: 'id', type: 'int' },
          { name: 'at', type: 'long' },
          { name: 'text', type: 'string' },
        ],
        freshet: { key: 'id', time: 'at' },
      },
      'NOTE',
    );
    const [[packet]] = await query(uri, 'SELECT @@max_allowed_packet');
    const rows = [1, 2, 3].map((id) => ({ id, at: 1, text: id === 2 ? 'x'.repeat(Number(packet)) : 'short' }));
    const { counts, rejected } = await store(rows, { schema: note, create: true });
    expect(counts.applied).toBe(2);
    expect(rejected).toMatchObject([{ row: 1, reason: expect.stringContaining('max_allowed_packet') }]);
  });

  it('that would change values are refused before anything is written', async () => {
    const declared = [
      ['subs FLOAT', 'column subs', 'has the type float'],
      ['subs VARCHAR(20)', 'column subs', 'has the type varchar(20)'],
      ['harvest_ts DATE', 'column harvest_ts', 'has the type date'],
      ['harvest_ts INT', 'column harvest_ts', 'has the type int'],
      ['date TIME', 'column date', 'has the type time'],
    ];
    for (const [column = '', ...words] of declared) {
      const name = column.split(' ')[0];
      await query(
        uri,
        'DROP TABLE IF EXISTS yt_daily',
        ORIGIN_DAILY,
        `ALTER TABLE yt_daily MODIFY ${name} ${column.slice(String(name).length)}`,
      );
      const failure = await failureOf(store([ROW]));
      expect(failure.status).toBe(2);
      for (const word of words) expect(failure.message).toContain(word);
    }
  });

  it('without the column or the key are told with the statement that adds it', async () => {
    await query(uri, 'CREATE TABLE yt_daily (harvest_ts DATETIME, channel VARCHAR(100), date DATETIME)');
    const column = await failureOf(store([ROW]));
    expect(column).toMatchObject({ status: 2, message: expect.stringContaining('has no column subs') });
    await query(uri, String(column.next).split('add it: ')[1] ?? '');
    const key = await failureOf(store([ROW]));
    expect(key.message).toContain('no primary key or unique index of (channel, date)');
    await query(
      uri,
      String(key.next).split('add one: ')[1] ?? '',
      'ALTER TABLE yt_daily MODIFY channel VARCHAR(100) NOT NULL',
    );
    expect((await store([ROW])).counts.applied).toBe(1);
  });
});
