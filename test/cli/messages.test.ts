import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTopic, produce } from '../endpoints/kafka/topics.js';
import { cassandra } from '../services/cassandra/cassandra.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { keyspace } from '../stores/cassandra/cql.js';
import { freshet, inFolder, rowsOf } from './run-freshet.js';

const brokers = await service(kafka);
const server = await service(cassandra);

const TIME = 1_500_000_000_000;
const AVRO = Buffer.from([0, 0, 0, 0, 1, 0x61]);
const MESSAGES = [
  { key: 'a', value: '{"event_type":"click"}' },
  { key: null, value: 'no JSON at all' },
  { key: Buffer.from([0xff, 0xfe]), value: AVRO },
  { key: 'gone', value: null },
  { key: 'a', value: '' },
].map((message, at) => ({ ...message, timestamp: String(TIME + at), partition: 0 }));

const places: readonly (readonly [string, boolean, (folder: string) => Promise<string>])[] = [
  ['SQLite', true, async (folder) => `sqlite:${join(folder, 'raw.db')}`],
  ['Cassandra', server !== undefined, () => keyspace(String(server))],
];

describe.skipIf(brokers === undefined).each(places)('store raw of a topic, in %s', (_, isThere, place) => {
  it.skipIf(!isThere)('keeps each record once, whatever it holds', async () => {
    await inFolder(async (folder) => {
      const address = String(brokers);
      const topic = await makeTopic(address);
      await produce(address, topic, MESSAGES);
      const store = await place(folder);
      const run = async (...flags: string[]): Promise<unknown> => {
        const ends = ['--from', `kafka:${topic}`, '--to', store, '--brokers', address];
        const { err, status } = await freshet(
          ['store', 'raw', ...ends, '--until-end', '--log-format', 'json', ...flags],
          '',
          { cwd: folder },
        );
        expect(status, err).toBe(0);
        return rowsOf(err).at(-1);
      };
      expect(await run()).toMatchObject({ records: 5, applied: 5, dead: 0 });
      // A group remembers, and what is read again is known.
      expect(await run()).toMatchObject({ records: 0 });
      expect(await run('--reset')).toMatchObject({ records: 5, applied: 0, tied: 5 });
      const table = ['--from', `${store}#kafkamsg`, '--format', 'json', '--limit', '0'];
      const { out, err } = await freshet(['report', '--once', ...table], '', { cwd: folder });
      const rows: { offset: number; timestamp: number | string }[] = JSON.parse(out === '' ? err : out);
      // Cassandra has a type for instants, which is shown as text.
      const kept = rows.map((row) => ({ ...row, timestamp: new Date(row.timestamp).getTime() }));
      const text = { keyEncoding: null, valueEncoding: null };
      const common = { topic, partition: 0 };
      expect(kept.sort((a, b) => a.offset - b.offset)).toEqual([
        { ...common, ...text, offset: 0, timestamp: TIME, key: 'a', value: '{"event_type":"click"}' },
        { ...common, ...text, offset: 1, timestamp: TIME + 1, key: null, value: 'no JSON at all' },
        {
          ...common,
          offset: 2,
          timestamp: TIME + 2,
          key: '//4=',
          keyEncoding: 'base64',
          value: AVRO.toString('base64'),
          valueEncoding: 'base64',
        },
        { ...common, ...text, offset: 3, timestamp: TIME + 3, key: 'gone', value: null },
        { ...common, ...text, offset: 4, timestamp: TIME + 4, key: 'a', value: '' },
      ]);
    });
  });
});
