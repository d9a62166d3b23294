import { UsageError } from '../../records/errors.js';
import { nearestName } from '../../records/nearest-name.js';
import { type Cluster, topicError } from './client/cluster.js';
import { ERROR } from './protocol/error-codes.js';
import type { TopicInfo } from './protocol/metadata.js';

/**
 * The topics that names and patterns stand for, each once. A pattern is a regular expression that begins with ^, or has
 * a * that stands for any text; Kafka's own topics fit none.
 * @throws UsageError for a topic that is missing
 */
export async function findTopics(cluster: Cluster, wanted: readonly string[]): Promise<TopicInfo[]> {
  const patterns = wanted.filter(isPattern);
  const names = wanted.filter((name) => !isPattern(name));
  const found = new Map<string, TopicInfo>();
  if (names.length > 0) {
    const { topics } = await cluster.refresh(names);
    for (const info of topics) {
      if (info.errorCode === ERROR.unknownTopicOrPartition) throw await missing(cluster, info.topic);
      if (info.errorCode !== ERROR.none && info.errorCode !== ERROR.leaderNotAvailable) {
        throw topicError(info.topic, info.errorCode, cluster.name);
      }
      found.set(info.topic, info);
    }
  }
  if (patterns.length > 0) {
    const { topics } = await cluster.refresh(undefined);
    for (const pattern of patterns) {
      const fits = topics.filter(
        ({ topic, internal }) => !internal && !topic.startsWith('__') && expressionOf(pattern).test(topic),
      );
      if (fits.length === 0) throw new UsageError(`no topic at ${cluster.name} fits ${pattern}`);
      for (const info of fits) found.set(info.topic, info);
    }
  }
  return [...found.values()];
}

function isPattern(name: string): boolean {
  return name.startsWith('^') || name.includes('*');
}

function expressionOf(pattern: string): RegExp {
  try {
    const parts = pattern.split('*').map((part) => part.replaceAll(/[.\\+?()[\]{}|$^]/g, '\\$&'));
    return new RegExp(pattern.startsWith('^') ? pattern : `^${parts.join('.*')}$`);
  } catch (cause) {
    throw new UsageError(`${pattern} is no regular expression`, undefined, { cause });
  }
}

async function missing(cluster: Cluster, topic: string): Promise<UsageError> {
  const { topics } = await cluster.refresh(undefined);
  const near = nearestName(
    topic,
    topics.filter(({ internal }) => !internal).map((one) => one.topic),
  );
  return new UsageError(
    `there is no topic ${topic} at ${cluster.name}`,
    near === undefined ? 'freshet doctor lists what there is.' : `Is ${near} meant?`,
  );
}
