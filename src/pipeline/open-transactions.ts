import type { Cluster } from '../endpoints/kafka/client/cluster.js';
import { openProducer } from '../endpoints/kafka/producer/open-producer.js';
import { TransactionalProducer } from '../endpoints/kafka/producer/transactional-producer.js';
import { DEFAULT_COMPRESSION, type Transacted } from './open-topic-sinks.js';
import { openCluster } from './open-topics.js';
import type { StateProducer } from './state-topic.js';
import { parseUri } from './uri.js';

/**
 * A transaction that is left open by a copy that was killed is aborted by the one that takes its place, or after this
 * long: until then nobody reads past it. One that is at work takes MOST_OPEN_MS and what its rows take to be written.
 */
const TIMEOUT_MS = 60_000;
/** Of rows that are written as they come no more than this goes into one transaction, however long the interval is. */
export const MOST_OPEN_MS = 30_000;

/** Opens what a copy of a group writes in transactions with. @param to the outputs: one may say how it is compressed */
export async function openTransactions(
  group: string,
  brokers: string | undefined,
  to: readonly string[],
  show: (sentence: string) => void,
  stop: AbortSignal,
): Promise<Transacted> {
  const cluster = openCluster(brokers, { stop, show });
  const compressions = to.map((word) => {
    const uri = parseUri(word);
    return uri.kind === 'topics' ? uri.compression : undefined;
  });
  const compression = compressions.find((one) => one !== undefined) ?? DEFAULT_COMPRESSION;
  try {
    const producer = await TransactionalProducer.open({
      cluster,
      // Until it has partitions, whose ids it takes over, a copy writes nothing: all have the same one.
      transactionalId: group,
      timeout: TIMEOUT_MS,
      compression,
      show,
    });
    return { cluster, producer };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** Opens what state is kept with where it is not part of a transaction. */
export async function openStateProducer(
  brokers: string | undefined,
  show: (sentence: string) => void,
  stop: AbortSignal,
): Promise<{ readonly cluster: Cluster; readonly producer: StateProducer }> {
  const cluster = openCluster(brokers, { stop, show });
  try {
    await cluster.refresh([]);
    return { cluster, producer: await openProducer(cluster, DEFAULT_COMPRESSION, show) };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
