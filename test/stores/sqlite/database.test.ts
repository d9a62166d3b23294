import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/records/errors.js';
import type { SqlValue } from '../../../src/stores/sql-value.js';
import { quoteName, SqliteDatabase } from '../../../src/stores/sqlite/database.js';

const folder = mkdtempSync(join(tmpdir(), 'freshet-sqlite-database-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
let database: SqliteDatabase;
beforeEach(async () => {
  const file = join(folder, `${files++}.db`);
  database = await SqliteDatabase.open(file, file);
});
afterEach(() => database.close());

/** One value as SQLite computes it. */
function computed(sql: string, parameters: SqlValue[] = []): SqlValue {
  return database.select(`SELECT ${sql} AS v`, ['v'], parameters)[0][0];
}

describe('values out of SQLite', () => {
  it.each<[string, SqlValue]>([
    ['NULL', null],
    ["''", ''],
    ["'a' || char(0) || 'b'", 'a\0b'],
    ["char(0) || 'cut by others'", '\0cut by others'],
    ["CAST(x'61ff62' AS TEXT)", 'a\ufffdb'],
    ["CAST(x'eda080' AS TEXT)", '\ufffd\ufffd\ufffd'],
    ["'[1]'", '[1]'],
    ["json_array('i', '1')", '["i","1"]'],
    ["x''", Buffer.alloc(0)],
    ["x'00ff'", Buffer.of(0, 255)],
    ['1', 1],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775807 - 1', -9223372036854775808n],
    ['0.1', 0.1],
    ['1e999', Number.POSITIVE_INFINITY],
    ['-1e999', Number.NEGATIVE_INFINITY],
  ])('%s is exact', (sql, value) => {
    expect(computed(sql)).toEqual(value);
  });

  it('are exact in a database of UTF-16, whatever the byte order', async () => {
    for (const encoding of ['UTF-16le', 'UTF-16be']) {
      const file = join(folder, `${encoding}.db`);
      const other = await SqliteDatabase.open(file, file);
      other.exec(`PRAGMA encoding = '${encoding}'; CREATE TABLE t (a)`);
      other.run('INSERT INTO t VALUES (?1), (?2)', ['é😀\0', 2n ** 60n]);
      expect(other.select('SELECT a FROM t', ['a'])).toEqual([['é😀\0', 2n ** 60n]]);
      other.close();
    }
  });

  it('keep the order of the query', () => {
    const sql = "SELECT value AS v FROM json_each('[3, 1, 2]') ORDER BY value DESC";
    expect(database.select(sql, ['v'])).toEqual([[3, 2, 1]]);
  });
});

describe('parameters', () => {
  it('come back as they were given', () => {
    const parameter = fc.oneof(
      fc.constant(null),
      fc.string({ unit: 'grapheme' }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((value) => !Number.isSafeInteger(Number(value))),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true }).map((value) => (value === 0 ? 0 : value)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(parameter, parameter, (a, b) => {
        expect(database.select('SELECT ?1 AS a, ?2 AS b', ['a', 'b'], [a, b])).toEqual([[a], [b]]);
      }),
    );
  });

  it('that are integers stay integers', () => {
    expect(computed('typeof(?1)', [5])).toBe('integer');
  });

  // Each of these ends the process, or stores something else, where the binding is called as it is.
  it.each<[string, unknown[]]>([
    ['a boolean', [true]],
    ['an object', [{}]],
    ['undefined', [undefined]],
    ['NaN', [Number.NaN]],
    ['an integer of more than 64 bits', [2n ** 63n]],
    ['one too many', [1, 2]],
    ['one too few', []],
  ])('are refused where there is %s', (_, parameters) => {
    expect(() => computed('?1', parameters as SqlValue[])).toThrow();
    expect(computed('?1', ['fine'])).toBe('fine');
  });

  it('may be a lone buffer', () => {
    expect(computed('?1', [Buffer.of(1, 2)])).toEqual(Buffer.of(1, 2));
  });

  it('are told from names and texts that look like them', () => {
    const name = 'what?2 "really"';
    database.exec(`CREATE TABLE t (${quoteName(name)})`);
    expect(database.run(`INSERT INTO t (${quoteName(name)}) VALUES (?1 || '''?3')`, ['a'])).toBe(1);
    expect(database.select(`SELECT ${quoteName(name)} FROM t`, [name])).toEqual([["a'?3"]]);
  });
});

describe('transactions', () => {
  it('change nothing where something goes wrong', async () => {
    database.exec('CREATE TABLE t (a)');
    const work = (): never => {
      database.run('INSERT INTO t VALUES (?1)', [1]);
      throw new Error('a reason');
    };
    await expect(database.transaction(work)).rejects.toThrow('a reason');
    expect(await database.transaction(() => database.select('SELECT a FROM t', ['a']))).toEqual([[]]);
  });

  it('wait for other programs without blocking this one', async () => {
    const other = await SqliteDatabase.open(database.file, database.file);
    other.exec('CREATE TABLE t (a); BEGIN IMMEDIATE');
    setTimeout(() => other.exec('COMMIT'), 60);
    expect(await database.transaction(() => database.run('INSERT INTO t VALUES (1)'))).toBe(1);
    other.close();
  });

  it('give up in time, with a sentence that says which file is locked', async () => {
    const other = await SqliteDatabase.open(database.file, database.file);
    other.exec('BEGIN IMMEDIATE');
    const impatient = await SqliteDatabase.open(database.file, database.file, 50);
    const failure = impatient.transaction(() => {});
    await expect(failure).rejects.toThrow(ServiceError);
    await expect(failure).rejects.toThrow(`${database.file} is locked: another program is using it`);
    await expect(failure).rejects.toMatchObject({ status: 4 });
    other.exec('COMMIT');
    await impatient.transaction(() => {});
    impatient.close();
    other.close();
  });

  it('say that there is no room, and leave the database whole', async () => {
    database.exec('PRAGMA max_page_count = 10; CREATE TABLE t (a)');
    const fill = database.transaction(() => database.run('INSERT INTO t VALUES (randomblob(100000))'));
    await expect(fill).rejects.toThrow(`no room to write ${database.file}`);
    await expect(fill).rejects.toMatchObject({ status: 4 });
    expect(computed('(SELECT integrity_check FROM pragma_integrity_check)')).toBe('ok');
    expect(computed('(SELECT count(*) FROM t)')).toBe(0);
  });

  it('say that a file is damaged', async () => {
    database.exec("CREATE TABLE t (a); INSERT INTO t SELECT randomblob(900) FROM json_each('[1,2,3,4,5,6,7,8,9]')");
    database.close();
    // The first page, which has the tables' names, stays whole.
    const [page, size] = [4096, statSync(database.file).size];
    const descriptor = openSync(database.file, 'r+');
    writeSync(descriptor, Buffer.alloc(size - page, 0x5a), 0, size - page, page);
    closeSync(descriptor);
    database = await SqliteDatabase.open(database.file, database.file);
    const failure = database.transaction(() => database.run('INSERT INTO t VALUES (?1)', [1]));
    await expect(failure).rejects.toThrow(ServiceError);
    await expect(failure).rejects.toThrow(`${database.file} is damaged`);
  });
});
