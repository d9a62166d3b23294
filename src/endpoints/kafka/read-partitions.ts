import type { Cluster } from './client/cluster.js';
import { findOffsets, type Range } from './start-offsets.js';
import type { TopicPartition, TopicReader } from './topic-reader.js';

/** Only what committed transactions wrote, as everything that reads Kafka exactly does. */
export const COMMITTED = true;

/** Has a reader read partitions, with no regard to other copies. @throws ServiceError where a leader is not found */
export async function readPartitions(
  reader: TopicReader,
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  { start, end }: Range,
): Promise<void> {
  const starts = await findOffsets(cluster, partitions, start, COMMITTED);
  const ends = end === undefined ? undefined : await findOffsets(cluster, partitions, end, COMMITTED);
  partitions.forEach((partition, index) => {
    reader.add(partition, starts[index] ?? 0, ends?.[index] ?? Number.POSITIVE_INFINITY);
  });
}
