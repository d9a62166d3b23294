import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { kafka, startKafka } from '../services/kafka/kafka.js';
import { canStart } from '../services/service.js';
import { batchOf, sinkTo } from './topic-rows.js';

const ROWS = 100_000;
const BATCH = 500;
const CHANNELS = 50;

it.runIf(canStart(kafka)).each([
  { title: 'the broker is', brokers: 1, killed: [1, 1] },
  { title: 'one after the other of three brokers is', brokers: 3, killed: [1, 2] },
] as const)(
  'loses no row and adds none twice when $title killed and comes back',
  async ({ brokers, killed: [first, second] }) => {
    const folder = mkdtempSync(join(tmpdir(), 'freshet-kafka-'));
    const own = await startKafka(folder, { brokers });
    try {
      const said: string[] = [];
      const sink = await sinkTo(own.address, 'kafka:faults?compression=lz4', {
        show: (sentence) => said.push(sentence),
      });
      let broker = Promise.resolve();
      for (let n = 0; n < ROWS; n += BATCH) {
        if (n === 30_000 || n === 60_000) {
          const node = n === 30_000 ? first : second;
          broker = broker
            .then(() => own.kill(node))
            .then(() => sleep(300))
            .then(() => own.start(node));
        }
        const rows = Array.from({ length: BATCH }, (_, at) => ({
          channel: `c${(n + at) % CHANNELS}`,
          at: '2026-11-21T10:00:00Z',
          n: n + at,
          note: 'x'.repeat(100),
        }));
        await sink.write(batchOf(rows));
        // So that the broker goes in the middle.
        await sleep(5);
        if (n === 50_000) {
          await broker;
          await sink.flush();
        }
      }
      await broker;
      await sink.flush();
      await sink.close();
      // The faults hit while rows were on their way.
      expect(said.filter((sentence) => sentence.includes("can't be reached")).length).toBe(2);
      expect(said.filter((sentence) => sentence === 'Kafka is back: writing goes on').length).toBe(2);
      const read = await own.tool(
        'org.apache.kafka.tools.consumer.ConsoleConsumer',
        ...['--bootstrap-server', own.address, '--topic', 'faults', '--from-beginning'],
        ...['--max-messages', `${ROWS + 1}`, '--timeout-ms', '5000'],
      );
      const seen = read
        .trim()
        .split('\n')
        // Its log is there, too.
        .filter((line) => line.startsWith('{'))
        .map((line): unknown => JSON.parse(line));
      const numbers = seen.map((record) => Number(Reflect.get(Object(record), 'n')));
      expect(numbers.length).toBe(ROWS);
      expect(new Set(numbers).size).toBe(ROWS);
      // And each channel's rows are in order.
      const last = new Map<number, number>();
      for (const n of numbers) {
        expect(n).toBeGreaterThan(last.get(n % CHANNELS) ?? -1);
        last.set(n % CHANNELS, n);
      }
    } finally {
      await own.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  180_000,
);
