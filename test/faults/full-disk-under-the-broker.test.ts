import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ended, inFolder, start } from '../cli/run-freshet.js';
import { makeTopic, tailed } from '../endpoints/kafka/topics.js';
import { freshName } from '../services/fresh-names.js';
import { kafka, startKafka } from '../services/kafka/kafka.js';
import { canStart } from '../services/service.js';
import { progress } from './group-progress.js';
import { expectNewest } from './newest-rows.js';

const RECORDS = 200_000;
/** Kafka makes an index of 10 MiB for its own log before it takes clients. */
const ROOM = 11_000_000;

describe.skipIf(!canStart(kafka))('a disk that is full under the broker', () => {
  it('loses nothing and gives nothing twice when there is room again', async () => {
    await inFolder(async (folder) => {
      // A log that reaches its limit takes the broker with it, as one on a full disk does; years of event time in it
      // are no reason to begin another.
      const own = await startKafka(folder, { room: ROOM, settings: { 'log.roll.hours': '1000000' } });
      try {
        const { address } = own;
        const input = await makeTopic(address);
        const output = await makeTopic(address);
        const group = freshName('rollup');
        const aggregate = `aggregate daily --from kafka:${input} --group ${group} --to kafka:${output} --every 100ms`;
        const copy = start([...aggregate.split(' '), '--brokers', address]);
        const copied = ended(copy);
        await progress(address, group, input, 0);
        const harvests = `produce yt --channels 60 --per-day 30 --count ${RECORDS} --rate 20000`;
        const to = `--to kafka:${input}?compression=none`;
        const producer = start([...harvests.split(' '), ...to.split(' '), '--brokers', address]);
        const produced = ended(producer);
        await own.ended(1);
        // It counts only where it came in the middle of the work.
        expect(producer.exitCode).toBe(null);
        await sleep(3000);
        expect([producer.exitCode, copy.exitCode]).toEqual([null, null]);
        await own.start(1);
        const { status, err } = await produced;
        expect(status, err).toBe(0);
        expect(await tailed(address, [input])).toHaveLength(RECORDS);
        await progress(address, group, input, RECORDS);
        copy.kill('SIGTERM');
        const end = await copied;
        expect(end.status, end.err).toBe(143);
        await expectNewest(address, { input, output });
      } finally {
        await own.stop();
      }
    });
  });
});
