import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/records/batch.js';
import { deriveRollup } from '../../../src/records/derive.js';
import { FreshetError, UsageError } from '../../../src/records/errors.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { rowsOf } from '../../../src/records/rows.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { UTC } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import type { SqlValue } from '../../../src/stores/sql-value.js';
import { SqliteDatabase } from '../../../src/stores/sqlite/database.js';
import { SqliteStore, sqliteStore } from '../../../src/stores/sqlite/sqlite-store.js';
import type { StoreSinkOptions } from '../../../src/stores/store.js';

const folder = mkdtempSync(join(tmpdir(), 'freshet-sqlite-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const YT = parseSchema(
  {
    type: 'record',
    name: 'yt',
    fields: [
      { name: 'yt_channel_id', type: 'string' },
      { name: 'harvest_ts', type: 'string' },
      { name: 'subs', type: 'long' },
    ],
    freshet: {
      key: 'yt_channel_id',
      time: 'harvest_ts',
      tables: { daily: { name: 'yt_daily', columns: { yt_channel_id: 'channel' } } },
    },
  },
  'YT',
);
const DAILY = deriveRollup(YT, 'daily');
const ROW = { yt_channel_id: 'a', harvest_ts: '2017-08-02T02:00:00', date: '2017-08-02', subs: 1947 };

let files = 0;
let file: string;
beforeEach(() => {
  file = join(folder, `${files++}.db`);
});

/** Another program at work on the file. */
async function others<T>(work: (database: SqliteDatabase) => T): Promise<T> {
  const database = await SqliteDatabase.open(file, file);
  const result = work(database);
  database.close();
  return result;
}

async function store(rows: Row[], options: Partial<StoreSinkOptions> = {}): Promise<void> {
  const all = { schema: DAILY, create: false, zone: UTC, ...options };
  const sink = await sqliteStore.sink(file, all);
  await sink.write(batchFromRows(all.schema, rows));
  await sink.close();
}

async function read(
  schema?: RecordSchema,
  table?: string,
): Promise<{ schema: RecordSchema; batches: Batch[]; rows: Row[] }> {
  const source = await sqliteStore.source(file, { schema, table, zone: UTC });
  const batches: Batch[] = [];
  for (let batch = source.take(); batch !== 'end' && batch !== 'wait'; batch = source.take()) batches.push(batch);
  await source.close();
  return { schema: source.schema, batches, rows: batches.flatMap((batch) => [...rowsOf(batch)]) };
}

const stored = (columns: string[], table = 'yt_daily'): Promise<SqlValue[][]> =>
  others((database) => database.select(`SELECT ${columns.join(', ')} FROM ${table}`, columns));

async function failureOf(work: Promise<unknown>): Promise<FreshetError> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof FreshetError) return failure;
  throw failure ?? new Error('it did not fail');
}

describe('the write-ahead log', () => {
  it('is gone when the last program has closed the file, and empty until then', async () => {
    const log = `${file}-wal`;
    await store([ROW], { create: true });
    expect(existsSync(log)).toBe(false);
    const reader = await SqliteDatabase.open(file, file);
    reader.exec('SELECT * FROM yt_daily');
    await store([{ ...ROW, harvest_ts: '2017-08-02T03:00:00', subs: 1948 }]);
    expect(statSync(log).size).toBe(0);
    expect(reader.select('SELECT subs FROM yt_daily', ['subs'])).toEqual([[1948]]);
    reader.close();
    await store([ROW]);
    expect(existsSync(log)).toBe(false);
  });
});

describe('the table that freshet makes', () => {
  it('has the columns of the annotation, and times as the text that they came as', async () => {
    await store([ROW], { create: true });
    const [[sql]] = await stored(['sql'], 'sqlite_schema');
    expect(sql).toBe(
      'CREATE TABLE "yt_daily" ("channel" TEXT NOT NULL, "harvest_ts" TEXT NOT NULL, "date" TEXT NOT NULL, ' +
        '"subs" INTEGER NOT NULL, PRIMARY KEY ("channel", "date"))',
    );
    expect(await stored(['channel', 'harvest_ts', 'date', 'subs'])).toEqual([
      ['a'],
      ['2017-08-02T02:00:00'],
      ['2017-08-02'],
      [1947],
    ]);
  });

  it('is read as its columns are named, or as a schema names its fields', async () => {
    await store([ROW], { create: true });
    const { yt_channel_id: channel, ...rest } = ROW;
    const found = await read();
    expect(found.rows).toEqual([{ channel, ...rest }]);
    expect(found.schema).toMatchObject({ name: 'yt_daily', key: ['channel', 'date'] });
    expect(found.schema.fields.map(({ name, type }) => `${name} ${type.kind}`)).toEqual([
      'channel string',
      'harvest_ts string',
      'date string',
      'subs long',
    ]);
    expect((await read(DAILY)).rows).toEqual([ROW]);
    const { date, ...raw } = ROW;
    expect((await read(YT, 'yt_daily')).rows).toEqual([raw]);
  });

  it('goes by the name in the URI', async () => {
    await store([ROW], { create: true, table: 'odd "name" ?1; --' });
    expect((await read(DAILY, 'odd "name" ?1; --')).rows).toEqual([ROW]);
  });

  it('needs columns of different names', async () => {
    const schema = parseSchema(
      { type: 'record', name: 't', fields: ['a', 'A'].map((name) => ({ name, type: 'int' })) },
      't',
    );
    const failure = await failureOf(store([], { schema, create: true }));
    expect(failure).toBeInstanceOf(UsageError);
    expect(failure.message).toBe('fields a and A of schema t would both be the column A');
  });
});

describe('a table that others made', () => {
  const make = (sql: string): Promise<void> => others((database) => database.exec(sql));

  it('takes rows into the types of origin 002, and keeps columns that freshet does not know', async () => {
    await make(
      'CREATE TABLE yt_daily (harvest_ts DATETIME, channel VARCHAR(100), date DATETIME, subs INT, seen INT DEFAULT 7, ' +
        'PRIMARY KEY (channel, date)) WITHOUT ROWID',
    );
    await store([ROW, { ...ROW, yt_channel_id: '007' }, { ...ROW, yt_channel_id: '7' }]);
    await make('UPDATE yt_daily SET seen = 8');
    await store([{ ...ROW, harvest_ts: '2017-08-02T10:00:00', subs: 2000 }]);
    expect(await stored(['channel', 'harvest_ts', 'subs', 'seen'])).toEqual([
      ['007', '7', 'a'],
      ['2017-08-02T02:00:00', '2017-08-02T02:00:00', '2017-08-02T10:00:00'],
      [1947, 1947, 2000],
      [8, 8, 8],
    ]);
  });

  it('is left alone, with the statement that would help, where a column is missing', async () => {
    await make('CREATE TABLE yt_daily (channel TEXT, harvest_ts TEXT, date TEXT, PRIMARY KEY (channel, date))');
    const failure = await failureOf(store([ROW]));
    expect(failure).toMatchObject({ status: 2, message: `table yt_daily in ${file} has no column subs` });
    const statement = /ALTER TABLE.*;/.exec(failure.next ?? '')?.[0] ?? '';
    await make(statement);
    await store([ROW]);
    expect(await stored(['subs'])).toEqual([[1947]]);
  });

  it('is left alone, with the statement that would help, where it has no key', async () => {
    await make('CREATE TABLE yt_daily (channel TEXT, harvest_ts TEXT, date TEXT, subs INT, PRIMARY KEY (channel))');
    const failure = await failureOf(store([ROW]));
    expect(failure.status).toBe(2);
    expect(failure.message).toContain('has no primary key or unique index of (channel, date)');
    await make(/CREATE UNIQUE INDEX.*;/.exec(failure.next ?? '')?.[0] ?? '');
    await store([ROW]);
  });

  it.each([
    ['compares keys without regard to case', 'channel TEXT COLLATE NOCASE', 'compares byte for byte'],
    ['would take 007 for 7', 'channel NUMERIC', 'column channel of table yt_daily'],
    ['needs what the rows do not have', 'owner TEXT NOT NULL, channel TEXT', 'has a column owner that may not be null'],
    ['computes a column', "channel TEXT AS ('a') STORED", 'is generated'],
  ])('is refused where it %s', async (_, columns, message) => {
    await make(`CREATE TABLE yt_daily (${columns}, harvest_ts TEXT, date TEXT, subs INT, UNIQUE (channel, date))`);
    const failure = await failureOf(store([ROW]));
    expect(failure.status).toBe(2);
    expect(failure.message).toContain(message);
    expect(await stored(['channel'])).toEqual([[]]);
  });

  it('may hold times of any form, and what is no time is older than all', async () => {
    await make(
      'CREATE TABLE yt_daily (channel TEXT, harvest_ts TEXT, date TEXT, subs INT, PRIMARY KEY (channel, date));' +
        "INSERT INTO yt_daily VALUES ('a', '2017-08-02 09:00', '2017-08-02', 1), ('b', 'soon', '2017-08-02', 1)," +
        "('c', NULL, '2017-08-02', 1), ('d', '2017-08-02T23:00:00+23:00', '2017-08-02', 1)",
    );
    const rows = ['a', 'b', 'c', 'd'].map((yt_channel_id) => ({ ...ROW, yt_channel_id }));
    const sink = await sqliteStore.sink(file, { schema: DAILY, create: false, zone: UTC });
    await sink.write(batchFromRows(DAILY, rows));
    await sink.close();
    expect(sink.counts()).toEqual({ rows: 4, applied: 3, stale: 1, tied: 0 });
    expect(await stored(['subs'])).toEqual([[1, 1947, 1947, 1947]]);
  });

  it('is read with the types that its values have where their declaration does not say', async () => {
    await make(
      'CREATE TABLE t (i NUMERIC, r DECIMAL(5, 2), s DATETIME, b, n INTEGER PRIMARY KEY, u);' +
        "INSERT INTO t VALUES (1, 1.5, '2017-08-02', x'00', 1, NULL), (2, 2, '2017-08-03', x'01', 2, NULL)",
    );
    const { schema, rows } = await read();
    expect(schema.fields.map(({ type }) => type.kind)).toEqual(['long', 'double', 'string', 'bytes', 'long', 'string']);
    expect(rows[1]).toEqual({ i: 2, r: 2, s: '2017-08-03', b: Uint8Array.of(1), n: 2, u: null });
  });

  it('gives dead letters for rows that do not fit, and the others', async () => {
    await make(
      'CREATE TABLE yt_daily (channel TEXT, harvest_ts TEXT, date TEXT, subs INT);' +
        "INSERT INTO yt_daily VALUES ('a', '2017-08-02T02:00:00', '2017-08-02', 1)," +
        "('b', '2017-02-30T02:00:00', '2017-08-02', 2), ('c', '2017-08-02T02:00:00', '2017-08-02', 'many')," +
        "(NULL, '2017-08-02T02:00:00', '2017-08-02', 4), ('e', '2017-08-02T02:00:00', '2017-08-02', 5)",
    );
    const { batches, rows } = await read(DAILY);
    expect(rows.map((row) => row.yt_channel_id)).toEqual(['a', 'e']);
    expect([...(batches[0].selection ?? [])].map((row) => batches[0].origin?.ordinal(row))).toEqual([1, 5]);
    expect(batches[0].rejects?.map(({ reason, ordinal, raw }) => [ordinal, reason, String(raw)])).toEqual([
      [
        2,
        expect.stringContaining('harvest_ts'),
        '{"channel":"b","harvest_ts":"2017-02-30T02:00:00","date":"2017-08-02","subs":2}',
      ],
      [3, 'field subs must be a long, not "many"', expect.stringContaining('"many"')],
      [4, 'field yt_channel_id must be a string, not null', expect.stringContaining('null')],
    ]);
  });

  it('gives dead letters for nested values that do not fit, and for times inside of them', async () => {
    const meta = { type: 'record', name: 'meta', fields: [{ name: 'at', type: 'string' }] };
    const schema = parseSchema(
      { type: 'record', name: 't', fields: [{ name: 'meta', type: meta }], freshet: { time: 'meta.at' } },
      't',
    );
    await make(
      `CREATE TABLE t (meta TEXT); INSERT INTO t VALUES ('{"at":"2017-08-02"}'), ('{"at":"2017-02-30"}'), ('{at}'), ('{}')`,
    );
    const source = await sqliteStore.source(file, { schema, zone: UTC, paths: ['meta.at'] });
    const batch = source.take();
    await source.close();
    if (batch === 'end' || batch === 'wait') throw new Error('no rows');
    expect([...rowsOf(batch)]).toEqual([{ 'meta.at': '2017-08-02' }]);
    expect(batch.rejects?.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('2017-02-30 does not exist'),
      expect.stringContaining('field meta must be JSON text'),
      expect.stringContaining('field meta.at is missing'),
    ]);
  });

  it.each([
    ['a table with rowids', 'CREATE TABLE t (k TEXT, n INT)'],
    ['a table without rowids', 'CREATE TABLE t (k TEXT, n INT, PRIMARY KEY (k DESC, n)) WITHOUT ROWID'],
    ['a table that has a column rowid', 'CREATE TABLE t (k TEXT, n INT, rowid TEXT)'],
    ['a table whose columns take all names of rowids', 'CREATE TABLE t (k TEXT, n INT, rowid, _rowid_, oid)'],
    ['a view', 'CREATE TABLE t0 (k TEXT, n INT); CREATE VIEW t AS SELECT * FROM t0'],
  ])('is read page by page, each row once: %s', async (what, create) => {
    const target = what === 'a view' ? 't0' : 't';
    await make(
      `${create}; WITH RECURSIVE c(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c WHERE n < 9999) ` +
        `INSERT INTO ${target} (k, n) SELECT CASE n % 3 WHEN 0 THEN CAST(x'61ff' AS TEXT) ELSE 'k' || (n % 7) END, n FROM c`,
    );
    const { rows, batches } = await read(undefined, 't');
    expect(batches.length).toBeGreaterThan(2);
    expect(rows.map((row) => Number(row.n)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 9999 }, (_, at) => at + 1),
    );
  });

  it('need not be named where it is the only one', async () => {
    const none = await failureOf(read().catch((error: unknown) => Promise.reject(error)));
    expect(none).toMatchObject({ status: 2, message: `there is no file ${file}` });
    await make('CREATE TABLE one (a INT)');
    expect((await read()).schema.name).toBe('one');
    await make('CREATE TABLE two (a INT)');
    const several = await failureOf(read());
    expect(several).toMatchObject({ status: 2, message: `${file} has 2 tables and none is named` });
    expect(several.next).toContain('It has one, two.');
    const unknown = await failureOf(read(undefined, 'three'));
    expect(unknown).toMatchObject({ status: 2, message: `${file} has no table three`, next: 'It has one, two.' });
  });

  it('is read while it is written, without either waiting', async () => {
    await store(
      Array.from({ length: 5000 }, (_, at) => ({ ...ROW, yt_channel_id: `c${at}` })),
      { create: true },
    );
    const source = await sqliteStore.source(file, { schema: DAILY, zone: UTC });
    source.take();
    await store([{ ...ROW, yt_channel_id: 'new' }]);
    let rest = 0;
    for (let batch = source.take(); batch !== 'end' && batch !== 'wait'; batch = source.take()) rest += batch.length;
    await source.close();
    expect(rest).toBeLessThan(5000);
    expect((await read(DAILY)).rows).toHaveLength(5001);
  });
});

describe('a file that another program locks', () => {
  it('is waited for once it was written to, with a line at the begin and one at the end', async () => {
    const told: string[] = [];
    const options = { schema: DAILY, create: true, zone: UTC, tell: (sentence: string) => told.push(sentence) };
    const sink = await new SqliteStore(20).sink(file, options);
    await sink.write(batchFromRows(DAILY, [ROW]));
    const other = await SqliteDatabase.open(file, file);
    other.exec('BEGIN IMMEDIATE');
    const waiting = sink.write(batchFromRows(DAILY, [{ ...ROW, subs: ROW.subs + 1 }]));
    while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    other.exec('COMMIT');
    await waiting;
    expect(told).toEqual([
      `${file} is locked by another program: trying again until it lets go`,
      expect.stringMatching(/is free again after \d+ s$/),
    ]);
    expect(sink.counts()).toEqual({ rows: 2, applied: 2, stale: 0, tied: 0 });
    other.close();
    await sink.close();
  });

  it('is not waited for by a run that is told to stop', async () => {
    const stop = new AbortController();
    const options = { schema: DAILY, create: true, zone: UTC, tell: () => stop.abort(), stop: stop.signal };
    const sink = await new SqliteStore(20).sink(file, options);
    await sink.write(batchFromRows(DAILY, [ROW]));
    const other = await SqliteDatabase.open(file, file);
    other.exec('BEGIN IMMEDIATE');
    const failure = await failureOf(sink.write(batchFromRows(DAILY, [ROW])));
    expect(failure).toMatchObject({
      status: 4,
      message: `${file} is locked by another program, and freshet was told to stop: the last rows are not stored`,
    });
    other.close();
    await sink.close();
  });
});

describe('a file without a write-ahead log', () => {
  it('keeps its journal; a reader that does not end keeps writers from it', async () => {
    await others((database) => database.exec('PRAGMA journal_mode = DELETE; CREATE TABLE other (a)'));
    await store([ROW], { create: true });
    expect(await stored(['journal_mode'], 'pragma_journal_mode')).toEqual([['delete']]);
    const source = await sqliteStore.source(file, { schema: DAILY, table: 'yt_daily', zone: UTC });
    const sink = await new SqliteStore(50).sink(file, { schema: DAILY, create: false, zone: UTC });
    const rows = batchFromRows(DAILY, [{ ...ROW, subs: 5000 }]);
    const failure = await failureOf(sink.write(rows));
    expect(failure).toMatchObject({ status: 4, message: expect.stringContaining(`${file} is locked`) });
    expect(sink.counts()).toEqual({ rows: 0, applied: 0, stale: 0, tied: 0 });
    await source.close();
    await sink.write(rows);
    await sink.close();
    expect(await stored(['subs'])).toEqual([[5000]]);
  });
});

describe('a file that can not be used', () => {
  const failures = async (message: string): Promise<void> => {
    for (const work of [store([ROW], { create: true }), read(DAILY)]) {
      const failure = await failureOf(work);
      expect(failure.status).toBe(2);
      expect(failure.message).toBe(message);
      expect(failure.next).toBeTruthy();
    }
  };

  it('is a folder', async () => {
    file = folder;
    await failures(`${folder} is a folder, not a SQLite database`);
  });

  it('is something else than a database', async () => {
    writeFileSync(file, 'yt_channel_id,harvest_ts\n'.repeat(500));
    await failures(`${file} is not a SQLite database`);
  });

  it('is in a folder that is not there', async () => {
    file = join(folder, 'nowhere', 'freshet.db');
    const failure = await failureOf(store([ROW], { create: true }));
    expect(failure).toMatchObject({
      status: 2,
      message: expect.stringContaining(`there is no folder ${join(folder, 'nowhere')}`),
    });
  });

  it('is missing, or has no such table, and nothing may be made', async () => {
    expect(await failureOf(store([ROW]))).toMatchObject({ status: 2, message: `there is no file ${file}` });
    await others((database) => database.exec('CREATE TABLE other (a)'));
    const failure = await failureOf(store([ROW]));
    expect(failure).toMatchObject({ status: 2, message: `${file} has no table yt_daily` });
    await others((database) => database.exec(/CREATE TABLE.*;/.exec(failure.next ?? '')?.[0] ?? ''));
    await store([ROW]);
  });

  it('is empty: that is a database without tables', async () => {
    writeFileSync(file, '');
    await store([ROW], { create: true });
    expect((await read(DAILY)).rows).toEqual([ROW]);
  });
});
