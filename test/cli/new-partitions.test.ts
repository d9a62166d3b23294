import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { client, makeTopic, producing } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { type Ended, ended, freshet, rowsOf, start, until } from './run-freshet.js';

const address = await service(kafka);
const brokers = String(address);
const env = { ...process.env, KAFKA_BROKERS: brokers };

/** Writes one row each, of a channel named for it, into partitions of a topic. */
function write(topic: string, partitions: readonly number[], hour: number): Promise<unknown> {
  const messages = partitions.map((partition) => {
    const channel = `${topic}:${partition}:${hour}`;
    return { partition, value: `{"yt_channel_id":"${channel}","harvest_ts":"2017-08-01T0${hour}:00:00","subs":1}` };
  });
  return producing(brokers, (producer) => producer.send({ topic, messages }));
}

async function grow(topic: string, count: number): Promise<void> {
  const admin = client(brokers).admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: [{ topic, count }] });
  // kafkajs drops messages for partitions that its broker has not heard of.
  const known = async (): Promise<number> => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.filter(({ leader }) => leader >= 0).length ?? 0;
  };
  while ((await known()) < count) await new Promise((resolve) => setTimeout(resolve, 50));
  await admin.disconnect();
}

/** A command that goes on, and what it has printed so far. */
function running(...args: string[]): { child: ChildProcess; out: () => string; done: Promise<Ended> } {
  const child = start(args, { env });
  let out = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  return { child, out: () => out, done: ended(child) };
}

/** Each once: standard output may get rows again when partitions move. */
const channelsOf = (text: string): unknown[] => [...new Set(rowsOf(text).map((row) => row.yt_channel_id))];

async function stopped({ child, done }: ReturnType<typeof running>): Promise<Ended> {
  child.kill('SIGINT');
  return done;
}

describe.skipIf(address === undefined).concurrent('partitions that a topic gets while it is read', () => {
  it('are shared among the copies of a group, and read from their beginning', async () => {
    const topic = await makeTopic(brokers, { numPartitions: 2 });
    const ends = ['--from', `kafka:${topic}`, '--to', '-', '--offset', 'end'];
    const args = ['store', 'raw', '--schema', 'yt', ...ends, '--group', freshName()];
    const copies = [running(...args), running(...args)];
    const seen = (): unknown[] => copies.flatMap(({ out }) => channelsOf(out()));
    // It is read from now on, whenever that is for the later one.
    let hour = 0;
    while (copies.some(({ out }) => out() === '')) await write(topic, [0, 1], hour++ % 10);
    await grow(topic, 5);
    await write(topic, [2, 3, 4], 0);
    const added = [2, 3, 4].map((partition) => `${topic}:${partition}:0`);
    await until('the rows of new partitions', () => added.every((channel) => seen().includes(channel)));
    for (const { status } of await Promise.all(copies.map(stopped))) expect(status).toBe(130);
  });

  it('and topics that a pattern fits are read by a running group', async () => {
    const name = freshName('many');
    await makeTopic(brokers, { topic: `${name}.1` });
    const copy = running('store', 'raw', '--schema', 'yt', '--from', `kafka:${name}.*`, '--to', '-');
    await write(`${name}.1`, [0], 1);
    await until('the first topic', () => channelsOf(copy.out()).length > 0);
    await makeTopic(brokers, { topic: `${name}.2`, numPartitions: 2 });
    await write(`${name}.2`, [0, 1], 2);
    await until('the second topic', () => channelsOf(copy.out()).length === 3);
    expect((await stopped(copy)).status).toBe(130);
    expect(channelsOf(copy.out()).sort()).toEqual([`${name}.1:0:1`, `${name}.2:0:2`, `${name}.2:1:2`]);
  });

  it('are read by a command without a group', async () => {
    const [one, two] = [await makeTopic(brokers), await makeTopic(brokers)];
    // Read in two ways they are no group's.
    const from = ['--from', `kafka:${one}`, '--from', `kafka:${two}?format=ndjson`];
    const copy = running('aggregate', 'total', ...from, '--select', 'count() as n', '--every', '100ms');
    await write(one, [0], 1);
    await write(two, [0], 1);
    await until('the first rows', () => copy.out().includes('"n":2'));
    await grow(one, 2);
    await write(one, [1], 1);
    await until('the row of the new partition', () => copy.out().includes('"n":3'));
    expect((await stopped(copy)).status).toBe(130);
  });

  it('and topics that a pattern fits are shown by tail', async () => {
    const name = freshName('tailed');
    await makeTopic(brokers, { topic: `${name}.1` });
    await write(`${name}.1`, [0], 1);
    const copy = running('tail', `${name}.*`, '--offset', 'beginning');
    await until('the first topic', () => copy.out().includes(`${name}.1:0:0 `));
    await makeTopic(brokers, { topic: `${name}.2` });
    await write(`${name}.2`, [0], 2);
    await grow(`${name}.1`, 2);
    await write(`${name}.1`, [1], 3);
    await until('the second topic', () => copy.out().includes(`${name}.2:0:0 `));
    await until('the new partition', () => copy.out().includes(`${name}.1:1:0 `));
    expect((await stopped(copy)).status).toBe(130);
  });

  it('end a rollup, whose state is kept by partition, and do so when it is started again', async () => {
    const topic = await makeTopic(brokers, { numPartitions: 2 });
    const args = ['aggregate', 'daily', '--from', `kafka:${topic}`, '--group', freshName()];
    await write(topic, [0, 1], 1);
    const copy = running(...args);
    await until('the first rows', () => channelsOf(copy.out()).length === 2);
    await grow(topic, 3);
    const { status, err } = await copy.done;
    expect([status, err]).toEqual([2, expect.stringContaining('choose another --group, which begins anew')]);
    const again = await freshet([...args, '--until-end'], '', { env });
    expect([again.status, again.err]).toEqual([2, expect.stringContaining('choose another --group')]);
  });
});
