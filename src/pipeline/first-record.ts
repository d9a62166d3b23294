import type { Cluster } from '../endpoints/kafka/client/cluster.js';
import { decompressRecords } from '../endpoints/kafka/records/compression.js';
import { RecordSplitter } from '../endpoints/kafka/records/record-splitter.js';
import { findOffsets } from '../endpoints/kafka/start-offsets.js';
import { type TopicPartition, TopicReader } from '../endpoints/kafka/topic-reader.js';

/** The value of the first record that partitions hold; undefined where there is none. */
export async function firstRecord(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  show: (sentence: string) => void,
): Promise<Uint8Array | undefined> {
  const starts = await findOffsets(cluster, partitions, { at: 'beginning' }, true);
  const ends = await findOffsets(cluster, partitions, { at: 'end' }, true);
  const reader = new TopicReader({ cluster, committed: true, show });
  partitions.forEach((partition, at) => {
    reader.add(partition, starts[at] ?? 0, ends[at] ?? 0);
  });
  const splitter = new RecordSplitter();
  try {
    for (;;) {
      await reader.ready();
      const got = reader.take();
      if (got === 'end') return undefined;
      if (got === 'wait') continue;
      for (const { compression, records, count } of got.batches) {
        const { buffer, starts: from, ends: to } = splitter.split(decompressRecords(compression, records), count);
        const row = from.findIndex((start) => start >= 0);
        if (row >= 0) return buffer.slice(from[row], to[row]);
      }
      reader.done(got);
    }
  } finally {
    reader.stop();
    splitter.close();
  }
}
