import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { UTC } from '../../../src/records/time/zone.js';
import { mysqlStore } from '../../../src/stores/mysql/mysql-store.js';
import { database } from '../../services/fresh-names.js';
import { type Mariadb, mariadb, startMariadb } from '../../services/mariadb.js';
import { freePort } from '../../services/server-process.js';
import { canStart, missingCommand } from '../../services/service.js';
import { buildWorker, runWorker, type WorkerRun } from '../run-worker.js';
import { DAILY, type Harvest, rowOf } from '../store-model.js';
import { countsOf, modelOf, tableOf } from '../worker-tables.js';
import type { Workload } from '../workload.js';
import { addressOf, failureOf } from '../yt-tables.js';

const isThere = canStart(mariadb);
const hasOpenssl = missingCommand('openssl') === undefined;
if (!hasOpenssl) console.log('skipped: there is no openssl here to make a certificate with');
const folder = mkdtempSync(join(tmpdir(), 'freshet-mysql-outages-'));
let worker: string;
let own: Mariadb;

const ROW: Harvest = { channel: 'a', day: 1, second: 1, fraction: '', style: 'naive', subs: 1, note: null };
const OPTIONS = { schema: DAILY, create: true, zone: UTC };

const toldBy = ({ lines }: WorkerRun): string[] => lines.flatMap((line) => ('told' in line ? [line.told] : []));

describe.skipIf(!isThere)('a MySQL server that goes away', () => {
  beforeAll(async () => {
    worker = await buildWorker(folder);
    own = await startMariadb(join(folder, 'server'), { flags: hasOpenssl ? tlsFlags() : [] });
  });
  afterAll(async () => {
    await own.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it.each([2, 9, 17])(
    'is waited for when it is killed after %i batches: nothing lost, and counted right',
    async (after) => {
      const address = addressOf(await database(own.address));
      const load: Workload = { seed: after, batches: 30, rows: 1000, channels: 300 };
      let restarted: Promise<void> | undefined;
      const run = runWorker(
        worker,
        { ...load, scheme: 'mysql', address },
        {
          onLine: (line) => {
            if (!('committed' in line) || line.committed !== after) return;
            restarted = sleep(Math.random() * 30)
              .then(() => own.kill())
              .then(() => sleep(300))
              .then(() => own.start());
          },
        },
      );
      expect(await run.ended).toBe(0);
      await restarted;
      expect(await tableOf(mysqlStore, address)).toEqual(modelOf(load).rows());
      expect(countsOf(run)).toEqual(modelOf(load).counts);
      expect(toldBy(run)).toEqual([
        expect.stringMatching(
          /^mysql:\/\/freshet@127\.0\.0\.1:\d+\/freshet_\w+ is away \(.*\): trying again until it is back$/,
        ),
        expect.stringMatching(/ is back after \d+ s$/),
      ]);
    },
  );

  it('is waited for when it ends connections, without a word where it is there again at once', async () => {
    const uri = await database(own.address);
    const load: Workload = { seed: 3, batches: 40, rows: 500, channels: 300 };
    const other = await mysql.createConnection(own.address);
    let ended = 0;
    const run = runWorker(
      worker,
      { ...load, scheme: 'mysql', address: addressOf(uri) },
      {
        onLine: async (line) => {
          if (!('committed' in line) || line.committed % 10 !== 5) return;
          const [list] = await other.query<mysql.RowDataPacket[]>('SHOW PROCESSLIST');
          for (const { Id, db } of list) {
            if (!uri.endsWith(String(db))) continue;
            await other.query(`KILL ${Id}`).catch(() => {});
            ended++;
          }
        },
      },
    );
    expect(await run.ended).toBe(0);
    await other.end();
    expect(ended).toBeGreaterThan(1);
    expect(await tableOf(mysqlStore, addressOf(uri))).toEqual(modelOf(load).rows());
    expect(countsOf(run)).toEqual(modelOf(load).counts);
    expect(toldBy(run)).toEqual([]);
  });

  it('is not waited for any longer once the run is to stop', async () => {
    const told: string[] = [];
    const stop = new AbortController();
    const address = addressOf(await database(own.address));
    const sink = await mysqlStore.sink(address, { ...OPTIONS, tell: (line) => told.push(line), stop: stop.signal });
    await own.kill();
    const written = failureOf(sink.write(batchFromRows(DAILY, [rowOf(ROW)])));
    while (told.length === 0) await sleep(10);
    stop.abort();
    expect(await written).toMatchObject({ status: 4, message: expect.stringContaining('freshet was told to stop') });
    await own.start();
  });

  it('is told with its address when it is away at the start', async () => {
    const port = await freePort();
    expect(await failureOf(mysqlStore.sink(`//u@127.0.0.1:${port}/d`, OPTIONS))).toMatchObject({
      status: 4,
      message: `mysql://u@127.0.0.1:${port}/d can't be reached: nobody listens there`,
    });
    expect((await failureOf(mysqlStore.source('//u@no.such.host.invalid/d', OPTIONS))).message).toContain(
      "mysql://u@no.such.host.invalid/d can't be reached: the name of the server is not known",
    );
    // Somebody who takes the connection and says nothing.
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(port, '127.0.0.1', resolve));
    const failure = await failureOf(mysqlStore.sink(`//u@127.0.0.1:${port}/d`, OPTIONS));
    expect(failure).toMatchObject({ status: 4, message: `mysql://u@127.0.0.1:${port}/d can't be reached: no answer` });
    mute.close();
  });

  it('that does not let one in, or has no such database, is wrong usage', async () => {
    const { port } = new URL(own.address);
    const at = `127.0.0.1:${port}`;
    expect(await failureOf(mysqlStore.sink(`//freshet:wrong@${at}/d`, OPTIONS))).toMatchObject({
      status: 2,
      message: `mysql://freshet@${at}/d does not let freshet in with that password`,
    });
    expect(await failureOf(mysqlStore.sink(`//freshet@${at}/d`, OPTIONS))).toMatchObject({
      status: 2,
      next: 'Set MYSQL_PWD.',
    });
    expect(await failureOf(mysqlStore.sink(`//freshet:secret@${at}/none`, OPTIONS))).toMatchObject({
      status: 2,
      message: `mysql://freshet@${at}/none: there is no database none`,
      next: 'Make it: CREATE DATABASE none;',
    });
  });

  it('is waited for while another program holds locks', async () => {
    const uri = await database(own.address);
    const told: string[] = [];
    const sink = await mysqlStore.sink(addressOf(uri), { ...OPTIONS, tell: (line) => told.push(line) });
    await sink.write(batchFromRows(DAILY, [rowOf(ROW)]));
    const other = await mysql.createConnection(uri);
    await other.beginTransaction();
    await other.query('SELECT * FROM yt_daily FOR UPDATE');
    const written = sink.write(batchFromRows(DAILY, [rowOf({ ...ROW, second: 2 })]));
    while (told.length === 0) await sleep(100);
    await other.rollback();
    await written;
    expect(told).toEqual([
      expect.stringMatching(/ has rows locked that are to be written: trying again until they are free$/),
      expect.stringMatching(/ lets go on after \d+ s$/),
    ]);
    expect(sink.counts()).toEqual({ rows: 2, applied: 2, stale: 0, tied: 0 });
    await sink.close();
    await other.end();
  });

  it.skipIf(!hasOpenssl)('encrypts where it can, and is checked where that is asked for', async () => {
    const uri = await database(own.address);
    const open = async (parameters: string): Promise<void> => {
      await (await mysqlStore.sink(`${addressOf(uri)}?${parameters}`, OPTIONS)).close();
    };
    const encrypted = async (): Promise<number> => {
      const connection = await mysql.createConnection(own.address);
      const [rows] = await connection.query<mysql.RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'Ssl_finished_accepts'");
      await connection.end();
      return Number(rows[0]?.Value);
    };
    const before = await encrypted();
    await open('ssl=false');
    expect(await encrypted()).toBe(before);
    for (const parameters of ['', 'ssl=true', 'ssl-mode=required', `ssl-ca=${folder}/ca.pem`]) await open(parameters);
    expect(await encrypted()).toBe(before + 4);
    expect(await failureOf(open('ssl-mode=VERIFY_CA'))).toMatchObject({
      status: 2,
      message: expect.stringContaining('the certificate of mysql://'),
    });
    expect((await failureOf(open('ssl=verify'))).message).toContain('127.0.0.1 is an address');
    expect((await failureOf(open('ssl-mod=required'))).next).toBe('Did you mean ssl-mode?');
    // The certificate is one of localhost.
    const named = `${addressOf(uri).replace('127.0.0.1', 'localhost')}?ssl=verify&ssl-ca=${folder}/ca.pem`;
    await (await mysqlStore.sink(named, OPTIONS)).close();
  });
});

/** A certificate of localhost that signs itself. */
function tlsFlags(): string[] {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'ca.pem')];
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'];
  const made = spawnSync('openssl', [...words, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']);
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  return [`--ssl-cert=${cert}`, `--ssl-key=${key}`];
}
