import { describe, expect, it } from 'vitest';
import { makeTopic, produce } from '../endpoints/kafka/topics.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { freshet } from './run-freshet.js';

const address = await service(kafka);
const brokers = String(address);
const env = { ...process.env, KAFKA_BROKERS: brokers };

const record = (subs: number): string => `{"yt_channel_id":"a","harvest_ts":"2017-08-01T10:00:00","subs":${subs}}`;

/** What a run that ends with status 0 says, without the line of its figures. */
async function said(...args: string[]): Promise<string> {
  const { err, status } = await freshet([...args, '--until-end'], '', { env });
  expect(status, err).toBe(0);
  return err;
}

describe.skipIf(address === undefined)('records without a key', () => {
  it('are told of where partitions are aggregated by themselves, once and with what to do', async () => {
    const [input, keyed] = [
      await makeTopic(brokers, { numPartitions: 2 }),
      await makeTopic(brokers, { numPartitions: 2 }),
    ];
    await produce(brokers, input, [
      { partition: 0, value: record(1) },
      { partition: 1, value: record(2) },
      { partition: 1, value: record(3) },
    ]);
    expect(await said('aggregate', 'daily', '--from', `kafka:${input}`)).toBe(
      `freshet: ${input} has records without a key, and each partition is aggregated by itself: one yt_channel_id that lies in several of them gets a row from each. To bring them together first: freshet store raw --schema yt --from kafka:${input} --to kafka:OTHER\n`,
    );
    // What it says to do helps.
    await said('store', 'raw', '--schema', 'yt', '--from', `kafka:${input}`, '--to', `kafka:${keyed}`);
    const aggregate = ['aggregate', 'daily', '--from', `kafka:${keyed}`, '--until-end'];
    const { out, err } = await freshet(aggregate, '', { env });
    expect([out, err]).toEqual([`${record(3).replace('"subs"', '"date":"2017-08-01","subs"')}\n`, '']);
  });

  it('are nothing to tell of where all of a topic belongs together, or is brought together', async () => {
    const [one, two] = [await makeTopic(brokers), await makeTopic(brokers, { numPartitions: 2 })];
    await produce(brokers, one, [{ value: record(1) }]);
    await produce(brokers, two, [{ partition: 1, value: record(1) }]);
    expect(await said('aggregate', 'daily', '--from', `kafka:${one}`)).toBe('');
    expect(await said('aggregate', 'total', '--schema', 'yt', '--select', 'count()', '--from', `kafka:${two}`)).toBe(
      '',
    );
    const window = ['aggregate', 'window', '--schema', 'yt', '--size', '1d', '--by', 'subs', '--select', 'count()'];
    expect(await said(...window, '--from', `kafka:${two}`)).toBe('');
  });
});
