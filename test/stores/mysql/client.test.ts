import { execFileSync } from 'node:child_process';
import { beforeEach, describe, expect, it } from 'vitest';
import { mysqlStore } from '../../../src/stores/mysql/mysql-store.js';
import { database } from '../../services/fresh-names.js';
import { mariadb } from '../../services/mariadb.js';
import { missingCommand, service } from '../../services/service.js';
import { EVERY_KIND, everyKindOfRow, foundOf, KINDS } from '../every-kind.js';
import { DAILY, daily, storeIn } from '../yt-tables.js';
import { ORIGIN_DAILY } from './origin-tables.js';
import { query } from './query.js';

const server = await service(mariadb);
const client = ['mariadb', 'mysql'].find((command) => missingCommand(command) === undefined);
if (client === undefined && process.env.CI === 'true') throw new Error('there is no mariadb or mysql: install one');
if (client === undefined) console.log('skipped: there is no mariadb or mysql here to read tables with');

let uri: string;

/**
 * The rows that a query gives in the server's own client: bytes, by the names of their columns. The client writes a line
 * feed, a tab, a NUL and a backslash with a backslash in front, and null as a text may be.
 */
function readBy(program: string, sql: string): Record<string, Buffer>[] {
  const { hostname, port, username, password, pathname } = new URL(uri);
  const words = ['--no-defaults', '--batch', '--default-character-set=utf8mb4', `--host=${hostname}`, `--port=${port}`];
  const printed = execFileSync(program, [...words, `--user=${username}`, '-e', sql, pathname.slice(1)], {
    env: { ...process.env, MYSQL_PWD: password },
    encoding: 'latin1',
    maxBuffer: 1 << 28,
  });
  const [names = [], ...rows] = printed
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
  return rows.map((cells) =>
    Object.fromEntries(cells.map((cell, at) => [names[at], Buffer.from(plain(cell), 'latin1')])),
  );
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', 0: '\0', '\\': '\\' };

function plain(cell: string): string {
  return cell.replace(/\\(.)/g, (_, letter: string) => ESCAPED[letter] ?? letter);
}

function readCell(name: string, cell: Buffer): unknown {
  const kind = KINDS.get(name) ?? 'text';
  if (kind === 'bytes') return cell.toString('hex');
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(cell);
  if (kind === 'json') return JSON.parse(text);
  return kind === 'double' ? Number(text) : text;
}

describe.skipIf(server === undefined || client === undefined)("the server's own client", () => {
  const read = (sql: string): Record<string, Buffer>[] => readBy(String(client), sql);

  beforeEach(async () => {
    uri = await database();
  });

  it('finds each value just as it was stored', async () => {
    const rows = everyKindOfRow();
    const { counts } = await storeIn(mysqlStore, uri, rows, { schema: EVERY_KIND, create: true });
    expect(counts.applied).toBe(rows.length);
    const names = [...KINDS.keys()];
    const nulls = names.map((name) => `${name} IS NULL AS no_${name}`);
    const found = read(`SELECT ${[...names, ...nulls].join(', ')} FROM reading_daily`).map((row) =>
      Object.fromEntries(
        names.map((name) => [
          name,
          String(row[`no_${name}`]) === '1' ? null : readCell(name, row[name] ?? Buffer.of()),
        ]),
      ),
    );
    const byChannel = (a: Record<string, unknown>, b: Record<string, unknown>): number =>
      String(a.channel) < String(b.channel) ? -1 : 1;
    const expected = rows.map((row) =>
      Object.fromEntries(names.map((name) => [name, foundOf(KINDS.get(name) ?? 'text', row[name])])),
    );
    expect(found.sort(byChannel)).toEqual(expected.sort(byChannel));
  });

  it('finds times of day and date in columns of the server’s own types', async () => {
    await query(uri, ORIGIN_DAILY, 'ALTER TABLE yt_daily MODIFY harvest_ts DATETIME(6)');
    const times = [
      '2017-08-02T02:00:00',
      '2017-08-02T23:59:59.999999',
      '1999-12-31T23:59:59.000001',
      '9999-12-31T00:00:00',
    ];
    await storeIn(
      mysqlStore,
      uri,
      times.map((time, at) => daily(`c${at}`, time, at)),
      { schema: DAILY },
    );
    const found = read('SELECT channel, harvest_ts, date, subs FROM yt_daily ORDER BY channel');
    expect(found.map((row) => Object.values(row).map(String))).toEqual([
      ['c0', '2017-08-02 02:00:00.000000', '2017-08-02 00:00:00', '0'],
      ['c1', '2017-08-02 23:59:59.999999', '2017-08-02 00:00:00', '1'],
      ['c2', '1999-12-31 23:59:59.000001', '1999-12-31 00:00:00', '2'],
      ['c3', '9999-12-31 00:00:00.000000', '9999-12-31 00:00:00', '3'],
    ]);
  });
});
