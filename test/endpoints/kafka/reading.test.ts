import { execFileSync, spawnSync } from 'node:child_process';
import { CompressionTypes, type Message } from 'kafkajs';
import { describe, expect, it, vi } from 'vitest';
import { StopSignal } from '../../../src/pipeline/stop-signal.js';
import { ServiceError, UsageError } from '../../../src/records/errors.js';
import { freshName } from '../../services/fresh-names.js';
import { kafka } from '../../services/kafka/kafka.js';
import { service } from '../../services/service.js';
import { deleteTopic, makeTopic, placesOf, produce, producing, tailed, valuesOf } from './topics.js';

const address = await service(kafka);
const brokers = String(address);
const hasKcat = spawnSync('kcat', ['-V']).status === 0;

const numbered = (count: number, from = 0): Message[] =>
  Array.from({ length: count }, (_, at) => ({ value: JSON.stringify({ n: from + at }) }));
const numbers = (count: number, from = 0): object[] => Array.from({ length: count }, (_, at) => ({ n: from + at }));

describe.skipIf(address === undefined)('a topic is read as it was written', () => {
  it('with keys, times, headers and tombstones', async () => {
    const topic = await makeTopic(brokers);
    const binary = Buffer.from([0xff, 0x00]);
    await produce(brokers, topic, [
      { key: 'a', value: '{"n": 1}', timestamp: '1500000000000', headers: { kind: 'row', twice: ['1', '2'] } },
      { key: null, value: '', timestamp: '1500000000500' },
      { key: 'gone', value: null, timestamp: '1400000000000' },
      { key: binary, value: binary, timestamp: '1500000000001', headers: { binary } },
    ]);
    const at = { topic, partition: 0 };
    const base64 = { base64: binary.toString('base64') };
    expect(await tailed(brokers, [topic])).toEqual([
      {
        ...at,
        offset: 0,
        timestamp: 1_500_000_000_000,
        key: 'a',
        value: { n: 1 },
        headers: { kind: 'row', twice: ['1', '2'] },
      },
      { ...at, offset: 1, timestamp: 1_500_000_000_500, key: null, value: '', headers: {} },
      { ...at, offset: 2, timestamp: 1_400_000_000_000, key: 'gone', value: null, headers: {} },
      { ...at, offset: 3, timestamp: 1_500_000_000_001, key: base64, value: base64, headers: { binary: base64 } },
    ]);
  });

  it('with the broker’s time where the topic says so', async () => {
    const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }];
    const topic = await makeTopic(brokers, { configEntries });
    const before = Date.now();
    await produce(brokers, topic, [{ value: '{}', timestamp: '1500000000000' }]);
    const [record] = await tailed(brokers, [topic]);
    expect(record?.timestamp).toBeGreaterThanOrEqual(before - 1000);
  });

  it('that is compressed with gzip by kafkajs', async () => {
    const topic = await makeTopic(brokers);
    await producing(brokers, (producer) =>
      producer.send({ topic, messages: numbered(1000), compression: CompressionTypes.GZIP }),
    );
    expect(valuesOf(await tailed(brokers, [topic]))).toEqual(numbers(1000));
  });

  it.skipIf(!hasKcat).each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
    'that is compressed with %s by kcat',
    async (codec) => {
      const topic = await makeTopic(brokers);
      const input = numbered(20_000)
        .map(({ value }) => `${value}\n`)
        .join('');
      execFileSync('kcat', ['-b', brokers, '-P', '-t', topic, '-X', `compression.codec=${codec}`], { input });
      expect(valuesOf(await tailed(brokers, [topic]))).toEqual(numbers(20_000));
    },
  );

  it('with values larger than a fetch', async () => {
    const configEntries = [{ name: 'max.message.bytes', value: '8000000' }];
    const topic = await makeTopic(brokers, { numPartitions: 2, configEntries });
    const large = [0, 1, 2].map((n) => ({
      partition: n % 2,
      value: JSON.stringify({ n, text: 'x'.repeat(3_000_000) }),
    }));
    for (const one of large) await produce(brokers, topic, [one]);
    const records = await tailed(brokers, [topic]);
    expect(placesOf(records)).toEqual(['0:0', '0:1', '1:0']);
    for (const { value } of records) expect(JSON.stringify(value).length).toBeGreaterThan(3_000_000);
  });

  it('with the gaps that compaction leaves', async () => {
    const configEntries = Object.entries({
      'cleanup.policy': 'compact',
      'segment.ms': '50',
      'min.cleanable.dirty.ratio': '0.001',
      'min.compaction.lag.ms': '0',
      'max.compaction.lag.ms': '100',
    }).map(([name, value]) => ({ name, value }));
    const topic = await makeTopic(brokers, { configEntries });
    for (let round = 0; round < 5; round++) {
      const messages = Array.from({ length: 20 }, (_, at) => ({
        key: `k${at % (round + 2)}`,
        value: `{"n":${round * 20 + at}}`,
      }));
      await produce(brokers, topic, messages);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    let offsets: number[] = [];
    for (;;) {
      offsets = (await tailed(brokers, [topic])).map(({ offset }) => offset);
      if (offsets.length < 100) break;
      // A segment is closed when something is written after its time.
      await produce(brokers, topic, [{ key: 'k0', value: '{}' }]);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    // The cleaner may go on between two readings.
    const readings = async (): Promise<void> => {
      offsets = (await tailed(brokers, [topic])).map(({ offset }) => offset);
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
      const records = await tailed(brokers, [topic], { offset: String((offsets[0] ?? 0) + 1) });
      expect(records.map(({ offset }) => offset)).toEqual(offsets.slice(1));
      for (const { offset, value } of records.filter((one) => one.offset < 100)) expect(value).toEqual({ n: offset });
    };
    await vi.waitFor(readings, { timeout: 60_000, interval: 1000 });
  });
});

describe.skipIf(address === undefined)('of transactions', () => {
  it('what was committed is read, in the order of the topic, and what was aborted is not', async () => {
    const topic = await makeTopic(brokers, { numPartitions: 2 });
    const [one, two] = [freshName('one'), freshName('two')];
    const wanted: number[] = [];
    await producing(
      brokers,
      (first) =>
        producing(
          brokers,
          async (second) => {
            for (let round = 0; round < 20; round++) {
              const [a, b] = [await first.transaction(), await second.transaction()];
              const send = async (at: number, into: typeof a): Promise<void> => {
                const messages = [0, 1].map((partition) => ({ partition, value: `{"n":${round * 4 + at}}` }));
                await into.send({ topic, messages });
              };
              await send(0, a);
              await send(1, b);
              await send(2, a);
              await send(3, b);
              const [aborts, commits] = round % 3 === 0 ? [a, b] : [b, a];
              await aborts.abort();
              await commits.commit();
              wanted.push(...(commits === a ? [0, 2] : [1, 3]).map((at) => round * 4 + at));
            }
          },
          two,
        ),
      one,
    );
    const records = await tailed(brokers, [topic]);
    for (const partition of [0, 1]) {
      const values = valuesOf(records.filter((record) => record.partition === partition));
      expect(values).toEqual(wanted.map((n) => ({ n })));
    }
    // From the middle of a transaction on, too.
    const some = await tailed(brokers, [topic], { offset: '57' });
    expect(placesOf(some)).toEqual(placesOf(records.filter(({ offset }) => offset >= 57)));
  });

  it('one that is open holds the end up, and what comes behind it', async () => {
    const topic = await makeTopic(brokers);
    await produce(brokers, topic, numbered(3));
    const id = freshName('open');
    await producing(
      brokers,
      async (producer) => {
        const open = await producer.transaction();
        await open.send({ topic, messages: numbered(2, 3) });
        await produce(brokers, topic, numbered(2, 5));
        expect(valuesOf(await tailed(brokers, [topic]))).toEqual(numbers(3));
        await open.commit();
        // The broker has answered, and gives the partition the transaction's end now.
        await expect
          .poll(async () => valuesOf(await tailed(brokers, [topic])), { timeout: 20_000 })
          .toEqual(numbers(7));
      },
      id,
    );
  });
});

describe.skipIf(address === undefined)('topics', () => {
  it('are named, several at once, or by patterns, each once', async () => {
    const prefix = freshName('many');
    for (const name of ['a.1', 'a.2', 'b.1']) {
      const topic = await makeTopic(brokers, { topic: `${prefix}.${name}` });
      await produce(brokers, topic, [{ value: JSON.stringify(name) }]);
    }
    const read = async (...topics: string[]): Promise<unknown[]> => valuesOf(await tailed(brokers, topics)).sort();
    expect(await read(`${prefix}.a.1`, `${prefix}.b.1`)).toEqual(['a.1', 'b.1']);
    expect(await read(`${prefix}.a.*`)).toEqual(['a.1', 'a.2']);
    expect(await read(`${prefix}*`, `${prefix}.a.1`)).toEqual(['a.1', 'a.2', 'b.1']);
    expect(await read(`^${prefix}\\..\\.1$`)).toEqual(['a.1', 'b.1']);
    // A point in a pattern with a * is a point.
    await expect(read(`${prefix}xa*`)).rejects.toThrow(`no topic at ${brokers} fits ${prefix}xa*`);
  });

  it('that are missing are an error that names the nearest', async () => {
    const topic = await makeTopic(brokers);
    const missing = tailed(brokers, [`${topic}s`]);
    await expect(missing).rejects.toThrow(UsageError);
    await expect(missing).rejects.toMatchObject({ next: `Is ${topic} meant?` });
  });

  it('that are empty have nothing to read', async () => {
    const topic = await makeTopic(brokers, { numPartitions: 3 });
    expect(await tailed(brokers, [topic])).toEqual([]);
  });

  it('of many partitions are read whole', async () => {
    const topic = await makeTopic(brokers, { numPartitions: 60 });
    await produce(
      brokers,
      topic,
      numbered(600).map((message, at) => ({ ...message, partition: at % 60 })),
    );
    const records = await tailed(brokers, [topic]);
    expect(new Set(placesOf(records)).size).toBe(records.length);
    // kafkajs writes again what partitions have taken when others of the same request had no leader yet.
    expect(new Set(valuesOf(records).map((value) => JSON.stringify(value))).size).toBe(600);
  });

  it('that are deleted while they are read end the run', async () => {
    const topic = await makeTopic(brokers);
    await produce(brokers, topic, numbered(3));
    const reading = tailed(brokers, [topic], {
      untilEnd: false,
      arrived: () => void deleteTopic(brokers, topic),
    });
    await expect(reading).rejects.toThrow(ServiceError);
    await expect(reading).rejects.toThrow(topic);
  });

  it('that are deleted and made anew are not read on from where they were', async () => {
    const topic = await makeTopic(brokers);
    await produce(brokers, topic, numbered(50));
    const reading = tailed(brokers, [topic], {
      untilEnd: false,
      arrived: async () => {
        await deleteTopic(brokers, topic);
        for (;;) {
          const made = await makeTopic(brokers, { topic }).catch(() => undefined);
          if (made !== undefined) break;
        }
        await produce(brokers, topic, numbered(3));
      },
    });
    await expect(reading).rejects.toThrow(`${topic}:0: offset 50 is not there any more`);
  });
});

describe.skipIf(address === undefined)('--offset', () => {
  it('begins and ends where kcat’s does', async () => {
    const topic = await makeTopic(brokers, { numPartitions: 2 });
    const at = (second: number): string => `${1_500_000_000_000 + second * 1000}`;
    // Ten records in the first partition, three in the second; one batch each.
    for (const [partition, count] of [10, 3].entries()) {
      await produce(
        brokers,
        topic,
        numbered(count).map((message, second) => ({ ...message, partition, timestamp: at(second) })),
      );
    }
    const read = async (offset: string): Promise<string> =>
      placesOf(await tailed(brokers, [topic], { offset })).join(' ');
    const all = [...Array.from({ length: 10 }, (_, n) => `0:${n}`), '1:0', '1:1', '1:2'].join(' ');
    expect(await read('beginning')).toBe(all);
    expect(await read('end')).toBe('');
    expect(await read('8')).toBe('0:8 0:9');
    expect(await read('2')).toBe('0:2 0:3 0:4 0:5 0:6 0:7 0:8 0:9 1:2');
    expect(await read('1000')).toBe('');
    expect(await read('-2')).toBe('0:8 0:9 1:1 1:2');
    expect(await read('-1000')).toBe(all);
    expect(await read(`s@${at(8)}`)).toBe('0:8 0:9');
    expect(await read('s@2017-07-14T02:40:02Z,e@2017-07-14T02:40:05Z')).toBe('0:2 0:3 0:4 1:2');
    expect(await read(`e@${at(2)}`)).toBe('0:0 0:1 1:0 1:1');
    expect(await read(`s@${at(9999)}`)).toBe('');
  });

  it('goes on where a number is beyond the end of a partition', async () => {
    const topic = await makeTopic(brokers, { numPartitions: 2 });
    await produce(
      brokers,
      topic,
      numbered(5).map((message) => ({ ...message, partition: 0 })),
    );
    const reading = tailed(brokers, [topic], { offset: '3', untilEnd: false, count: 3 });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await produce(brokers, topic, [{ partition: 1, value: '{}' }]);
    expect(placesOf(await reading)).toEqual(['0:3', '0:4', '1:0']);
  });
});

describe.skipIf(address === undefined)('--until-end', () => {
  it('ends where the topic ended when it began, while somebody goes on writing', async () => {
    const topic = await makeTopic(brokers);
    await produce(brokers, topic, numbered(1000));
    const stop = new StopSignal();
    let written = 1000;
    const writing = producing(brokers, async (producer) => {
      while (stop.requested === undefined) {
        await producer.send({ topic, messages: numbered(100, written) });
        written += 100;
      }
    });
    for (let round = 0; round < 5; round++) {
      const before = written;
      const values = valuesOf(await tailed(brokers, [topic]));
      expect(values).toEqual(numbers(values.length));
      expect(values.length).toBeGreaterThanOrEqual(before);
    }
    stop.request('SIGTERM');
    await writing;
    expect(valuesOf(await tailed(brokers, [topic]))).toEqual(numbers(written));
  });

  it('is not needed with a count, which may end it before', async () => {
    const topic = await makeTopic(brokers);
    await produce(brokers, topic, numbered(10));
    expect(valuesOf(await tailed(brokers, [topic], { untilEnd: false, count: 4 }))).toEqual(numbers(4));
  });

  it('is not needed with a signal, either', async () => {
    const topic = await makeTopic(brokers);
    await produce(brokers, topic, numbered(10));
    const stop = new StopSignal();
    const values = valuesOf(
      await tailed(brokers, [topic], { untilEnd: false, stop, arrived: () => stop.request('SIGINT') }),
    );
    expect(values).toEqual(numbers(10));
  });
});
