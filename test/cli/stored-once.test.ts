import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Message } from 'kafkajs';
import { beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../src/stores/sqlite/database.js';
import { sqliteStore } from '../../src/stores/sqlite/sqlite-store.js';
import { client, deleteTopic, makeTopic, produce } from '../endpoints/kafka/topics.js';
import { progress } from '../faults/group-progress.js';
import { database, freshName } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { mariadb } from '../services/mariadb.js';
import { service } from '../services/service.js';
import { query } from '../stores/mysql/query.js';
import { numbersOf, range } from '../stores/shared-rows.js';
import { type Ended, ended, freshet, inFolder, start } from './run-freshet.js';

const address = await service(kafka);
const server = await service(mariadb);
const brokers = String(address);
const env: NodeJS.ProcessEnv = { ...process.env, KAFKA_BROKERS: brokers };

/** Pairs whose `a` are the numbers of a range. */
const pairs = (from: number, to: number): Message[] =>
  range(from, to).map((a) => ({ value: JSON.stringify({ a, b: 0 }) }));

let topic: string;
let group: string;

interface Summary {
  readonly applied: number;
  readonly tied: number;
}

/** Runs what stores the pairs that there are in a file. */
const run = (file: string, ...more: string[]): Promise<Ended> => {
  const words = ['store', 'raw', '--schema', 'pair', '--from', `kafka:${topic}`, '--group', group];
  return freshet([...words, '--to', `sqlite:${file}`, '--log-format', 'json', '--until-end', ...more], '', { env });
};

/** Stores them, to the end. */
async function store(file: string, ...more: string[]): Promise<Summary> {
  const { status, err } = await run(file, ...more);
  expect(status, err).toBe(0);
  const { applied, tied } = JSON.parse(err.trimEnd().split('\n').at(-1) ?? '') as Summary;
  return { applied, tied };
}

/** Makes a table of pairs that refuses some. */
async function tableWithout(file: string, ...refused: number[]): Promise<void> {
  const database = await SqliteDatabase.open(file, file);
  database.exec(`CREATE TABLE pair (a INTEGER NOT NULL, b INTEGER NOT NULL, CHECK (a NOT IN (${refused.join(', ')})))`);
  database.close();
}

/** The numbers of a range but for some. */
const without = (from: number, to: number, ...left: number[]): number[] =>
  range(from, to).filter((number) => !left.includes(number));

/** The numbers that are stored in a file. */
const stored = (file: string): Promise<number[]> => numbersOf(sqliteStore, file, 'pair', 'a');

async function forgetGroup(): Promise<void> {
  const admin = client(brokers).admin();
  await admin.connect();
  await admin.deleteGroups([group]);
  await admin.disconnect();
}

describe.skipIf(address === undefined)('rows without a key in a table', () => {
  beforeEach(async () => {
    topic = await makeTopic(brokers);
    group = freshName('once');
  });

  it('are stored once, also when the group has forgotten how far it had come', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'rows.db');
      await produce(brokers, topic, pairs(0, 50));
      expect(await store(file)).toEqual({ applied: 50, tied: 0 });
      await forgetGroup();
      await produce(brokers, topic, pairs(50, 60));
      expect(await store(file)).toEqual({ applied: 10, tied: 50 });
      expect(await store(file)).toEqual({ applied: 0, tied: 0 });
      await forgetGroup();
      // Where a group without a position starts is one thing, what the table has another.
      expect(await store(file, '--offset', '30')).toEqual({ applied: 0, tied: 30 });
      expect(await stored(file)).toEqual(range(0, 60));
    });
  });

  it('are stored anew with --reset, and with another group, once each', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'rows.db');
      await produce(brokers, topic, pairs(0, 20));
      expect(await store(file)).toEqual({ applied: 20, tied: 0 });
      expect(await store(file, '--reset', '--offset', '5')).toEqual({ applied: 15, tied: 0 });
      expect(await store(file)).toEqual({ applied: 0, tied: 0 });
      group = freshName('other');
      expect(await store(file)).toEqual({ applied: 20, tied: 0 });
      expect(await stored(file)).toHaveLength(55);
    });
  });

  it('are those of the topic that there is, when one of its name was deleted', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'rows.db');
      await produce(brokers, topic, pairs(0, 20));
      expect(await store(file)).toEqual({ applied: 20, tied: 0 });
      await deleteTopic(brokers, topic);
      await makeTopic(brokers, { topic });
      await produce(brokers, topic, pairs(100, 130));
      expect(await store(file)).toEqual({ applied: 30, tied: 0 });
      expect(await stored(file)).toEqual([...range(0, 20), ...range(100, 130)]);
    });
  });

  it('are those of several topics that one run reads, each by itself', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'rows.db');
      const other = await makeTopic(brokers, { numPartitions: 2 });
      const both = ['--from', `kafka:${other}`];
      await produce(brokers, topic, pairs(0, 20));
      await produce(brokers, other, pairs(100, 140));
      expect(await store(file, ...both)).toEqual({ applied: 60, tied: 0 });
      await forgetGroup();
      await produce(brokers, topic, pairs(20, 30));
      expect(await store(file, ...both)).toEqual({ applied: 10, tied: 60 });
      expect(await store(file, ...both, '--reset')).toEqual({ applied: 70, tied: 0 });
      const all = [...range(0, 30), ...range(100, 140)];
      expect(await stored(file)).toEqual([...all, ...all].sort((a, b) => a - b));
    });
  });

  it('are there once before a record that ends the run, which the next run meets again', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'rows.db');
      const poison = { value: '{' };
      await produce(brokers, topic, [...pairs(0, 10), poison, ...pairs(11, 20), poison, ...pairs(21, 30)]);
      for (let time = 0; time < 2; time++) {
        const { status, err } = await run(file, '--strict');
        expect([status, err]).toEqual([3, expect.stringContaining(`${topic}:0:10: not JSON`)]);
        expect(await stored(file)).toEqual(range(0, 10));
      }
      expect((await run(file, '--max-dead', '1')).status).toBe(3);
      expect(await stored(file)).toEqual(without(0, 20, 10));
      // Where the group has forgotten that it stood there, all of them are met once more, and no row is there twice.
      await forgetGroup();
      expect((await run(file, '--strict')).status).toBe(3);
      expect(await store(file)).toEqual({ applied: 9, tied: 9 });
      expect(await stored(file)).toEqual(without(0, 30, 10, 20));
    });
  });

  it('are there once beside rows that the table refuses, which end a run each time', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'rows.db');
      await tableWithout(file, 10, 20);
      await produce(brokers, topic, pairs(0, 30));
      for (let time = 0; time < 2; time++) {
        const { status, err } = await run(file, '--strict');
        expect([status, err]).toEqual([3, expect.stringContaining(`${topic}:0:10: the table refuses it`)]);
        expect(await stored(file)).toEqual(without(0, 30, 10, 20));
      }
      const dead = ['--dead', `sqlite:${file}#dead`];
      const letters = (): Promise<number[]> => numbersOf(sqliteStore, file, 'dead', 'offset');
      expect(await store(file, ...dead)).toEqual({ applied: 0, tied: 28 });
      expect(await letters()).toEqual([10, 20]);
      await forgetGroup();
      await produce(brokers, topic, pairs(30, 40));
      expect(await store(file, ...dead)).toMatchObject({ applied: 10 });
      expect(await stored(file)).toEqual(without(0, 40, 10, 20));
      expect(await letters()).toEqual([10, 20]);
    });
  });

  it('are there once where one record has many, some of which the table refuses', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'rows.db');
      const array = (from: number, to: number): Message => ({
        value: JSON.stringify(range(from, to).map((a) => ({ a, b: 0 }))),
      });
      await tableWithout(file, 12_001, 12_002);
      await produce(brokers, topic, [array(0, 12_000), array(12_000, 12_005)]);
      for (let time = 0; time < 2; time++) {
        const { status, err } = await run(file, '--strict');
        expect(status, err).toBe(3);
        expect(err).toContain('CHECK constraint failed');
      }
      await store(file, '--dead', `sqlite:${file}#dead`);
      expect(await stored(file)).toEqual(without(0, 12_005, 12_001, 12_002));

      if (server === undefined) return;
      const uri = new URL(await database());
      await query(
        uri.href,
        'CREATE TABLE pair (a BIGINT NOT NULL, b BIGINT NOT NULL, CHECK (a NOT IN (12001, 12002)))',
      );
      const words = ['store', 'raw', '--schema', 'pair', '--from', `kafka:${topic}`, '--group', freshName('once')];
      const to = ['--to', `mysql://${uri.username}@${uri.host}${uri.pathname}`, '--until-end'];
      const ended = await freshet([...words, ...to], '', { env: { ...env, MYSQL_PWD: uri.password } });
      expect(ended.status, ended.err).toBe(0);
      expect(ended.err.match(/the server refuses it/g)).toHaveLength(2);
      const [[count, sum] = []] = await query(uri.href, 'SELECT COUNT(*), SUM(a) FROM pair');
      const all = without(0, 12_005, 12_001, 12_002);
      expect([Number(count), Number(sum)]).toEqual([all.length, all.reduce((one, other) => one + other, 0)]);
    });
  });

  it('are not stored anew while another copy is at work, nor twice in one run', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'rows.db');
      topic = await makeTopic(brokers, { numPartitions: 2 });
      await produce(brokers, topic, pairs(0, 20));
      const words = ['store', 'raw', '--schema', 'pair', '--from', `kafka:${topic}`, '--group', group];
      const other = start([...words, '--to', `sqlite:${file}`], { env });
      const done = ended(other);
      await progress(brokers, group, topic, 20);
      const reset = await run(file, '--reset');
      expect([reset.status, reset.err]).toEqual([2, expect.stringContaining('are at work')]);
      other.kill('SIGTERM');
      expect((await done).status).toBe(143);
      const twice = await run(file, '--to', `sqlite:${file}#pair`);
      expect([twice.status, twice.err]).toEqual([2, expect.stringContaining('is written twice')]);
      expect(await stored(file)).toEqual(range(0, 20));
    });
  });

  it('leave a dead letter for each row of one record that the table refuses, once', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'rows.db');
      await tableWithout(file, 10, 11);
      await produce(brokers, topic, [{ value: JSON.stringify([1, 10, 11, 2].map((a) => ({ a, b: 0 }))) }]);
      for (let time = 0; time < 2; time++) {
        await store(file, '--dead', `sqlite:${file}#dead`);
        const database = await SqliteDatabase.open(file, file);
        const letters = database.select('SELECT raw FROM dead ORDER BY raw', ['raw']);
        database.close();
        expect(letters).toEqual([['{"a":10,"b":0}', '{"a":11,"b":0}']]);
        await forgetGroup();
      }
    });
  });

  it.skipIf(server === undefined)('are there once whatever says how the server is spoken to', async () => {
    const uri = new URL(await database());
    await produce(brokers, topic, pairs(0, 20));
    const words = ['store', 'raw', '--schema', 'pair', '--from', `kafka:${topic}`, '--until-end', '--to'];
    const plain = `mysql://${uri.username}@${uri.host}${uri.pathname}`;
    for (const to of [uri.href, plain, `${plain}?ssl=false`]) {
      const { status, err } = await freshet([...words, to], '', { env: { ...env, MYSQL_PWD: uri.password } });
      expect(status, err).toBe(0);
    }
    expect(await query(uri.href, 'SELECT COUNT(*) FROM pair')).toEqual([[20]]);
  });

  it('may be there twice where less was asked for', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'rows.db');
      await produce(brokers, topic, pairs(0, 5));
      for (let time = 0; time < 2; time++) {
        expect(await store(file, '--guarantee', 'at-least-once')).toEqual({ applied: 5, tied: 0 });
        await forgetGroup();
      }
      expect(await stored(file)).toHaveLength(10);
    });
  });

  it.skipIf(server === undefined)(
    'are stored by whoever has the partition, when one that was in the midst of it wakes up after its session',
    async () => {
      const uri = new URL(await database());
      const words = ['store', 'raw', '--schema', 'pair', '--from', `kafka:${topic}`, '--group', group];
      const to = `mysql://${uri.username}@${uri.host}${uri.pathname}`;
      const copy = (): ChildProcess =>
        start([...words, '--to', to], {
          env: { ...env, MYSQL_PWD: uri.password },
          stdio: ['ignore', 'ignore', 'pipe'],
        });
      await query(uri.href, 'CREATE TABLE pair (a BIGINT NOT NULL, b BIGINT NOT NULL) ENGINE = InnoDB');
      let count = 0;
      const more = async (pairs: number): Promise<void> => {
        const lines = range(count, count + pairs).map((a) => `{"a":${a},"b":0}\n`);
        count += pairs;
        const written = ['store', 'raw', '--schema', 'pair', '--to', `kafka:${topic}`];
        expect(await freshet(written, lines.join(''), { env })).toMatchObject({ status: 0 });
      };
      const rows = async (): Promise<number> => Number((await query(uri.href, 'SELECT COUNT(*) FROM pair'))[0]?.[0]);
      await more(300_000);
      const first = copy();
      const copies = [first];
      try {
        while ((await rows()) === 0) await sleep(5);
        first.kill('SIGSTOP');
        // It has more of what it has fetched to store.
        expect(await rows()).toBeLessThan(count);
        copies.push(copy());
        await progress(brokers, group, topic, count);
        first.kill('SIGCONT');
        await more(5000);
        await progress(brokers, group, topic, count);
        const done = copies.map(ended);
        for (const one of copies) one.kill('SIGTERM');
        for (const { status, err } of await Promise.all(done)) expect(status, err).toBe(143);
        const found = await query(uri.href, 'SELECT COUNT(*), COUNT(DISTINCT a), MAX(a) FROM pair');
        expect(found).toEqual([[count, count, count - 1]]);
      } finally {
        for (const one of copies) one.kill('SIGKILL');
      }
    },
  );
});
