import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bug } from '../../src/records/errors.js';
import { inFolder } from '../cli/run-freshet.js';
import { makeTopic, producing, type TailedRecord, tailed } from '../endpoints/kafka/topics.js';
import { cassandra } from '../services/cassandra/cassandra.js';
import { database } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { type Mariadb, mariadb, startMariadb } from '../services/mariadb.js';
import { canStart, service } from '../services/service.js';
import { keyspace } from '../stores/cassandra/cql.js';
import { query } from '../stores/mysql/query.js';
import { roundsHere } from './fault-rounds.js';
import { COMMANDS, KeylessCopies, somePairs } from './keyless-copies.js';

const brokers = await service(kafka);
const address = brokers ?? '';

const CHUNKS = 60;
const CHUNK = 400;
const PARTITIONS = 4;

/** What is done to the copies of a store while they work, at some chunk of the input. */
interface Fault {
  readonly at: number;
  readonly kind: 'kill' | 'pause' | 'stop' | 'add';
  /** Its number. */
  readonly store: number;
}

const at = fc.integer({ min: 6, max: CHUNKS - 3 });

/** Of each store one is killed and one is paused at least, which takes the longest. */
const someFaults = (stores: number): fc.Arbitrary<Fault[]> => {
  const store = fc.nat(stores - 1);
  const kind = fc.constantFrom<Fault['kind'][]>('kill', 'kill', 'stop', 'add');
  const more = fc.array(fc.record({ at, store, kind }), { minLength: 2, maxLength: 3 });
  const kills = fc.tuple(...Array.from({ length: stores }, () => at));
  return fc.tuple(more, kills).map(([others, killed]) => [
    ...others,
    ...killed.flatMap((when, one): Fault[] => [
      { at: when, store: one, kind: 'kill' },
      { at: 20, store: one, kind: 'pause' },
    ]),
  ]);
};

const rounds = (share: number) =>
  Array.from({ length: roundsHere(share) }, (_, at) => {
    const command = COMMANDS[at % COMMANDS.length] ?? bug('there are commands');
    return [at + 1, command] as const;
  });

/** Writes pairs into a topic, chunk by chunk. @returns what is there: a writer may have written some twice */
async function pour(topic: string, round: number, then: (chunk: number) => Promise<void>): Promise<TailedRecord[]> {
  const messages = somePairs(round, CHUNKS * CHUNK);
  await producing(address, async (producer) => {
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      await producer.send({ topic, messages: messages.slice(chunk * CHUNK, (chunk + 1) * CHUNK), acks: -1 });
      await sleep(80);
      await then(chunk);
    }
  });
  return tailed(address, [topic]);
}

/** Two copies for each store, which are struck; in the end each record is there once, in each. */
async function strikeAll(round: number, command: string, uris: readonly string[]): Promise<void> {
  const input = await makeTopic(address, { numPartitions: PARTITIONS });
  const all = uris.map((uri) => new KeylessCopies(address, input, command, uri));
  try {
    await Promise.all(all.map((copies) => copies.beginWith(2)));
    const planned = fc.sample(someFaults(uris.length), { seed: 7 * round, numRuns: 1 })[0] ?? [];
    const written = await pour(input, round, async (chunk) => {
      for (const { store, kind } of planned.filter((one) => one.at === chunk)) await all[store]?.strike(kind);
    });
    for (const copies of all) await copies.finish(written.length);
    for (const copies of all) await copies.judge(written);
    // Faults count only where they came in the middle of the work: rows were stored that the group had not committed.
    expect(Math.max(...all.map(({ ahead }) => ahead))).toBeGreaterThan(0);
  } finally {
    for (const copies of all) copies.end();
  }
}

const server = await service(mariadb);
describe.skipIf(brokers === undefined || server === undefined)(
  'rows without a key, and dead letters in a table',
  () => {
    it.each(rounds(1 / 4))(
      'are there once though copies are killed, paused, stopped and added: round %i, %s',
      async (round, command) => {
        await inFolder(async (folder) => {
          await strikeAll(round, command, [await database(), `sqlite:${join(folder, 'rows.db')}`]);
        });
      },
    );
  },
);

const cluster = await service(cassandra);
describe.skipIf(brokers === undefined || cluster === undefined)('rows without a key in Cassandra', () => {
  it.each(rounds(1 / 10))('are there once, too: round %i, %s', async (round, command) => {
    await strikeAll(100 + round, command, [await keyspace(String(cluster))]);
  });
});

describe.skipIf(brokers === undefined || !canStart(mariadb))('rows without a key in a database that is killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-keyless-'));
  let own: Mariadb;
  beforeAll(async () => {
    own = await startMariadb(folder);
  });
  afterAll(async () => {
    await own.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it.each(rounds(1 / 10))('are there once: round %i, %s', async (round, command) => {
    const input = await makeTopic(address, { numPartitions: PARTITIONS });
    const uri = await database(own.address);
    const copies = new KeylessCopies(address, input, command, uri);
    const strikes = fc.sample(at, { seed: round, numRuns: 2 });
    const stored: number[] = [];
    try {
      await copies.beginWith(2);
      const written = await pour(input, round, async (chunk) => {
        if (!strikes.includes(chunk)) return;
        stored.push(Number((await query(uri, `SELECT COUNT(*) FROM ${copies.table}`))[0]?.[0]));
        await sleep(Math.random() * 100);
        await own.kill();
        await own.start();
      });
      await copies.finish(written.length);
      await copies.judge(written);
    } finally {
      copies.end();
    }
    // It was in the middle of the work.
    expect(Math.max(...stored)).toBeGreaterThan(0);
    expect(Math.max(...stored)).toBeLessThan(0.9 * CHUNKS * CHUNK);
  });
});
