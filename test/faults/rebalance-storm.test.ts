import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bug } from '../../src/records/errors.js';
import { kafka } from '../services/kafka/kafka.js';
import { service } from '../services/service.js';
import { CHUNK, Copies } from './copies.js';
import { roundsHere } from './fault-rounds.js';
import { harvests } from './harvests.js';
import { COUNTS, COUNTS_ACROSS, NEWEST } from './plans.js';

const brokers = await service(kafka);

const CHUNKS = 100;
const MOST_COPIES = 5;
/** As many as that come and go, most of them before those in front have shared the partitions. */
const GUSTS = 24;

const gust = fc.record({
  kind: fc.constantFrom('come', 'come', 'go', 'go', 'killed'),
  pause: fc.integer({ min: 200, max: 500 }),
});

const PLANS = [
  ['counts and sums of each day', COUNTS],
  ['counts and sums of groups that lie across partitions', COUNTS_ACROSS],
  ['the newest of each day', NEWEST],
] as const;
const rounds = Array.from({ length: roundsHere(1 / 10) }, (_, at) => {
  const [name, plan] = PLANS[at % PLANS.length] ?? bug('there are plans');
  return [at + 1, name, plan] as const;
});

describe.skipIf(brokers === undefined)('copies that come and go without a rest', () => {
  it.each(rounds)('lose nothing, give nothing twice, and get on: round %i, %s', async (round, _, plan) => {
    const copies = await Copies.begin(brokers ?? '', plan.command);
    const before = await copies.committed();
    const storm = (async () => {
      for (const { kind, pause } of fc.sample(gust, { seed: 13 * round, numRuns: GUSTS })) {
        await sleep(pause);
        const mayCome = copies.count < MOST_COPIES && (kind === 'come' || copies.count < 2);
        if (mayCome) copies.add();
        else void copies.strike(kind === 'killed' ? 'SIGKILL' : 'SIGTERM');
      }
      return copies.committed();
    })();
    const [during] = await Promise.all([storm, copies.write(harvests(round, CHUNKS * CHUNK))]);
    expect(during).toBeGreaterThan(before);
    await copies.finish();
    await plan.judge(copies.address, copies.topics);
  });
});
