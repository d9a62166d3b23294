import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTopic, produce } from '../endpoints/kafka/topics.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { freshet, inFolder, rowsOf } from './run-freshet.js';

const address = await service(kafka);
const brokers = String(address);
const env = { ...process.env, KAFKA_BROKERS: brokers };

/** The summary of a run that ends with status 0. */
async function summary(...args: string[]): Promise<Record<string, unknown>> {
  const { err, status } = await freshet([...args, '--until-end', '--log-format', 'json'], '', { env });
  const last = rowsOf(err).at(-1) ?? {};
  expect([status, last.event]).toEqual([0, 'summary']);
  return last;
}

async function rowsIn(uri: string, schema: string): Promise<Record<string, unknown>[]> {
  const { out } = await freshet(['report', '--once', '--format', 'json', '--schema', schema, '--from', uri]);
  return JSON.parse(out);
}

const at = (hour: number): string => `2017-08-01T${String(hour).padStart(2, '0')}:00:00`;
const value = (channel: string, hour: number, more = ''): string =>
  `{"yt_channel_id":"${channel}","harvest_ts":"${at(hour)}",${more}"subs":${hour}}`;
const day = (channel: string, hour: number) => ({
  key: `["${channel}","2017-08-01"]`,
  value: value(channel, hour, '"date":"2017-08-01",'),
});
const gone = (channel: string) => ({ key: `["${channel}", "2017-08-01"]`, value: null });

describe.skipIf(address === undefined)('a record without a value', () => {
  it('is counted by aggregates, and passed over', async () => {
    const topic = await makeTopic(brokers);
    await produce(brokers, topic, [
      { key: 'a', value: value('a', 1) },
      { key: 'a', value: null },
      { key: 'b', value: null },
    ]);
    const { out, err } = await freshet(
      ['aggregate', 'daily', '--from', `kafka:${topic}`, '--until-end', '--log-format', 'json'],
      '',
      { env },
    );
    expect(rowsOf(out)).toEqual([JSON.parse(day('a', 1).value)]);
    expect(rowsOf(err).at(-1)).toMatchObject({ records: 1, dead: 0, tombstones: 2 });
  });

  it('deletes nothing from a store unless it is told to', async () => {
    await inFolder(async (folder) => {
      const topic = await makeTopic(brokers);
      await produce(brokers, topic, [day('a', 1), gone('a')]);
      const uri = `sqlite:${join(folder, 'days.db')}`;
      const counts = await summary('store', 'daily', '--from', `kafka:${topic}`, '--to', uri);
      expect(counts).toMatchObject({ records: 1, applied: 1, tombstones: 1 });
      expect(counts).not.toHaveProperty('deleted');
      expect(await rowsIn(`${uri}#yt_daily`, 'yt')).toHaveLength(1);
    });
  });

  it('deletes its row with --deletes, and what comes behind it is new, however old', async () => {
    await inFolder(async (folder) => {
      const topic = await makeTopic(brokers);
      await produce(brokers, topic, [day('a', 5), day('b', 5), gone('a'), day('c', 5), gone('never'), day('a', 2)]);
      const uri = `sqlite:${join(folder, 'days.db')}`;
      const args = ['store', 'daily', '--from', `kafka:${topic}`, '--to', uri, '--deletes'];
      await summary(...args);
      const found = async () =>
        (await rowsIn(`${uri}#yt_daily`, 'yt'))
          .map(({ yt_channel_id, harvest_ts }) => [yt_channel_id, harvest_ts])
          .sort();
      expect(await found()).toEqual([
        ['a', at(2)],
        ['b', at(5)],
        ['c', at(5)],
      ]);
      await produce(brokers, topic, [gone('b'), gone('c')]);
      expect(await summary(...args)).toMatchObject({ records: 0, tombstones: 2, deleted: 2, dead: 0 });
      expect(await found()).toEqual([['a', at(2)]]);
    });
  });

  it('deletes as its place among the rows says, whatever batches they come in', async () => {
    await inFolder(async (folder) => {
      const topic = await makeTopic(brokers);
      const model = new Map<string, number>();
      const messages = Array.from({ length: 4000 }, () => {
        const [channel, hour] = [`c${Math.floor(Math.random() * 20)}`, Math.floor(Math.random() * 24)];
        if (Math.random() < 0.3) {
          model.delete(channel);
          return gone(channel);
        }
        model.set(channel, Math.max(hour, model.get(channel) ?? -1));
        return day(channel, hour);
      });
      for (let from = 0; from < messages.length; from += 500) {
        await produce(brokers, topic, messages.slice(from, from + 500));
      }
      const uri = `sqlite:${join(folder, 'days.db')}`;
      const args = ['store', 'daily', '--from', `kafka:${topic}`, '--to', uri, '--deletes'];
      const { records, tombstones } = await summary(...args);
      expect(Number(records) + Number(tombstones)).toBe(4000);
      const rows = await rowsIn(`${uri}#yt_daily`, 'yt');
      expect(new Map(rows.map((row) => [row.yt_channel_id, row.subs]))).toEqual(model);
    });
  });

  it('deletes all records of its key where they are kept raw', async () => {
    await inFolder(async (folder) => {
      const topic = await makeTopic(brokers);
      const raw = (channel: string, hour: number) => ({ key: channel, value: value(channel, hour) });
      await produce(brokers, topic, [raw('a', 1), raw('a', 2), raw('b', 1), { key: 'a', value: null }, raw('a', 3)]);
      const uri = `sqlite:${join(folder, 'raw.db')}`;
      await summary('store', 'raw', '--schema', 'yt', '--from', `kafka:${topic}`, '--to', uri, '--deletes');
      const rows = await rowsIn(`${uri}#yt`, 'yt');
      expect(rows.map(({ yt_channel_id, subs }) => `${yt_channel_id}${subs}`).sort()).toEqual(['a3', 'b1']);
    });
  });

  it('is a dead letter where its key is none', async () => {
    await inFolder(async (folder) => {
      const topic = await makeTopic(brokers);
      const bad = ['a', '["a"]', '["a",5]', Buffer.from([0xff]), null];
      await produce(brokers, topic, [...bad.map((key) => ({ key, value: null })), gone('a')]);
      const dead = join(folder, 'dead.ndjson');
      const to = ['--to', `sqlite:${join(folder, 'days.db')}`, '--dead', dead];
      expect(await summary('store', 'daily', '--from', `kafka:${topic}`, '--deletes', ...to)).toMatchObject({
        dead: 5,
        tombstones: 6,
      });
      const letters = await rowsIn(dead, 'dead_letter');
      expect(letters.map(({ reason, key }) => [reason, key])).toEqual([
        ['nothing can be deleted: the key is not JSON: a value is missing at byte 1', 'a'],
        ['nothing can be deleted: the key is no array of yt_channel_id and date', '["a"]'],
        ['nothing can be deleted: field date must be a string, not 5', '["a",5]'],
        ['nothing can be deleted: the key is not JSON: invalid UTF-8 at byte 1', '/w=='],
        ['nothing can be deleted: there is neither a key nor a value', null],
      ]);
    });
  });
});

describe('--deletes', () => {
  it.each([
    [['store', 'daily', '--from', '/dev/null'], 'only records of topics say that a key is gone'],
    [['store', 'daily', '--from', 'kafka:TOPIC', '--to', 'rows.ndjson'], 'nothing can be deleted from rows.ndjson'],
    [['store', 'raw', '--schema', 'outcome', '--from', 'kafka:TOPIC'], 'a table finds no rows of outcome by their key'],
    [['store', 'raw', '--from', 'kafka:TOPIC'], 'records that are kept as they are say nothing of each other'],
  ])('%j: %s', async (args, message) => {
    if (address === undefined) return;
    const topic = await makeTopic(brokers);
    const named = args.map((word) => word.replace('TOPIC', topic));
    const { err, status } = await freshet([...named, '--deletes'], '', { env });
    expect([status, err]).toEqual([2, expect.stringContaining(message)]);
  });
});
