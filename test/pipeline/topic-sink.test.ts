import { expect, it } from 'vitest';
import { openTopicSink } from '../../src/pipeline/open-topic-sinks.js';
import { deriveRollup } from '../../src/records/derive.js';
import { UTC } from '../../src/records/time/zone.js';
import { javaPartition } from '../endpoints/kafka/slow-records.js';
import { freshName } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { missingCommand, service } from '../services/service.js';
import { alterTopic } from './alter-topic.js';
import { batchOf, COUNTS, readByKcat, sinkTo } from './topic-rows.js';

const brokers = await service(kafka);
const kcat = missingCommand('kcat');
if (kcat !== undefined) console.log(`skipped: ${kcat}`);
const withKcat = it.runIf(brokers !== undefined && kcat === undefined);
const withBroker = it.runIf(brokers !== undefined);
const address = brokers ?? '';

const now = Date.now();
const iso = (millis: number): string => new Date(millis).toISOString();
const row = (n: number, more: Readonly<Record<string, string | number>> = {}) => ({
  channel: `c${n % 7}`,
  at: iso(now - n * 1000),
  n,
  ...more,
});
const rows = Array.from({ length: 1000 }, (_, n) => row(n));

for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
  withKcat(
    `writes what kcat reads, compressed as ${compression}: keys, times, no headers, Java's partitions`,
    async () => {
      const topic = freshName('rows');
      const sink = await sinkTo(address, `kafka:${topic}?compression=${compression}`, { creation: { partitions: 12 } });
      for (let from = 0; from < 1000; from += 100) await sink.write(batchOf(rows.slice(from, from + 100)));
      await sink.close();
      const read = await readByKcat(address, topic);
      expect(read.length).toBe(1000);
      for (const [partition, , time, , key, headers, value] of read) {
        const record: { channel: string; n: number; at: string } = JSON.parse(value);
        expect([key, Number(partition)]).toEqual([record.channel, javaPartition(record.channel, 12)]);
        expect([Number(time), headers, record]).toEqual([Date.parse(record.at), '', { ...row(record.n), note: null }]);
      }
      expect(new Set(read.map(([, , , , , , value]) => value)).size).toBe(1000);
      // In order in each partition.
      for (let channel = 0; channel < 7; channel++) {
        const numbers = read
          .filter(([, , , , key]) => key === `c${channel}`)
          .map(([, , , , , , value]) => JSON.parse(value).n);
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }
    },
  );
}

withKcat(
  'keys rows of a rollup by channel and period, and keeps all periods of a channel in its partition',
  async () => {
    const topic = freshName('daily');
    const schema = deriveRollup(COUNTS, 'daily');
    const sink = await sinkTo(address, `kafka:${topic}`, { schema, creation: { partitions: 5 } });
    const days = rows.map((one) => ({ ...one, date: `2026-11-${10 + (one.n % 20)}` }));
    await sink.write(batchOf(days, schema));
    await sink.close();
    for (const [partition, , , , key, , value] of await readByKcat(address, topic)) {
      const { channel, date } = JSON.parse(value);
      expect([key, Number(partition)]).toEqual([JSON.stringify([channel, date]), javaPartition(channel, 5)]);
    }
  },
);

withKcat('gives no key where the schema has none, and spreads the records', async () => {
  const topic = freshName('keyless');
  const sink = await sinkTo(address, `kafka:${topic}`, { schema: { ...COUNTS, key: [] }, creation: { partitions: 3 } });
  for (const one of rows.slice(0, 9)) await sink.write(batchOf([one]));
  await sink.close();
  const read = await readByKcat(address, topic);
  expect(read.map(([, , , keyLength]) => keyLength)).toEqual(Array.from({ length: 9 }, () => '-1'));
  expect(new Set(read.map(([partition]) => partition)).size).toBe(3);
});

withKcat(
  'writes with the time of writing what the topic would delete at once, or refuses as too far ahead',
  async () => {
    const topic = freshName('times');
    await (await sinkTo(address, `kafka:${topic}`, { creation: { partitions: 1 } })).close();
    const hour = 3_600_000;
    await alterTopic(address, topic, { 'retention.ms': `${10 * hour}` });
    const sink = await sinkTo(address, `kafka:${topic}`);
    const times = [now - 9999 * hour, now - 6 * hour, now - 4 * hour, now, now + hour / 2 - 1000, now + 48 * hour];
    await sink.write(batchOf(times.map((time, n) => ({ channel: 'c', at: iso(time), n }))));
    await sink.close();
    const read = (await readByKcat(address, topic)).map(([, , time]) => Number(time));
    for (const [at, own] of [false, false, true, true, true, false].entries()) {
      if (own) expect(read[at]).toBe(times[at]);
      else expect(Math.abs((read[at] ?? 0) - Date.now())).toBeLessThan(60_000);
    }
  },
);

withKcat('writes with the time of writing what a broker would soon forget the writer of', async () => {
  const topic = freshName('old');
  await (await sinkTo(address, `kafka:${topic}`, { creation: { partitions: 1 } })).close();
  await alterTopic(address, topic, { 'retention.ms': '-1' });
  const sink = await sinkTo(address, `kafka:${topic}`);
  const times = [now - 13 * 3_600_000, now - 11 * 3_600_000];
  await sink.write(batchOf(times.map((time, n) => ({ channel: 'c', at: iso(time), n }))));
  await sink.close();
  const [old, young] = (await readByKcat(address, topic)).map(([, , time]) => Number(time));
  expect(Math.abs((old ?? 0) - Date.now())).toBeLessThan(60_000);
  expect(young).toBe(times[1]);
});

withBroker('names --create-topics where a topic is missing, and makes it when told', async () => {
  const topic = freshName('missing');
  const open = openTopicSink(
    `kafka:${topic}`,
    { kind: 'topics', topics: [topic] },
    { schema: COUNTS, zone: UTC },
    { brokers: address, show: () => {} },
  );
  await expect(open).rejects.toMatchObject({
    message: `there is no topic ${topic} at ${address}`,
    next: '`--create-topics` makes the ones that are missing.',
    status: 2,
  });
  await (await sinkTo(address, `kafka:${topic}`, { creation: { partitions: 3, replication: 1 } })).close();
  const again = await sinkTo(address, `kafka:${topic}`, { creation: { partitions: 9 } });
  await again.close();
  await expect(sinkTo(address, `kafka:${topic}x`, { creation: { replication: 99 } })).rejects.toMatchObject({
    status: 2,
  });
});

withKcat('puts aside the row that is too large for its topic, and writes all others once and in order', async () => {
  const topic = freshName('large');
  await (await sinkTo(address, `kafka:${topic}?compression=none`, { creation: { partitions: 1 } })).close();
  await alterTopic(address, topic, { 'max.message.bytes': '20000' });
  const said: string[] = [];
  const sink = await sinkTo(address, `kafka:${topic}?compression=none`, { show: (sentence) => said.push(sentence) });
  const mixed = rows.map((one) => (one.n % 100 === 50 ? { ...one, note: 'x'.repeat(30_000) } : one));
  for (let from = 0; from < 1000; from += 250) await sink.write(batchOf(mixed.slice(from, from + 250)));
  await sink.flush();
  const rejected = sink.takeRejected?.() ?? [];
  expect(rejected.map((one) => ('raw' in one ? JSON.parse(Buffer.from(one.raw).toString()).n : one.row))).toEqual(
    Array.from({ length: 10 }, (_, at) => at * 100 + 50),
  );
  expect(rejected[0]?.reason).toMatch(/^the topic takes no record of 30\d\d\d bytes \(max\.message\.bytes\)$/);
  await sink.close();
  expect(sink.counts()).toEqual({ rows: 990 });
  const read = (await readByKcat(address, topic)).map(([, , , , , , value]) => JSON.parse(value).n);
  expect(read).toEqual(rows.map(({ n }) => n).filter((n) => n % 100 !== 50));
  expect(said).toEqual([]);
});

withKcat('writes rows of many megabytes where the topic takes them', async () => {
  const topic = freshName('huge');
  await (await sinkTo(address, `kafka:${topic}`, { creation: { partitions: 1 } })).close();
  await alterTopic(address, topic, { 'max.message.bytes': `${40 * 1024 * 1024}` });
  const sink = await sinkTo(address, `kafka:${topic}`);
  const sizes = [10, 20_000_000, 30_000_000, 5];
  await sink.write(batchOf(sizes.map((size, n) => row(n, { note: 'y'.repeat(size) }))));
  await sink.close();
  const read = await readByKcat(
    address,
    topic,
    '-X',
    'fetch.message.max.bytes=100000000',
    '-X',
    'receive.message.max.bytes=200000000',
  );
  expect(read.map(([, , , , , , value]) => JSON.parse(value).note.length)).toEqual(sizes);
});

withBroker('tells in one sentence that no broker answers', async () => {
  await expect(sinkTo('127.0.0.1:1', 'kafka:any')).rejects.toMatchObject({ status: 4 });
});
