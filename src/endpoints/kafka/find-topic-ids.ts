import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, UNKNOWN_MS } from './client/cluster.js';
import { isOutage, orUnsupported } from './client/connection.js';
import { passes } from './protocol/error-codes.js';
import { type IdentifiedTopic, topicIds } from './protocol/topic-ids.js';

const PAUSE_MS = 100;

/**
 * The ids of topics, by name: see topicIds(). Brokers that are away are waited for; one that has not heard of a new topic
 * yet is asked again.
 * @returns without those that have none, of brokers that are too old
 */
export async function findTopicIds(cluster: Cluster, topics: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (topics.length === 0) return new Map();
  const started = performance.now();
  for (;;) {
    const found = await ask(cluster, topics);
    const isHeard = found?.every(({ errorCode }) => !passes(errorCode)) ?? false;
    if (found !== undefined && (isHeard || performance.now() - started > UNKNOWN_MS)) {
      return new Map(found.flatMap(({ topic, id }) => (id === undefined ? [] : [[topic, id]])));
    }
    await sleep(PAUSE_MS);
  }
}

/** Undefined where the brokers are away. */
async function ask(cluster: Cluster, topics: readonly string[]): Promise<IdentifiedTopic[] | undefined> {
  try {
    return (await orUnsupported(cluster.anyone(topicIds(topics)))) ?? [];
  } catch (error) {
    if (!isOutage(error)) throw error;
    await cluster.refresh([...topics]).catch((failure: unknown) => {
      if (!isOutage(failure)) throw failure;
    });
    return undefined;
  }
}
