import { afterEach, describe, expect, it } from 'vitest';
import { type Fetched, TopicReader } from '../../../src/endpoints/kafka/topic-reader.js';
import { ServiceError } from '../../../src/records/errors.js';
import { encodeBatch } from './encode-batch.js';
import { FakeCluster, type FakePartition } from './fake-cluster.js';

const readers: TopicReader[] = [];

afterEach(() => {
  for (const reader of readers.splice(0)) reader.stop();
});

/** A partition of batches of ten records each, with values of so many bytes. */
async function partitionOf(leader: number, batches: number, bytes = 10): Promise<FakePartition> {
  const made = Array.from({ length: batches }, async (_, at) => {
    const records = Array.from({ length: 10 }, () => ({ value: Buffer.alloc(bytes, 'x') }));
    return { offset: at * 10, next: at * 10 + 10, bytes: await encodeBatch(records, { baseOffset: at * 10 }) };
  });
  return { leader, batches: await Promise.all(made) };
}

async function readerOf(fake: FakeCluster): Promise<{ reader: TopicReader; shown: string[] }> {
  const shown: string[] = [];
  await fake.cluster.refresh([...fake.topics.keys()]);
  const show = (sentence: string): void => void shown.push(sentence);
  const reader = new TopicReader({ cluster: fake.cluster, committed: true, show });
  readers.push(reader);
  return { reader, shown };
}

async function take(reader: TopicReader): Promise<Fetched | 'end'> {
  for (;;) {
    await reader.ready();
    const got = reader.take();
    if (got !== 'wait') return got;
  }
}

/** Reads to the end. @returns where each batch begins, by partition, and what else was fetched */
async function readAll(reader: TopicReader): Promise<{ offsets: Record<string, number[]>; all: Fetched[] }> {
  const offsets: Record<string, number[]> = {};
  const all: Fetched[] = [];
  for (let got = await take(reader); got !== 'end'; got = await take(reader)) {
    const name = `${got.topic}:${got.partition}`;
    offsets[name] = [...(offsets[name] ?? []), ...got.batches.map(({ baseOffset }) => baseOffset)];
    all.push(got);
  }
  return { offsets, all };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const tens = (count: number): number[] => Array.from({ length: count }, (_, at) => at * 10);

describe('a reader of topics', () => {
  it('reads every batch of every partition once, in order', async () => {
    const fake = new FakeCluster([1, 2]);
    fake.topics.set('t', [await partitionOf(1, 5), await partitionOf(2, 3), await partitionOf(1, 0)]);
    const { reader, shown } = await readerOf(fake);
    for (const [partition, end] of [50, 30, 0].entries()) reader.add({ topic: 't', partition }, 0, end);
    const { offsets } = await readAll(reader);
    expect(offsets).toEqual({ 't:0': tens(5), 't:1': tens(3) });
    expect(shown).toEqual([]);
  });

  it('goes on at the end that was asked for, though a batch reaches beyond it', async () => {
    const fake = new FakeCluster([1]);
    fake.topics.set('t', [await partitionOf(1, 5)]);
    const { reader } = await readerOf(fake);
    reader.add({ topic: 't', partition: 0 }, 13, 27);
    const { all } = await readAll(reader);
    expect(all.map(({ from, to, next }) => ({ from, to, next }))).toEqual([
      { from: 13, to: 27, next: 20 },
      { from: 20, to: 27, next: 27 },
    ]);
  });

  it('asks for each partition first in its turn, since an answer may be full before the last', async () => {
    const fake = new FakeCluster([1]);
    fake.topics.set('t', [await partitionOf(1, 9), await partitionOf(1, 9), await partitionOf(1, 9)]);
    const { reader } = await readerOf(fake);
    for (const partition of [0, 1, 2]) reader.add({ topic: 't', partition }, 0, 90);
    await readAll(reader);
    expect(new Set(fake.fetches.map(({ partitions }) => partitions[0]))).toEqual(new Set(['t:0', 't:1', 't:2']));
  });

  it('reads on when partitions whose records wait are taken away', async () => {
    const fake = new FakeCluster([1]);
    fake.topics.set('t', [await partitionOf(1, 40, 100_000), await partitionOf(1, 40, 100_000)]);
    const { reader } = await readerOf(fake);
    reader.add({ topic: 't', partition: 0 }, 0, 400);
    const fetched = (): number => fake.fetches.length;
    // It stops asking when so much waits, and goes on when that is not wanted any more.
    await until(() => fetched() >= 17);
    let before = -1;
    while (before !== fetched()) {
      before = fetched();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(before).toBeLessThan(40);
    reader.remove({ topic: 't', partition: 0 });
    reader.add({ topic: 't', partition: 1 }, 0, 400);
    expect((await readAll(reader)).offsets).toEqual({ 't:1': tens(40) });
  });

  it('gives nothing any more of a partition that was taken away', async () => {
    const fake = new FakeCluster([1]);
    fake.topics.set('t', [await partitionOf(1, 5), await partitionOf(1, 5)]);
    const { reader } = await readerOf(fake);
    reader.add({ topic: 't', partition: 0 }, 0, 50);
    await reader.ready();
    reader.remove({ topic: 't', partition: 0 });
    reader.add({ topic: 't', partition: 1 }, 0, 50);
    expect((await readAll(reader)).offsets).toEqual({ 't:1': tens(5) });
  });
});

describe('when brokers are away', () => {
  it('tells so once, and once that they are back, and reads all the same', async () => {
    const fake = new FakeCluster([1, 2, 3]);
    fake.topics.set('t', [await partitionOf(1, 3), await partitionOf(2, 3), await partitionOf(3, 3)]);
    const { reader, shown } = await readerOf(fake);
    fake.away.set(2, 'unreachable');
    for (const partition of [0, 1, 2]) reader.add({ topic: 't', partition }, 0, 30);
    const read = readAll(reader);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(shown).toEqual(["Kafka can't be reached (broker:2: it is away): trying again"]);
    fake.away.clear();
    expect((await read).offsets).toEqual({ 't:0': tens(3), 't:1': tens(3), 't:2': tens(3) });
    expect(shown.slice(1)).toEqual(['Kafka is back: reading goes on']);
  });

  it('reads on from those that lead now, though one partition has no leader', async () => {
    const fake = new FakeCluster([1, 2, 3]);
    const partitions = [await partitionOf(1, 3), await partitionOf(1, 3)];
    fake.topics.set('t', partitions);
    const { reader } = await readerOf(fake);
    const [moves, stays] = partitions;
    if (moves === undefined || stays === undefined) throw new Error('there are two');
    moves.leader = 2;
    stays.leader = -1;
    for (const partition of [0, 1]) reader.add({ topic: 't', partition }, 0, 30);
    const got = [await take(reader), await take(reader), await take(reader)];
    expect(got.map((one) => one !== 'end' && one.partition)).toEqual([0, 0, 0]);
    stays.leader = 3;
    expect((await readAll(reader)).offsets).toEqual({ 't:1': tens(3) });
  });

  it('reads on from a new leader that somebody else has heard of', async () => {
    const fake = new FakeCluster([1, 2]);
    const [moves, stays] = [await partitionOf(1, 1), await partitionOf(1, 1)];
    fake.topics.set('t', [moves, stays]);
    const { reader } = await readerOf(fake);
    reader.add({ topic: 't', partition: 0 }, 0, 20);
    reader.add({ topic: 't', partition: 1 }, 0, 20);
    await until(() => fake.fetches.length > 3);
    moves.leader = 2;
    await fake.cluster.refresh(['t']);
    moves.batches.push({
      offset: 10,
      next: 20,
      bytes: await encodeBatch([{ value: Buffer.alloc(1), offset: 9 }], { baseOffset: 10 }),
    });
    await until(() => fake.fetches.some(({ node }) => node === 2));
    const got = [await take(reader), await take(reader), await take(reader)];
    expect(got.map((one) => one !== 'end' && `${one.partition} ${one.next}`).sort()).toEqual(['0 10', '0 20', '1 10']);
  });

  it('fails where it is of no use to try again', async () => {
    const fake = new FakeCluster([1]);
    fake.topics.set('t', [await partitionOf(1, 3)]);
    const { reader } = await readerOf(fake);
    fake.away.set(1, 'refused');
    reader.add({ topic: 't', partition: 0 }, 0, 30);
    const failure = readAll(reader);
    await expect(failure).rejects.toThrow(ServiceError);
    await expect(failure).rejects.toThrow('broker:1: it is away');
  });

  it('fails when its topic was deleted', async () => {
    const fake = new FakeCluster([1]);
    fake.topics.set('t', [await partitionOf(1, 3)]);
    const { reader } = await readerOf(fake);
    reader.add({ topic: 't', partition: 0 }, 0, 100);
    for (let got = 0; got < 3; got++) await take(reader);
    fake.topics.delete('t');
    await expect(readAll(reader)).rejects.toThrow('the topic t is not there any more');
  });
});

describe('records that can not be read', () => {
  it('that are damaged are told of with their bytes, and what is behind them is read', async () => {
    const fake = new FakeCluster([1]);
    const partition = await partitionOf(1, 3);
    fake.topics.set('t', [partition]);
    const damaged = Buffer.from(partition.batches[1]?.bytes ?? []);
    damaged[80] = (damaged[80] ?? 0) ^ 1;
    partition.batches.splice(1, 1, { offset: 10, next: 20, bytes: damaged });
    const { reader } = await readerOf(fake);
    reader.add({ topic: 't', partition: 0 }, 0, 30);
    const { offsets, all } = await readAll(reader);
    expect(offsets).toEqual({ 't:0': [0, 20] });
    const [problem, ...more] = all.flatMap(({ problems }) => problems);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ offset: 10, problem: expect.stringContaining('checksum') });
    expect(Buffer.from(problem?.bytes ?? [])).toEqual(damaged);
  });

  it('end the run where nothing tells what is behind them', async () => {
    const fake = new FakeCluster([1]);
    const partition = await partitionOf(1, 1);
    fake.topics.set('t', [partition]);
    const damaged = Buffer.from(partition.batches[0]?.bytes ?? []);
    damaged.writeInt32BE(-1, 23);
    partition.batches.splice(0, 1, { offset: 0, next: 10, bytes: damaged });
    const { reader } = await readerOf(fake);
    reader.add({ topic: 't', partition: 0 }, 0, 10);
    await expect(readAll(reader)).rejects.toThrow('t:0:0: a record batch is damaged');
  });

  it('because they were deleted end the run: nothing is passed over in silence', async () => {
    const fake = new FakeCluster([1]);
    fake.topics.set('t', [await partitionOf(1, 3)]);
    const { reader } = await readerOf(fake);
    reader.add({ topic: 't', partition: 0 }, 31, 100);
    await expect(readAll(reader)).rejects.toThrow('t:0: offset 31 is not there any more');
  });
});
