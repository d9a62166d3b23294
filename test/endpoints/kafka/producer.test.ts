import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Producer } from '../../../src/endpoints/kafka/producer/producer.js';
import type { UnframedRows } from '../../../src/endpoints/kafka/records/record-framer.js';
import { type Fault, ModelCluster } from './model-cluster.js';

const FAULTS: readonly Fault[] = [
  'added and lost',
  'lost',
  'restarted',
  'added by too few',
  'not leader',
  'sequence forgotten',
  'leader moves',
];

function rowsOf(texts: readonly string[]): UnframedRows {
  const bytes = Buffer.from(texts.join(''));
  let end = 0;
  const ends = Int32Array.from(texts, ({ length }) => (end += length));
  const starts = ends.map((to, at) => to - (texts[at]?.length ?? 0));
  // By the first letter: each partition is one row's or another's alone.
  const places = { bytes, starts, ends: starts.map((start) => start + 1) };
  return { count: texts.length, values: { bytes, starts, ends }, places, times: new Float64Array(texts.length) };
}

it('adds each record once and in order, whatever faults hit, and puts aside what is too large alone', async () => {
  const LARGE = 3000;
  let hits = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.oneof({ weight: 8, arbitrary: fc.constant<Fault>('none') }, fc.constantFrom(...FAULTS)), {
        maxLength: 40,
      }),
      fc.array(fc.tuple(fc.nat(150), fc.boolean()), { minLength: 1, maxLength: 25 }),
      fc.boolean(),
      async (partitions, faults, writes, someLarge) => {
        const left = [...faults];
        const model = new ModelCluster(partitions, () => left.shift() ?? 'none', 2000);
        const cluster = model.client();
        await cluster.refresh(['topic']);
        const identity = { producerId: 5n, epoch: 0 };
        const producer = new Producer({ cluster, compression: 'none', identity, show: () => {} });
        const writer = producer.topic('topic', partitions, 500).keepRefused();
        const wanted: string[] = [];
        const large: string[] = [];
        let n = 0;
        for (const [count, flush] of writes) {
          const texts = Array.from({ length: count }, () => {
            const text = `${'abcdefgh'[n % 8]}${n++}.`;
            return someLarge && n % 97 === 0 ? text.padEnd(LARGE, '-') : text;
          });
          if (texts.length > 0) writer.write(rowsOf(texts));
          wanted.push(...texts.filter(({ length }) => length < LARGE));
          large.push(...texts.filter(({ length }) => length === LARGE));
          if (flush) await producer.flush();
          else await new Promise((resolve) => setImmediate(resolve));
          if (flush) expect(model.logs.flat().length).toBe(wanted.length);
        }
        await producer.flush();
        expect(model.logs.flat().sort()).toEqual([...wanted].sort());
        for (const letter of 'abcdefgh') {
          const own = (text: string): boolean => text.startsWith(letter);
          const logs = model.logs.map((log) => log.filter(own)).filter((log) => log.length > 0);
          expect(logs).toEqual(wanted.some(own) ? [wanted.filter(own)] : []);
        }
        expect(
          writer
            .takeRefused()
            .map((value) => Buffer.from(value).toString())
            .sort(),
        ).toEqual([...large].sort());
        hits += model.broken;
        producer.close();
        writer.close();
      },
    ),
    {
      numRuns: 150,
      examples: [
        // A batch that is sent again, those behind it taken, and then one too large.
        [
          1,
          ['none', 'added by too few'],
          [
            [1, false],
            [97, false],
            [0, false],
          ],
          true,
        ],
      ],
    },
  );
  expect(hits).toBeGreaterThan(50);
});

it('makes the writer wait while no broker answers, tells so once, and once that it goes on', async () => {
  let away = false;
  const model = new ModelCluster(2, () => (away ? 'lost' : 'none'), 1_000_000);
  const cluster = model.client();
  await cluster.refresh(['topic']);
  const said: string[] = [];
  const identity = { producerId: 5n, epoch: 0 };
  const show = (sentence: string): void => void said.push(sentence);
  const producer = new Producer({ cluster, compression: 'none', identity, show });
  const writer = producer.topic('topic', 2, 1_000_000);
  writer.write(rowsOf(['before']));
  await producer.flush();
  away = true;
  const text = 'x'.repeat(100_000);
  let written = 0;
  let waits: Promise<void> | undefined;
  while (waits === undefined) {
    writer.write(rowsOf(Array.from({ length: 10 }, () => text)));
    written += 10;
    const room = producer.room();
    const first = await Promise.race([room.then(() => 'room'), sleep(20).then(() => 'full')]);
    if (first === 'full') waits = room;
  }
  expect(written * text.length).toBeGreaterThan(32_000_000);
  expect(written * text.length).toBeLessThan(36_000_000);
  away = false;
  await waits;
  await producer.flush();
  expect(model.logs.flat().length).toBe(written + 1);
  expect(said).toEqual([
    "Kafka can't be reached (model:0: the connection was cut): trying again",
    'Kafka is back: writing goes on',
  ]);
  producer.close();
  writer.close();
});
