import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bug } from '../../src/records/errors.js';
import { end, ended, inFolder, start } from '../cli/run-freshet.js';
import { makeTopic, tailed } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { kafka, startKafka } from '../services/kafka/kafka.js';
import { canStart, service } from '../services/service.js';
import { CHUNK, Copies, PARTITIONS, writeChunks } from './copies.js';
import { roundsHere } from './fault-rounds.js';
import { progress } from './group-progress.js';
import { harvests } from './harvests.js';
import { plans } from './plans.js';

const brokers = await service(kafka);

const CHUNKS = 60;

/** What is done to copies while they work, at some chunk of the input. */
type Fault = { readonly at: number; readonly kind: 'kill' | 'pause' | 'stop' | 'add' };

const faults = fc
  .array(fc.record({ at: fc.integer({ min: 8, max: CHUNKS - 5 }), kind: fc.constantFrom('kill', 'stop', 'add') }), {
    minLength: 2,
    maxLength: 3,
  })
  // A pause takes the longest; one is enough.
  .map((some): Fault[] => [...some, { at: 20, kind: 'pause' as const }] as Fault[]);

/** Plans in turn. @param step from plan to plan */
const roundsOf = (count: number, step: number) =>
  Array.from({ length: count }, (_, at) => {
    const [name, plan] = plans[(at * step) % plans.length] ?? bug('there are plans');
    return [at + 1, name, plan] as const;
  });

describe.skipIf(brokers === undefined)('copies that are killed, paused, stopped and added', () => {
  it.each(roundsOf(roundsHere(1 / 2), 1))(
    'lose nothing and give nothing twice: round %i, %s',
    async (round, _, plan) => {
      const copies = await Copies.begin(brokers ?? '', plan.command);
      const planned = fc.sample(faults, { seed: 7 * round, numRuns: 1 })[0] ?? [];
      const told: string[] = [];
      await copies.write(harvests(round, CHUNKS * CHUNK), async (written) => {
        for (const { kind } of planned.filter(({ at }) => (at + 1) * CHUNK === written)) {
          await strike(kind, copies);
          told.push(`${kind} with ${await copies.committed()} of ${written} committed`);
        }
      });
      await copies.finish();
      // A fault counts only where it came in the middle of the work.
      expect(
        told.some((what) => !/ (0|24000) of/.test(what)),
        told.join('; '),
      ).toBe(true);
      await plan.judge(copies.address, copies.topics);
    },
  );
});

/** The last commit before it goes away may have been answered, and not have ended everywhere. */
const outage = fc.record({
  /** How many records there are until then. */
  after: fc.oneof(fc.constant(0), fc.integer({ min: 5, max: CHUNKS - 5 })).map((chunks) => chunks * CHUNK),
  /** How long that is after the last of them, and how long it is away: transactions time out after 8 s. */
  delay: fc.oneof(fc.constant(0), fc.nat(300)),
  away: fc.constantFrom(0, 3000, 12_000),
});

describe.skipIf(!canStart(kafka))('a broker that is killed and comes back', () => {
  it.each(roundsOf(roundsHere(1 / 20), 3))(
    'loses nothing and gives nothing twice: round %i, %s',
    async (round, _, plan) => {
      await inFolder(async (folder) => {
        const own = await startKafka(folder, { brokers: 1 });
        try {
          const { address } = own;
          const input = await makeTopic(address, { numPartitions: PARTITIONS });
          const output = await makeTopic(address, { numPartitions: PARTITIONS });
          const group = freshName('rollup');
          const args = `${plan.command} --from kafka:${input} --group ${group} --to kafka:${output} --every 100ms`;
          const copy = start([...args.split(' '), '--brokers', address]);
          const done = ended(copy);
          const gone = done.then(({ status, err }) => expect.unreachable(`it ended with ${status}: ${err}`));
          gone.catch(() => {});
          const records = harvests(round, CHUNKS * CHUNK);
          await Promise.race([progress(address, group, input, 0), gone]);
          for (const { after, delay, away } of fc.sample(outage, { seed: 7 * round, numRuns: 1 })) {
            await writeChunks(address, input, records.slice(0, after));
            await sleep(delay);
            await own.kill(1);
            await sleep(away);
            await own.start(1);
            await writeChunks(address, input, records.slice(after));
          }
          await Promise.race([progress(address, group, input, (await tailed(address, [input])).length), gone]);
          copy.kill('SIGTERM');
          const { status, err } = await done;
          expect(status, err).toBe(143);
          // One line that it is away and one that it is back, for reading and for writing at most.
          expect(err.match(/: Kafka /g)?.length ?? 0, err).toBeLessThanOrEqual(4);
          const last = await end(start([...args.split(' '), '--until-end', '--brokers', address]));
          expect(last.status).toBe(0);
          await plan.judge(address, { input, output });
        } finally {
          await own.stop();
        }
      });
    },
  );
});

async function strike(kind: Fault['kind'], copies: Copies): Promise<void> {
  if (kind === 'pause') return copies.pause();
  if (kind === 'add') return copies.add();
  const done = copies.strike(kind === 'kill' ? 'SIGKILL' : 'SIGTERM');
  copies.add();
  await done;
}
