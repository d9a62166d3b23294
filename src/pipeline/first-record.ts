import type { Cluster } from '../endpoints/kafka/client/cluster.js';
import { BatchReader } from '../endpoints/kafka/records/batch-reader.js';
import { type RecordType, TypeFilter } from '../endpoints/kafka/records/record-type.js';
import { findOffsets } from '../endpoints/kafka/start-offsets.js';
import { type TopicPartition, TopicReader } from '../endpoints/kafka/topic-reader.js';

export interface FirstRecordOptions {
  readonly cluster: Cluster;
  readonly partitions: readonly TopicPartition[];
  /** Which records are read; absent: all of them. */
  readonly type?: RecordType;
  /** Shows a sentence to the user. */
  readonly show: (sentence: string) => void;
}

/** The value of the first record of its type that partitions hold; undefined where there is none. */
export async function firstRecord({
  cluster,
  partitions,
  type,
  show,
}: FirstRecordOptions): Promise<Uint8Array | undefined> {
  const starts = await findOffsets(cluster, partitions, { at: 'beginning' }, true);
  const ends = await findOffsets(cluster, partitions, { at: 'end' }, true);
  const reader = new TopicReader({ cluster, committed: true, show });
  const filter = type && new TypeFilter(type);
  const batches = new BatchReader();
  try {
    // One after the other: of each a megabyte is fetched.
    for (const [at, partition] of partitions.entries()) {
      reader.add(partition, starts[at] ?? 0, ends[at] ?? 0);
      const value = await firstValue();
      if (value !== undefined) return value;
    }
    return undefined;
  } finally {
    reader.stop();
    batches.close();
  }

  async function firstValue(): Promise<Uint8Array | undefined> {
    for (;;) {
      await reader.ready();
      const got = reader.take();
      if (got === 'end') return undefined;
      if (got === 'wait') continue;
      for (let place = 0; place < got.batches.length; ) {
        // Who reads it next tells of one that is damaged.
        const { split, next } = batches.read(got.batches, place, got);
        place = next;
        if (split === undefined) continue;
        filter?.leaveOut(split, 0, split.count);
        const row = split.starts.findIndex((start) => start >= 0);
        if (row >= 0) return split.buffer.slice(split.starts[row], split.ends[row]);
      }
      reader.done(got);
    }
  }
}
