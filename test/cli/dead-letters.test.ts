import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTopic, produce, tailed, valuesOf } from '../endpoints/kafka/topics.js';
import { database } from '../services/fresh-names.js';
import { kafka } from '../services/kafka/kafka.js';
import { mariadb } from '../services/mariadb.js';
import { service } from '../services/service.js';
import { freshet, inFolder, rowsOf } from './run-freshet.js';

const address = await service(kafka);
const server = await service(mariadb);
const brokers = String(address);
const env: NodeJS.ProcessEnv = { ...process.env, KAFKA_BROKERS: brokers };

const run = async (...args: string[]): Promise<string> => {
  const { out, err, status } = await freshet(args, '', { env });
  expect([status, err.replaceAll(/.*: field .*\n|.*: not JSON.*\n/g, '')]).toEqual([0, '']);
  return out;
};

const good = '{"yt_channel_id":"a","harvest_ts":"2017-08-01T10:00:00","subs":7}';
const noSubs = '{"yt_channel_id":"a","harvest_ts":"2017-08-01T10:00:00"}';
const bytes = Buffer.from([0xff, 0x00, 0x41]);

/** Three records that do not fit, with all that a record can have. */
const broken = [
  { key: 'a', value: noSubs, headers: { trace: ['1', '2'], bytes } },
  { key: bytes, value: bytes },
  { key: '', value: '{' },
];

/** What is kept of them; the places are of a topic of one partition, behind a record that fits. */
const lettersOf = (topic: string) => [
  {
    reason: 'field subs is missing',
    source: `${topic}:0`,
    topic,
    partition: 0,
    offset: 1,
    key: 'a',
    headers: [
      { name: 'trace', value: '1' },
      { name: 'trace', value: '2' },
      { name: 'bytes', value: '/wBB', valueEncoding: 'base64' },
    ],
    raw: noSubs,
  },
  {
    reason: expect.stringContaining('not JSON'),
    source: `${topic}:0`,
    topic,
    partition: 0,
    offset: 2,
    key: '/wBB',
    keyEncoding: 'base64',
    raw: '/wBB',
    rawEncoding: 'base64',
  },
  {
    reason: expect.stringContaining('not JSON'),
    source: `${topic}:0`,
    topic,
    partition: 0,
    offset: 3,
    key: '',
    raw: '{',
  },
];

async function brokenTopic(): Promise<string> {
  const topic = await makeTopic(brokers);
  await produce(brokers, topic, [{ key: 'a', value: good }, ...broken]);
  return topic;
}

/** Stores the records of a topic, those that fit and those that don't. */
async function store(topic: string, folder: string, dead: string, ...more: string[]): Promise<void> {
  const to = `sqlite:${join(folder, 'rows.db')}`;
  const ends = ['--from', `kafka:${topic}`, '--until-end', '--to', to, '--dead', dead];
  await run('store', 'raw', '--schema', 'yt', ...ends, ...more);
}

/** What a table of letters gives, without what they lack. */
async function tableOf(uri: string): Promise<Record<string, unknown>[]> {
  const text = await run('report', '--once', '--format', 'json', '--schema', 'dead_letter', '--from', uri);
  return JSON.parse(text, (_, value) => (value === null ? undefined : value));
}

describe.skipIf(address === undefined)('dead letters of topics keep the key, the headers and the bytes', () => {
  it('in a file', async () => {
    await inFolder(async (folder) => {
      const topic = await brokenTopic();
      const file = join(folder, 'dead.ndjson');
      await store(topic, folder, file);
      expect(rowsOf(readFileSync(file, 'utf8'))).toEqual(lettersOf(topic));
    });
  });

  it('in a topic, as records without a key', async () => {
    await inFolder(async (folder) => {
      const [topic, dead] = [await brokenTopic(), await makeTopic(brokers)];
      await store(topic, folder, `kafka:${dead}`);
      // The end of a transaction is seen a little after whoever ended it.
      const kept = await tailed(brokers, [dead], { untilEnd: false, count: 3 });
      expect(valuesOf(kept)).toEqual(lettersOf(topic));
      expect(kept.map(({ key }) => key)).toEqual([null, null, null]);
    });
  });

  it('in a table of SQLite', async () => {
    await inFolder(async (folder) => {
      const topic = await brokenTopic();
      const uri = `sqlite:${join(folder, 'rows.db')}#dead_letter`;
      await store(topic, folder, uri);
      expect(await tableOf(uri)).toEqual(lettersOf(topic));
    });
  });

  it('in a table once for each reason, also when their records are read once more', async () => {
    await inFolder(async (folder) => {
      const topic = await brokenTopic();
      const uri = `sqlite:${join(folder, 'rows.db')}#dead_letter`;
      // It reads all of it again.
      for (let time = 0; time < 2; time++) await store(topic, folder, uri, '--group', 'a', '--reset');
      expect(await tableOf(uri)).toEqual(lettersOf(topic));
      await store(topic, folder, uri, '--group', 'b');
      expect(await tableOf(uri)).toHaveLength(6);
      await store(topic, folder, uri, '--group', 'a', '--reset', '--guarantee', 'at-least-once');
      expect(await tableOf(uri)).toHaveLength(9);
    });
  });

  it.skipIf(server === undefined)('in a table of MySQL', async () => {
    await inFolder(async (folder) => {
      const [topic, uri] = [await brokenTopic(), await database()];
      const { MYSQL_PWD, shown } = withoutPassword(uri);
      env.MYSQL_PWD = MYSQL_PWD;
      await store(topic, folder, `${shown}#dead`);
      const byOffset = (a: Record<string, unknown>, b: Record<string, unknown>): number =>
        Number(a.offset) - Number(b.offset);
      expect((await tableOf(`${shown}#dead`)).sort(byOffset)).toEqual(lettersOf(topic));
    });
  });

  it('also where they are refused behind the decoder, from compressed batches and of MessagePack', async () => {
    await inFolder(async (folder) => {
      const [raw, packed] = [await makeTopic(brokers), await makeTopic(brokers)];
      const line = (n: number): string =>
        `{"yt_channel_id":"c${n}","harvest_ts":"2017-08-01T10:00:00","date":"2017-${n % 2 === 0 ? '02-30' : '08-01'}","subs":${n}}`;
      const many = Array.from({ length: 500 }, (_, n) => line(n)).join('\n');
      const daily = join(folder, 'daily.ndjson');
      const to = ['--to', `kafka:${raw}?compression=zstd`, '--to', `kafka:${packed}?format=msgpack&compression=gzip`];
      await freshet(['store', 'raw', '--schema', dailySchema(folder), ...to], many, { env });
      for (const topic of [raw, packed]) {
        const from = topic === packed ? `kafka:${topic}?format=msgpack` : `kafka:${topic}`;
        await freshet(
          ['store', 'daily', '--from', from, '--until-end', '--to', `sqlite:${folder}/d.db`, '--dead', daily],
          '',
          {
            env,
          },
        );
        const letters = rowsOf(readFileSync(daily, 'utf8'));
        expect(letters).toHaveLength(250);
        const records = await tailed(brokers, [topic]);
        for (const { offset, key, reason } of letters) {
          expect(reason).toContain('date');
          expect(key).toBe(records.find((one) => one.offset === offset)?.key);
        }
      }
    });
  });
});

describe.skipIf(address === undefined)('freshet tail --to', () => {
  it('writes dead letters as the records that they were: a replay', async () => {
    await inFolder(async (folder) => {
      const [topic, dead, again] = [await brokenTopic(), await makeTopic(brokers), await makeTopic(brokers)];
      await store(topic, folder, `kafka:${dead}`);
      await run('tail', dead, '--offset', 'beginning', '--count', '3', '--raw', '--to', `kafka:${again}`);
      const stripped = (records: readonly object[]) =>
        records.map((record) => ({ ...record, topic: '', offset: 0, timestamp: 0 }));
      const originals = (await tailed(brokers, [topic])).slice(1);
      expect(stripped(await tailed(brokers, [again]))).toEqual(stripped(originals));
    });
  });

  it('copies records as they are, with times and tombstones, and letters as letters without --raw', async () => {
    const [topic, copy] = [await makeTopic(brokers), `${await makeTopic(brokers)}_copy`];
    const timestamp = `${Date.now() - 60_000}`;
    const letter = JSON.stringify(lettersOf('a')[0]);
    const more = [{ key: 'gone', value: null }, { value: letter }];
    await produce(
      brokers,
      topic,
      [...broken, ...more].map((one) => ({ ...one, timestamp })),
    );
    await run('tail', topic, '-e', '--to', `kafka:${copy}?compression=zstd`, '--create-topics', '--partitions', '1');
    const [from, to] = [await tailed(brokers, [topic]), await tailed(brokers, [copy])];
    expect(to).toEqual(from.map((record) => ({ ...record, topic: copy })));
    expect(to).toHaveLength(5);
  });

  it.each([
    [['a', '--to', 'out.ndjson'], 'out.ndjson is no topic'],
    [['a', '--to', 'kafka:b?format=msgpack', '-e'], 'records are written as they are'],
    [['a', '--to', 'kafka:a', '-o', 'beginning'], 'kafka:a is read and written at once, without end'],
    [['a', '--to', 'kafka:b', '--format', 'json'], 'cannot also be provided'],
    [['a', '--partitions', '3'], '--create-topics'],
  ])('%j: %s', async (args, message) => {
    const topic = await makeTopic(brokers);
    const named = args.map((word) => word.replace(/^a$|(?<=kafka:)a$/, topic));
    const { err, status } = await freshet(['tail', ...named], '', { env });
    expect([status, err.replaceAll(topic, 'a')]).toEqual([2, expect.stringContaining(message)]);
  });
});

function withoutPassword(uri: string): { readonly MYSQL_PWD: string; readonly shown: string } {
  const { password } = new URL(uri);
  return { MYSQL_PWD: password, shown: uri.replace(`:${password}@`, '@') };
}

/** A type of records that look like rows of `aggregate daily`, right or wrong. @returns its file */
function dailySchema(folder: string): string {
  const file = join(folder, 'daily.avsc');
  const field = (name: string, type = 'string') => ({ name, type });
  const fields = [field('yt_channel_id'), field('harvest_ts'), field('date'), field('subs', 'long')];
  writeFileSync(file, JSON.stringify({ type: 'record', name: 'day', fields, freshet: { key: ['yt_channel_id'] } }));
  return file;
}
