import type { Cluster } from '../client/cluster.js';
import { ConnectionError, orUnsupported } from '../client/connection.js';
import { describeProducers } from '../protocol/describe-producers.js';
import { passes } from '../protocol/error-codes.js';
import type { ProducerIdentity } from '../protocol/producer-id.js';
import type { PartitionQueue, QueuedBatch } from './partition-queue.js';

export interface SentBatch {
  readonly queue: PartitionQueue;
  readonly batch: QueuedBatch;
}

/**
 * Whether a batch whose number does not follow on what the broker has is there already. Once it has been restarted a
 * broker may know a producer's last batch of a partition alone (Kafka's snapshots of producers have no other), and
 * takes those before it for out of order when they are sent again.
 * @returns undefined where the broker is away again
 */
export async function isAdded(
  cluster: Cluster,
  node: number,
  { producerId, epoch }: ProducerIdentity,
  { queue, batch }: SentBatch,
): Promise<boolean | undefined> {
  if (!queue.isFirst(batch)) return false;
  const described = await orUnsupported(cluster.send(node, describeProducers([queue]))).catch((error: unknown) => {
    if (!(error instanceof ConnectionError)) throw error;
    return 'away' as const;
  });
  if (described === 'away' || described?.some(({ errorCode }) => passes(errorCode))) return undefined;
  return (described ?? [])
    .flatMap(({ producers }) => producers)
    .some(
      (one) =>
        one.producerId === producerId && one.epoch === epoch + queue.epochsAhead && queue.has(batch, one.lastSequence),
    );
}
