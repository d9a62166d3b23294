import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { UTC } from '../../../src/records/time/zone.js';
import { cassandraStore } from '../../../src/stores/cassandra/cassandra-store.js';
import { type Cassandra, cassandra, startCassandra } from '../../services/cassandra/cassandra.js';
import { freePort } from '../../services/server-process.js';
import { canStart, missingCommand } from '../../services/service.js';
import { buildWorker, runWorker, type WorkerRun } from '../run-worker.js';
import { DAILY, type Harvest, rowOf } from '../store-model.js';
import { countsOf, modelOf, tableOf } from '../worker-tables.js';
import type { Workload } from '../workload.js';
import { addressOf, failureOf } from '../yt-tables.js';
import { keyspace } from './cql.js';

const isThere = canStart(cassandra);
const hasOpenssl = missingCommand('openssl') === undefined;
if (!hasOpenssl) console.log('skipped: there is no openssl here to make a certificate with');
const folder = mkdtempSync(join(tmpdir(), 'freshet-cassandra-outages-'));
let worker: string;
let own: Cassandra;
/** As the user who is there from the start. */
let server: string;

const ROW: Harvest = { channel: 'a', day: 1, second: 1, fraction: '', style: 'naive', subs: 1, note: null };
const OPTIONS = { schema: DAILY, create: true, zone: UTC };

const toldBy = ({ lines }: WorkerRun): string[] => lines.flatMap((line) => ('told' in line ? [line.told] : []));

describe.skipIf(!isThere)('a Cassandra that goes away', () => {
  beforeAll(async () => {
    worker = await buildWorker(folder);
    const login = ['authenticator: PasswordAuthenticator', 'authorizer: CassandraAuthorizer'];
    const settings = [...login, ...(hasOpenssl ? tlsSettings() : [])];
    own = await startCassandra(join(folder, 'server'), { settings, durable: true });
    server = own.address.replace('//', '//cassandra:cassandra@');
    // The first user is made a moment after clients are taken.
    let uri: string | undefined;
    while (uri === undefined) uri = await keyspace(server).catch(() => sleep(200).then(() => undefined));
  });
  afterAll(async () => {
    await own?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it.each([2, 7])(
    'is waited for when it is killed after %i batches: nothing lost, and counted right',
    async (after) => {
      const address = addressOf(await keyspace(server));
      const load: Workload = { seed: after, batches: 12, rows: 300, channels: 50 };
      let restarted: Promise<void> | undefined;
      const run = runWorker(
        worker,
        { ...load, scheme: 'cassandra', address },
        {
          onLine: (line) => {
            if (!('committed' in line) || line.committed !== after) return;
            restarted = sleep(Math.random() * 50)
              .then(() => own.kill())
              .then(() => sleep(500))
              .then(() => own.start());
          },
        },
      );
      expect(await run.ended).toBe(0);
      await restarted;
      expect(restarted).toBeDefined();
      expect(await tableOf(cassandraStore, address)).toEqual(modelOf(load).rows());
      expect(countsOf(run)).toEqual(modelOf(load).counts);
      expect(toldBy(run)).toEqual([
        expect.stringMatching(
          /^cassandra:\/\/cassandra@127\.0\.0\.1:\d+\/freshet_\w+ is away \(.*\): trying again until it is back$/,
        ),
        expect.stringMatching(/ is back after \d+ s$/),
      ]);
    },
  );

  it('is not waited for any longer once the run is to stop', async () => {
    const told: string[] = [];
    const stop = new AbortController();
    const address = addressOf(await keyspace(server));
    const sink = await cassandraStore.sink(address, { ...OPTIONS, tell: (line) => told.push(line), stop: stop.signal });
    await own.kill();
    const written = failureOf(sink.write(batchFromRows(DAILY, [rowOf(ROW)])));
    while (told.length === 0) await sleep(10);
    stop.abort();
    expect(await written).toMatchObject({ status: 4, message: expect.stringContaining('freshet was told to stop') });
    await sink.close();
    await own.start();
  });

  it('is told with its address when it is away at the start', async () => {
    const port = await freePort();
    expect(await failureOf(cassandraStore.sink(`//u@127.0.0.1:${port}/d`, OPTIONS))).toMatchObject({
      status: 4,
      message: `cassandra://u@127.0.0.1:${port}/d can't be reached: nobody listens there`,
    });
    expect((await failureOf(cassandraStore.source('//no.such.host.invalid/d', { zone: UTC }))).message).toContain(
      "cassandra://no.such.host.invalid/d can't be reached: the name of the server is not known",
    );
    // Somebody who takes the connection and says nothing.
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(port, '127.0.0.1', resolve));
    const failure = await failureOf(cassandraStore.sink(`//127.0.0.1:${port}/d`, OPTIONS));
    expect(failure).toMatchObject({
      status: 4,
      message: `cassandra://127.0.0.1:${port}/d can't be reached: no answer`,
    });
    mute.close();
  });

  it('is found through any of its nodes that is named', async () => {
    const { host, pathname } = new URL(await keyspace(server));
    const sink = await cassandraStore.sink(
      `//cassandra:cassandra@127.0.0.1:${await freePort()},${host}${pathname}`,
      OPTIONS,
    );
    await sink.write(batchFromRows(DAILY, [rowOf(ROW)]));
    expect(sink.counts().applied).toBe(1);
    await sink.close();
  });

  it('that does not let one in is wrong usage', async () => {
    const at = own.address.slice('cassandra://'.length);
    expect(await failureOf(cassandraStore.sink(`//cassandra:wrong@${at}/d`, OPTIONS))).toMatchObject({
      status: 2,
      message: `cassandra://cassandra@${at}/d does not let cassandra in with that password`,
    });
    expect(await failureOf(cassandraStore.sink(`//${at}/d`, OPTIONS))).toMatchObject({
      status: 2,
      message: `cassandra://${at}/d wants to know who you are`,
    });
  });

  it.skipIf(!hasOpenssl)('encrypts where that is asked for, and is checked where that is', async () => {
    const address = addressOf(await keyspace(server));
    const open = async (parameters: string): Promise<void> => {
      await (await cassandraStore.sink(`${address}?${parameters}`, OPTIONS)).close();
    };
    const ca = join(folder, 'ca.pem');
    for (const parameters of ['ssl=false', 'ssl=true', `ssl-ca=${ca}`, `ssl=verify&ssl-ca=${ca}`])
      await open(parameters);
    expect(await failureOf(open('ssl=verify'))).toMatchObject({
      status: 2,
      message: expect.stringContaining('the certificate of cassandra://'),
    });
    const other = join(folder, 'other.pem');
    makeCertificate(join(folder, 'other-key.pem'), other);
    expect((await failureOf(open(`ssl-ca=${other}`))).status).toBe(2);
    expect((await failureOf(open('ssl-cert=none'))).message).toBe("ssl-cert=none can't be read");
  });
});

/** A certificate of 127.0.0.1 that signs itself. */
function makeCertificate(key: string, cert: string): void {
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'];
  const made = spawnSync('openssl', [...words, '-subj', '/CN=node', '-addext', 'subjectAltName=IP:127.0.0.1']);
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
}

function tlsSettings(): string[] {
  const [key, cert, both] = ['key.pem', 'ca.pem', 'both.pem'].map((name) => join(folder, name));
  makeCertificate(key, cert);
  writeFileSync(both, readFileSync(key, 'utf8') + readFileSync(cert, 'utf8'));
  const factory = '{class_name: org.apache.cassandra.security.PEMBasedSslContextFactory}';
  return [
    `client_encryption_options: {enabled: true, optional: true, keystore: ${both}, ssl_context_factory: ${factory}}`,
  ];
}
