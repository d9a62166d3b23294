import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bug } from '../../../src/records/errors.js';
import { SqliteDatabase } from '../../../src/stores/sqlite/database.js';
import { end, ended, freshet, inFolder, rowsOf, start } from '../../cli/run-freshet.js';
import { freshName } from '../../services/fresh-names.js';
import { kafka } from '../../services/kafka/kafka.js';
import { service } from '../../services/service.js';
import { client, deleteTopic, makeTopic, membersOf, produce, producing } from './topics.js';

const address = await service(kafka);
const brokers = String(address);
const PARTITIONS = 4;

interface Daily {
  readonly yt_channel_id: string;
  readonly harvest_ts: string;
  readonly date: string;
  readonly subs: number;
}

/** So many rows of a few channels and days, in random order of time; no two of a channel have the same time. */
function dailyRows(count: number): Daily[] {
  const order = fc.sample(fc.integer(), { seed: 7, numRuns: count });
  const rows = order.map((place, at) => {
    const second = Math.floor(at / 60);
    const date = `2017-08-${String(1 + (second % 20)).padStart(2, '0')}`;
    const time = new Date(Math.floor(second / 20) * 1000).toISOString().slice(11, 19);
    return { place, row: { yt_channel_id: `channel_${at % 60}`, harvest_ts: `${date}T${time}`, date, subs: at } };
  });
  return rows.sort((a, b) => a.place - b.place).map(({ row }) => row);
}

/** The newest of each channel and day. */
function newest(rows: readonly Daily[]): Map<string, Daily> {
  const found = new Map<string, Daily>();
  for (const row of rows) {
    const key = `${row.yt_channel_id} ${row.date}`;
    if ((found.get(key)?.harvest_ts ?? '') < row.harvest_ts) found.set(key, row);
  }
  return found;
}

async function tableOf(store: string): Promise<Map<string, Daily>> {
  const { out } = await freshet([
    'report',
    '--once',
    '--limit',
    '0',
    '--format',
    'json',
    '--from',
    `${store}#yt_daily`,
  ]);
  const rows: (Omit<Daily, 'yt_channel_id'> & { channel: string })[] = JSON.parse(out);
  return new Map(rows.map(({ channel, ...row }) => [`${channel} ${row.date}`, { yt_channel_id: channel, ...row }]));
}

const messagesOf = (rows: readonly Daily[], from: number) =>
  rows.map((row, at) => ({ partition: (from + at) % PARTITIONS, value: JSON.stringify(row) }));

const copy = (topic: string, store: string, ...flags: string[]): string[] => [
  ...['store', 'daily', '--from', `kafka:${topic}`, '--to', store, '--brokers', brokers],
  ...['--log-format', 'json', ...flags],
];

/** Where a group stands, by partition; -1: nowhere. */
async function positionsOf(group: string, topic: string): Promise<number[]> {
  const admin = client(brokers).admin();
  await admin.connect();
  // The first group of a broker has to wait until Kafka has made its own topic for them.
  const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] }).catch(() => []);
  await admin.disconnect();
  return [...(found?.partitions ?? [])].sort((a, b) => a.partition - b.partition).map(({ offset }) => Number(offset));
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const started = Date.now();
  while (!(await holds())) {
    if (Date.now() - started > 60_000) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + Math.max(0, one), 0);
const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

interface Round {
  readonly topic: string;
  readonly group: string;
  readonly store: string;
  readonly copies: ChildProcess[];
  startCopy(): ChildProcess;
}

/** More than a machine under load writes while something befalls the copies. */
const MOST_ROWS = 150_000;

/** Writes rows while copies store them and something befalls these; then all of the rows must be in the store. */
async function round(count: number, befalls: (round: Round) => Promise<void>): Promise<void> {
  await inFolder(async (cwd) => {
    const topic = await makeTopic(brokers, { numPartitions: PARTITIONS });
    const group = freshName('group');
    const store = `sqlite:${join(cwd, 'test.db')}`;
    const rows = dailyRows(MOST_ROWS);
    const errors: Promise<string>[] = [];
    const startCopy = (): ChildProcess => {
      const child = start(copy(topic, store, '--group', group), { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
      errors.push(ended(child).then(({ err }) => err));
      return child;
    };
    const copies = Array.from({ length: count }, startCopy);
    let written = 0;
    let over = false;
    const writing = producing(brokers, async (producer) => {
      for (; !over && written < rows.length; written += 200) {
        await producer.send({ topic, messages: messagesOf(rows.slice(written, written + 200), written) });
        await pause(100);
      }
    });
    await until('the first positions', async () => sum(await positionsOf(group, topic)) > 0);
    await befalls({ topic, group, store, copies, startCopy }).finally(() => {
      over = true;
    });
    // Only what befell them in the middle of the work counts.
    expect(written).toBeLessThan(rows.length);
    await writing;
    await until('all to be read', async () => sum(await positionsOf(group, topic)) === written);
    const running = copies.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    for (const one of running) one.kill('SIGTERM');
    expect((await Promise.all(running.map(end))).map(({ status }) => status)).toEqual(running.map(() => 143));
    const told = (await Promise.all(errors))
      .join('')
      .split('\n')
      .filter((line) => line.includes('"error"'));
    expect(told).toEqual([]);
    expect(await tableOf(store)).toEqual(newest(rows.slice(0, written)));
  });
}

/** Stops a copy where it does not hold the file's lock, which would keep the others from it as long as it is stopped. */
async function stopUnlocked(copy: ChildProcess | undefined, store: string): Promise<void> {
  const file = store.slice('sqlite:'.length);
  const database = await SqliteDatabase.open(file, file, 0);
  for (;;) {
    copy?.kill('SIGSTOP');
    const isFree = await database.transaction(() => true).catch(() => false);
    if (isFree) break;
    copy?.kill('SIGCONT');
    await pause(10);
  }
  database.close();
}

/** Resolves when every partition has been read on since. @returns milliseconds */
async function readOn({ group, topic }: Round): Promise<number> {
  const before = await positionsOf(group, topic);
  const started = performance.now();
  await until('every partition to be read on', async () => {
    const now = await positionsOf(group, topic);
    return now.every((position, partition) => position > (before[partition] ?? 0));
  });
  return performance.now() - started;
}

const moments = fc.sample(fc.integer({ min: 0, max: 1500 }), { seed: 11, numRuns: 3 });

describe.skipIf(address === undefined)('copies of a store share a topic', () => {
  it.each([1, 2, 3])('%i of them, and kill -9 loses nothing', async (count) => {
    await round(count, async (now) => {
      await pause(moments[count - 1] ?? 0);
      const [victim] = now.copies;
      victim?.kill('SIGKILL');
      if (count === 1) now.copies.push(now.startCopy());
      // Another copy has taken its place after ten seconds, as it has to.
      expect(await readOn(now)).toBeLessThan(10_000);
    });
  });

  it('a copy that comes takes its share, and one that is told to stop gives it back', async () => {
    await round(1, async (now) => {
      const second = now.startCopy();
      now.copies.push(second);
      await pause(2000);
      await readOn(now);
      second.kill('SIGTERM');
      expect((await end(second)).status).toBe(143);
      await readOn(now);
    });
  });

  it('a copy that is stopped past its session goes on as one of them', async () => {
    await round(2, async (now) => {
      await pause(1000);
      const [stopped] = now.copies;
      await stopUnlocked(stopped, now.store);
      await pause(7000);
      await readOn(now);
      stopped?.kill('SIGCONT');
      await readOn(now);
    });
  });
});

describe.skipIf(address === undefined)('a group', () => {
  /** The figures of a run that reads as far as the topic goes. */
  const records = async (cwd: string, topic: string, ...flags: string[]): Promise<unknown> => {
    const { err, status } = await freshet(copy(topic, 'sqlite:test.db', '--until-end', ...flags), '', { cwd });
    expect(status).toBe(0);
    return rowsOf(err).at(-1)?.records;
  };

  it('keeps its positions from run to run, and forgets them with --reset', async () => {
    await inFolder(async (cwd) => {
      const topic = await makeTopic(brokers, { numPartitions: PARTITIONS });
      const rows = dailyRows(500);
      await produce(brokers, topic, messagesOf(rows, 0));
      expect(await records(cwd, topic)).toBe(500);
      expect(await records(cwd, topic)).toBe(0);
      await produce(brokers, topic, messagesOf(rows.slice(0, 3), 0));
      expect(await records(cwd, topic)).toBe(3);
      expect(await records(cwd, topic, '--reset')).toBe(503);
      expect(await records(cwd, topic, '--offset', 'end')).toBe(0);
      // Another plan is another group.
      expect(await records(cwd, topic, '--where', 'subs >= 0')).toBe(503);
      expect(await records(cwd, topic, '--group', freshName('other'))).toBe(503);
      // Positions that were forgotten are so for good, also if nothing came after that.
      expect(await records(cwd, topic, '--reset', '--offset', 'end')).toBe(0);
      expect(await records(cwd, topic)).toBe(0);
    });
  });

  it('begins where it was told to, also if nothing came before it was stopped', async () => {
    await inFolder(async (cwd) => {
      const topic = await makeTopic(brokers, { numPartitions: PARTITIONS });
      const rows = dailyRows(40);
      await produce(brokers, topic, messagesOf(rows, 0));
      expect(await records(cwd, topic, '--offset', 'end')).toBe(0);
      await produce(brokers, topic, messagesOf(rows.slice(0, 8), 0));
      expect(await records(cwd, topic, '--offset', 'end')).toBe(8);
    });
  });

  it('does not lose what stands behind the end of a run in the same batch', async () => {
    await inFolder(async (cwd) => {
      const topic = await makeTopic(brokers);
      const rows = dailyRows(10);
      const messages = rows.map((row, second) => ({
        value: JSON.stringify(row),
        timestamp: `${1_500_000_000_000 + second}`,
      }));
      await produce(brokers, topic, messages);
      const group = freshName('group');
      expect(await records(cwd, topic, '--group', group, '--offset', 'e@1500000000004')).toBe(4);
      expect(await records(cwd, topic, '--group', group)).toBe(6);
    });
  });

  it('that was deleted with its topic begins again', async () => {
    await inFolder(async (cwd) => {
      const topic = await makeTopic(brokers);
      const rows = dailyRows(20);
      await produce(
        brokers,
        topic,
        rows.map((row) => ({ value: JSON.stringify(row) })),
      );
      expect(await records(cwd, topic)).toBe(20);
      const admin = client(brokers).admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [topic] });
      await until('the topic to be gone', async () => !(await admin.listTopics()).includes(topic));
      await admin.disconnect();
      await makeTopic(brokers, { topic });
      await produce(
        brokers,
        topic,
        rows.slice(0, 5).map((row) => ({ value: JSON.stringify(row) })),
      );
      expect(await records(cwd, topic)).toBe(5);
    });
  });

  it('whose topic is deleted meanwhile ends with a sentence', async () => {
    await inFolder(async (cwd) => {
      const topic = await makeTopic(brokers);
      const group = freshName('group');
      const child = start(copy(topic, 'sqlite:test.db', '--group', group), {
        cwd,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const how = ended(child);
      const rows = dailyRows(20);
      await produce(
        brokers,
        topic,
        rows.map((row) => ({ value: JSON.stringify(row) })),
      );
      await until('all to be read', async () => sum(await positionsOf(group, topic)) === 20);
      await produce(brokers, topic, [{ value: JSON.stringify(rows[0]) }]);
      await deleteTopic(brokers, topic);
      const { err, status } = await how;
      expect([status, rowsOf(err).find(({ level }) => level === 'error')?.message]).toEqual([
        4,
        `the topic ${topic} is not there any more`,
      ]);
    });
  });

  it('of which one topic is deleted ends with a sentence where positions are part of a transaction', async () => {
    const [name, output] = [freshName('some'), await makeTopic(brokers)];
    for (const one of ['1', '2']) await makeTopic(brokers, { topic: `${name}.${one}` });
    const args = ['aggregate', 'daily', '--from', `kafka:${name}.*`, '--to', `kafka:${output}`, '--every', '200ms'];
    const group = freshName('group');
    const how = ended(start([...args, '--brokers', brokers, '--group', group]));
    await membersOf(brokers, group);
    let ends = false;
    void how.then(() => {
      ends = true;
    });
    const rows = dailyRows(200);
    for (let at = 0; !ends; at++) {
      const { yt_channel_id, harvest_ts, subs } = rows[at % rows.length] ?? bug('no row');
      const message = { key: yt_channel_id, value: JSON.stringify({ yt_channel_id, harvest_ts, subs }) };
      await produce(brokers, `${name}.1`, [message]);
      if (at === 20) await deleteTopic(brokers, `${name}.2`);
    }
    expect(await how).toMatchObject({
      status: 4,
      err: expect.stringContaining(`the topic ${name}.2 is not there any more`),
    });
  });

  it('of another program is refused', async () => {
    await inFolder(async (cwd) => {
      const topic = await makeTopic(brokers);
      const group = freshName('theirs');
      const consumer = client(brokers).consumer({ groupId: group });
      await consumer.connect();
      await consumer.subscribe({ topic });
      const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
      await consumer.run({ eachMessage: async () => {} });
      await joined;
      const { err, status } = await freshet(copy(topic, 'sqlite:test.db', '--group', group), '', { cwd });
      await consumer.disconnect();
      expect(status).toBe(2);
      expect(rowsOf(err).at(-1)).toMatchObject({
        message: `group ${group} has members that are not freshet`,
        next: 'Choose another one with --group.',
      });
    });
  });

  it('refuses a newcomer that reads something else, and goes on', async () => {
    await inFolder(async (cwd) => {
      const [one, other] = [await makeTopic(brokers), await makeTopic(brokers)];
      const group = freshName('group');
      const first = start(copy(one, 'sqlite:one.db', '--group', group), { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
      const how = ended(first);
      await membersOf(brokers, group);
      const second = await freshet(copy(other, 'sqlite:two.db', '--group', group), '', { cwd });
      const message = `group ${group} has a member that reads`;
      expect(second.status).toBe(2);
      expect(second.err).toContain(message);
      first.kill('SIGTERM');
      expect((await how).status).toBe(143);
    });
  });
});
