import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cassandra, startCassandra } from '../services/cassandra/cassandra.js';
import { database, freshName } from '../services/fresh-names.js';
import { mariadb, startMariadb } from '../services/mariadb.js';
import { canStart } from '../services/service.js';
import { end, freshet, start, until } from './run-freshet.js';
import { hasTmux, Terminal } from './tmux.js';

interface Server {
  readonly address: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const STORES = [
  {
    name: 'MySQL',
    service: mariadb,
    open: async (folder: string): Promise<{ server: Server; uri: string }> => {
      const server = await startMariadb(folder);
      return { server, uri: await database(server.address) };
    },
  },
  {
    name: 'Cassandra',
    service: cassandra,
    open: async (folder: string): Promise<{ server: Server; uri: string }> => {
      const server = await startCassandra(folder, { durable: true });
      return { server, uri: `${server.address}/${freshName()}` };
    },
  },
];

const row = (channel: string, day: number, subs: number, second = 0): string =>
  `{"yt_channel_id":"${channel}","harvest_ts":"2017-08-0${day}T02:00:0${second}","date":"2017-08-0${day}","subs":${subs}}\n`;

describe.each(STORES)('a report of a table of $name', ({ service, open }) => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-report-stores-'));
  let server: Server | undefined;
  let table = '';
  let env: NodeJS.ProcessEnv = {};
  let terminal: Terminal | undefined;

  const isThere = canStart(service);
  beforeAll(async () => {
    if (!isThere) return;
    const opened = await open(join(folder, 'server'));
    server = opened.server;
    const uri = new URL(opened.uri);
    // Where there is one, it stands in no command line.
    env = { ...process.env, MYSQL_PWD: uri.password };
    uri.password = '';
    table = `${uri.href}#yt_daily`;
    await store(row('a', 1, 1000) + row('a', 2, 1010) + row('b', 2, 7));
  });
  afterEach(() => terminal?.close());
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const store = async (rows: string): Promise<void> => {
    const { err, status } = await freshet(['store', 'daily', '--to', table.replace('#yt_daily', '')], rows, { env });
    expect({ err, status }).toEqual({ err: '', status: 0 });
  };

  it.skipIf(!isThere || !hasTmux())('is updated in place, and goes on after the server was away', async () => {
    terminal = await Terminal.open(110, 24, { MYSQL_PWD: env.MYSQL_PWD ?? '' });
    terminal.type(`freshet report '${table}' --refresh 200ms; echo "status $?"`, 'Enter');
    await terminal.shows(/a +2017-08-02 +1010 +\+10 +▁█/);
    await store(row('a', 2, 1022, 1) + row('c', 2, 5));
    await terminal.shows(/a +2017-08-02 +1022 +\+12 +\+22 +▁█ +2017-08-02T02:00:01\n(?:.*\n)*.*c +2017-08-02 +5 /);
    await server?.kill();
    await terminal.shows(/away for \d+ s, trying again: can't be reached: nobody listens there/);
    // What was read last is still there to be looked at.
    expect(terminal.screen()).toMatch(/a +2017-08-02 +1022/);
    await server?.start();
    await terminal.shows(/live · 4 rows/);
    await store(row('a', 2, 1023, 2));
    await terminal.shows(/a +2017-08-02 +1023 +\+1 +\+23/);
    terminal.type('q');
    await terminal.shows('status 0');
  });

  it.skipIf(!isThere)('is printed once, and again and again while it can be read', async () => {
    const once = await freshet(['report', '--once', '--format', 'csv', table], '', { env });
    expect(once).toMatchObject({ err: '', status: 0, out: expect.stringMatching(/^b,/m) });
    const child = start(['report', table, '--every', '300ms', '--refresh', '100ms', '--format', 'csv'], { env });
    let [out, err] = ['', ''];
    child.stdout?.on('data', (bytes) => {
      out += String(bytes);
    });
    child.stderr?.on('data', (bytes) => {
      err += String(bytes);
    });
    const tables = (): string[] => out.split(/^(?=yt_channel_id)/m);
    await until('two tables', () => tables().length > 1);
    await server?.kill();
    await until('that it is away', () => err !== '');
    const printed = tables().length;
    await server?.start();
    await until('that it is back', () => err.includes('is back'));
    await until('another table', () => tables().length > printed + 1);
    const written = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    expect((await end(child)).status).toBe(143);
    await written;
    expect(new Set(tables())).toHaveLength(1);
    // A reading may have been cut off before nobody listened.
    expect(err).toMatch(/^(freshet: .*: trying again until it is back\n){1,2}freshet: .* is back after \d+ (s|min)\n$/);
    expect(err).toContain(`freshet: ${table.replace('#yt_daily', '')} can't be reached: `);
    expect(err).toMatch(/(nobody listens there|the connection is lost): trying/);
    expect(err).toContain(`freshet: ${table} is back`);
  });
});
