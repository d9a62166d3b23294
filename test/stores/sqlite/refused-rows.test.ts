import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { Row } from '../../../src/records/value.js';
import { SqliteDatabase } from '../../../src/stores/sqlite/database.js';
import { sqliteStore } from '../../../src/stores/sqlite/sqlite-store.js';
import { DAILY, daily, readFrom, storeIn } from '../yt-tables.js';

const folder = mkdtempSync(join(tmpdir(), 'freshet-sqlite-refused-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
let uri: string;
beforeEach(() => {
  uri = `sqlite:${join(folder, `${files++}.db`)}`;
});

/** Another program at work on the file. */
async function make(sql: string): Promise<void> {
  const file = uri.slice('sqlite:'.length);
  const database = await SqliteDatabase.open(file, file);
  database.exec(sql);
  database.close();
}

const TABLE = 'channel TEXT, harvest_ts TEXT, date TEXT, subs INT, PRIMARY KEY (channel, date)';
const store = (rows: readonly Row[], options?: Parameters<typeof storeIn>[3]): ReturnType<typeof storeIn> =>
  storeIn(sqliteStore, uri, rows, options);
const subs = async (): Promise<Map<unknown, unknown>> =>
  new Map((await readFrom(sqliteStore, uri, DAILY, 'yt_daily')).map((row) => [row.yt_channel_id, row.subs]));

const at = (channel: string, count: number, hour = 2): Row => daily(channel, `2017-08-02T0${hour}:00:00`, count);
const LEFT_OUT = 'the table leaves it out, by a trigger or an ON CONFLICT of its own';

describe('tables of SQLite that refuse rows', () => {
  it('put them aside, and those alone', async () => {
    await make(`CREATE TABLE yt_daily (${TABLE}, CHECK (subs < 10))`);
    const rows = Array.from({ length: 500 }, (_, place) => at(`c${place}`, place % 10));
    for (const place of [17, 18, 499]) rows[place] = at(`c${place}`, 10);
    const { counts, rejected } = await store(rows);
    const reason = 'the table refuses it: CHECK constraint failed: subs < 10';
    expect(rejected).toEqual([17, 18, 499].map((row) => ({ row, reason })));
    expect(counts).toEqual({ rows: 500, applied: 497, stale: 0, tied: 0 });
    const stored = rows.filter(({ subs: count }) => count !== 10);
    expect(await subs()).toEqual(new Map(stored.map((row) => [row.yt_channel_id, row.subs])));
  });

  const trigger = (when: string, does: string): string =>
    `CREATE TABLE yt_daily (${TABLE}); CREATE TRIGGER t ${when} ON yt_daily WHEN new.channel = 'bad' ` +
    `BEGIN SELECT RAISE(${does}, 'not this one'); END`;
  it.each([
    ['a check', `CREATE TABLE yt_daily (${TABLE}, CHECK (channel <> 'bad'))`, 'CHECK constraint failed: channel'],
    ['a key of its own', `CREATE TABLE yt_daily (${TABLE}, UNIQUE (subs))`, 'UNIQUE constraint failed: yt_daily.subs'],
    [
      'one that tells less apart',
      `CREATE TABLE yt_daily (${TABLE}, UNIQUE (subs) ON CONFLICT ROLLBACK)`,
      'UNIQUE constraint failed: yt_daily.subs',
    ],
    ['a trigger', trigger('BEFORE INSERT', 'ABORT'), 'not this one'],
    ['a trigger that leaves half of it', trigger('AFTER INSERT', 'FAIL'), 'not this one'],
    ['a trigger that ends the transaction', trigger('AFTER INSERT', 'ROLLBACK'), 'not this one'],
  ])('by %s, whatever becomes of the transaction', async (_, sql, message) => {
    await make(sql);
    const { counts, rejected } = await store([at('a', 1), at('b', 2), at('bad', 2), at('c', 3)]);
    expect(rejected).toEqual([{ row: 2, reason: expect.stringContaining(`the table refuses it: ${message}`) }]);
    expect(counts).toEqual({ rows: 4, applied: 3, stale: 0, tied: 0 });
    expect([...(await subs()).keys()].sort()).toEqual(['a', 'b', 'c']);
  });

  it('for a value that is missing, or of another type than a strict column', async () => {
    const note = parseSchema(
      {
        type: 'record',
        name: 'note',
        fields: [
          { name: 'id', type: 'int' },
          { name: 'at', type: 'long' },
          { name: 'text', type: ['null', 'string'] },
          { name: 'value', type: 'double' },
        ],
        freshet: { key: 'id', time: 'at' },
      },
      'NOTE',
    );
    await make('CREATE TABLE note (id INT, at INT, text TEXT NOT NULL, value REAL, PRIMARY KEY (id, at)) STRICT');
    const rows = [
      { text: 'a', value: 0.1 },
      { text: null, value: 0.1 },
      { text: 'b', value: Number.NaN },
    ].map((row, id) => ({ id, at: 1, ...row }));
    const { counts, rejected } = await store(rows, { schema: note });
    expect(rejected).toEqual([
      { row: 1, reason: 'the table refuses it: NOT NULL constraint failed: note.text' },
      { row: 2, reason: 'the table refuses it: cannot store TEXT value in REAL column note.value' },
    ]);
    expect(counts).toEqual({ rows: 3, applied: 1, stale: 0, tied: 0 });
  });

  it('put those aside that they leave out without a word', async () => {
    await make(
      `CREATE TABLE yt_daily (${TABLE}, UNIQUE (subs) ON CONFLICT IGNORE); ` +
        "CREATE TRIGGER t BEFORE INSERT ON yt_daily WHEN new.channel = 'x' BEGIN SELECT RAISE(IGNORE); END",
    );
    const { counts, rejected } = await store([at('a', 1), at('b', 1), at('x', 2), at('c', 3)]);
    expect(rejected).toEqual([
      { row: 1, reason: LEFT_OUT },
      { row: 2, reason: LEFT_OUT },
    ]);
    expect(counts).toEqual({ rows: 4, applied: 2, stale: 0, tied: 0 });
  });

  it('take rows without a key but for those', async () => {
    const outcome = parseSchema({ type: 'record', name: 'outcome', fields: [{ name: 'outcome', type: 'int' }] }, 'O');
    await make('CREATE TABLE outcome (outcome INT CHECK (outcome < 2))');
    const rows = [0, 1, 2, 1, 3].map((one) => ({ outcome: one }));
    const { counts, rejected } = await store(rows, { schema: outcome });
    expect(rejected.map(({ row }) => row)).toEqual([2, 4]);
    expect(counts).toEqual({ rows: 5, applied: 3, stale: 0, tied: 0 });
  });

  it('refuse no row that is stale', async () => {
    await make(`CREATE TABLE yt_daily (${TABLE}, CHECK (subs < 10))`);
    await store(['a', 'b'].map((channel) => at(channel, 1, 5)));
    const { counts, rejected } = await store([at('a', 99, 2), at('b', 2, 6), at('c', 99)]);
    expect(rejected.map(({ row }) => row)).toEqual([2]);
    expect(counts).toEqual({ rows: 3, applied: 1, stale: 1, tied: 0 });
    expect([...(await subs()).values()]).toEqual([1, 2]);
  });

  it('count rows right whatever their triggers write elsewhere', async () => {
    await make(
      `CREATE TABLE yt_daily (${TABLE}, CHECK (subs < 10)); CREATE TABLE log (channel);` +
        'CREATE TRIGGER t AFTER INSERT ON yt_daily BEGIN INSERT INTO log VALUES (new.channel), (1); END;' +
        'CREATE TRIGGER u AFTER UPDATE ON yt_daily BEGIN DELETE FROM log; END',
    );
    await store([at('a', 1, 1), at('b', 1, 1)]);
    const { counts, rejected } = await store([at('a', 2), at('b', 99), at('c', 3), at('a', 4, 1)]);
    expect(rejected.map(({ row }) => row)).toEqual([1]);
    expect(counts).toEqual({ rows: 4, applied: 2, stale: 1, tied: 0 });
  });

  it('keep those that a map would have that refuses the same rows, with its counts', async () => {
    // Of a key there is one row in each batch: which of several is written before the others is the batch's to say.
    const row = fc.record({
      channel: fc.integer({ min: 0, max: 9 }),
      hour: fc.integer({ min: 1, max: 4 }),
      bad: fc.boolean(),
    });
    const batch = fc.uniqueArray(row, { maxLength: 10, selector: ({ channel }) => channel });
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { maxLength: 5 }), async (batches) => {
        uri = `sqlite:${join(folder, `${files++}.db`)}`;
        await make(`CREATE TABLE yt_daily (${TABLE}, CHECK (subs < 10))`);
        const model = new Map<number, number>();
        for (const rows of batches) {
          const expected = { rows: rows.length, applied: 0, stale: 0, tied: 0 };
          const refused: number[] = [];
          for (const [place, { channel, hour, bad }] of rows.entries()) {
            const stored = model.get(channel) ?? 0;
            if (hour < stored) expected.stale++;
            else if (hour === stored && !bad) expected.tied++;
            else if (bad) refused.push(place);
            else {
              expected.applied++;
              model.set(channel, hour);
            }
          }
          const { counts, rejected } = await store(
            rows.map(({ channel, hour, bad }) => at(`c${channel}`, bad ? 99 : 1, hour)),
          );
          expect(rejected.map((one) => one.row)).toEqual(refused);
          expect(counts).toEqual(expected);
        }
        const rows = await readFrom(sqliteStore, uri, DAILY, 'yt_daily');
        expect(new Map(rows.map((one) => [one.yt_channel_id, one.harvest_ts]))).toEqual(
          new Map([...model].map(([channel, hour]) => [`c${channel}`, `2017-08-02T0${hour}:00:00`])),
        );
      }),
      { numRuns: 20 },
    );
  });
});
