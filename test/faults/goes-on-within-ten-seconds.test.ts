import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { bug } from '../../src/records/errors.js';
import { produce, tailed } from '../endpoints/kafka/topics.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { CHUNK, Copies, PARTITIONS } from './copies.js';
import { harvests } from './harvests.js';
import type { Harvest } from './newest-rows.js';
import { COUNTS } from './plans.js';

const brokers = await service(kafka);

const CHUNKS = 20;
const PROMISED_MS = 10_000;
/** More than any record before has. */
const SINCE = 1_000_000_000;

interface Summed extends Harvest {
  readonly sum_subs: number;
}

describe.skipIf(brokers === undefined)('a copy with state that is killed', () => {
  it('has its place taken within ten seconds, state included', async () => {
    const copies = await Copies.begin(brokers ?? '', COUNTS.command);
    await copies.write(harvests(1, CHUNKS * CHUNK));
    const { address, topics } = copies;
    while ((await copies.committed()) < CHUNKS * CHUNK) await sleep(100);

    // One for each partition, to a window that is there.
    const channels = await channelsOf(address, topics.input);
    const since = channels.map(
      (yt_channel_id): Harvest => ({ yt_channel_id, harvest_ts: '2017-08-01T12:00:00', subs: SINCE, region: 'none' }),
    );
    const started = performance.now();
    void copies.strike('SIGKILL');
    const messages = since.map((record) => ({ key: record.yt_channel_id, value: JSON.stringify(record) }));
    await produce(address, topics.input, messages);
    for (let found = 0; found < PARTITIONS; await sleep(100)) {
      const rows = (await tailed(address, [topics.output])).map(({ value }) => value as Summed);
      found = new Set(rows.filter(({ sum_subs }) => sum_subs > SINCE).map((row) => row.yt_channel_id)).size;
    }
    expect(performance.now() - started).toBeLessThan(PROMISED_MS);
    await copies.finish();
    await COUNTS.judge(address, topics);
  });
});

/** A channel of each partition. */
async function channelsOf(address: string, topic: string): Promise<string[]> {
  const records = await tailed(address, [topic]);
  return Array.from({ length: PARTITIONS }, (_, wanted) => {
    const found = records.find(({ partition }) => partition === wanted) ?? bug('each partition has some');
    return (found.value as Harvest).yt_channel_id;
  });
}
