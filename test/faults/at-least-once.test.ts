import { describe, expect, it } from 'vitest';
import { tailed } from '../endpoints/kafka/topics.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { CHUNK, Copies } from './copies.js';
import { roundsHere } from './fault-rounds.js';
import { harvests } from './harvests.js';
import { type Harvest, keyOf, newestOf } from './newest-rows.js';
import { COUNTS, NEWEST, type Plan } from './plans.js';

const brokers = await service(kafka);

const CHUNKS = 40;
const STRUCK = [10, 20, 30];
const ROUNDS = Array.from({ length: roundsHere(1 / 20) }, (_, at) => at + 1);

/** Copies without transactions, some of which end in the middle of the work. */
async function struck(round: number, { command }: Plan, signal: 'SIGKILL' | 'SIGTERM'): Promise<Copies> {
  const copies = await Copies.begin(brokers ?? '', `${command} --guarantee at-least-once`);
  const told: number[] = [];
  await copies.write(harvests(round, CHUNKS * CHUNK), async (written) => {
    if (!STRUCK.includes(written / CHUNK)) return;
    told.push(await copies.committed());
    const done = copies.strike(signal);
    copies.add();
    await done;
  });
  await copies.finish();
  expect(Math.max(...told)).toBeGreaterThan(0);
  return copies;
}

interface Counted extends Harvest {
  readonly window_start: string;
  readonly count: number;
}

describe.skipIf(brokers === undefined)('copies that write at least once', () => {
  it.each(ROUNDS)('count each record once where they are told to stop: round %i', async (round) => {
    const { address, topics } = await struck(round, COUNTS, 'SIGTERM');
    await COUNTS.judge(address, topics);
  });

  it.each(ROUNDS)('end at the newest of each key whatever is killed: round %i', async (round) => {
    const { address, topics } = await struck(round, NEWEST, 'SIGKILL');
    const rows = (await tailed(address, [topics.output])).map(({ value }) => value as Harvest);
    const records = (await tailed(address, [topics.input])).map(({ value }) => value as Harvest);
    const cells = ([key, { harvest_ts, subs }]: [string, Harvest]): unknown[] => [key, harvest_ts, subs];
    const last = new Map(rows.map((row) => [keyOf(row), row]));
    expect([...last].map(cells).sort()).toEqual([...newestOf(records)].map(cells).sort());
  });

  it.each(ROUNDS)('count no record less than once whatever is killed: round %i', async (round) => {
    const { address, topics } = await struck(round, COUNTS, 'SIGKILL');
    const expected = new Map<string, number>();
    for (const { value } of await tailed(address, [topics.input])) {
      const key = keyOf(value as Harvest);
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    const last = new Map<string, number>();
    for (const { value } of await tailed(address, [topics.output])) {
      const { yt_channel_id, window_start, count } = value as Counted;
      last.set(`${yt_channel_id} ${window_start.slice(0, 10)}`, count);
    }
    expect([...last.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, count] of expected) expect(last.get(key), key).toBeGreaterThanOrEqual(count);
  });
});
