import { ServiceError, UsageError } from '../../records/errors.js';
import { type Cluster, topicError } from './client/cluster.js';
import { ConnectionError } from './client/connection.js';
import { ERROR, errorName, passes } from './protocol/error-codes.js';
import type { TopicInfo } from './protocol/metadata.js';
import { createTopics, describeTopic, type MadeTopic, type NewTopic } from './protocol/topics.js';
import { DEFAULT_LIMITS, TIME_SETTINGS, type TopicLimits, topicLimits } from './topic-limits.js';

/** What freshet makes of topics that are missing. */
export interface Creation {
  readonly partitions?: number;
  readonly replication?: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/** A topic that is there, with a leader for each partition. */
export interface WritableTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly limits: TopicLimits;
}

const CREATE_MS = 30_000;
const PAUSE_MS = 100;
const ATTEMPTS = 100;

/**
 * Finds a topic that is to be written.
 * @param creation how to make it where it is missing; absent: it has to be there
 * @throws UsageError where it is missing, ServiceError where it can't be made or used
 */
export async function topicToWrite(
  cluster: Cluster,
  topic: string,
  creation: Creation | undefined,
): Promise<WritableTopic> {
  let made = false;
  for (let attempt = 1; ; attempt++) {
    const { topics, controller } = await cluster.refresh([topic]);
    const info = topics.find((one) => one.topic === topic);
    const code = info?.errorCode ?? ERROR.unknownTopicOrPartition;
    if (info !== undefined && isLed(info)) {
      return { topic, partitions: info.partitions.length, limits: await limitsOf(cluster, topic) };
    }
    if (code === ERROR.unknownTopicOrPartition && !made) {
      if (creation === undefined) throw topicError(topic, code, cluster.name);
      made = await create(cluster, controller, { topic, ...creation });
    } else if (code !== ERROR.none && !passes(code)) {
      throw topicError(topic, code, cluster.name);
    } else if (attempt > ATTEMPTS) {
      throw new ServiceError(`no broker at ${cluster.name} leads all partitions of topic ${topic}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function isLed({ errorCode, partitions }: TopicInfo): boolean {
  return errorCode === ERROR.none && partitions.every(({ leader }) => leader >= 0);
}

/** False where the controller has to be found again. */
async function create(cluster: Cluster, controller: number, wanted: NewTopic): Promise<boolean> {
  let made: MadeTopic | undefined;
  try {
    [made] = await cluster.send(controller, createTopics([wanted], CREATE_MS));
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    if (error.passes) return false;
    throw new ServiceError(`topic ${wanted.topic} can't be made: ${error.message}`, undefined, { cause: error });
  }
  if (made === undefined || passes(made.errorCode)) return false;
  // Another copy may have been quicker.
  if (made.errorCode === ERROR.none || made.errorCode === ERROR.topicAlreadyExists) return true;
  throw creationError(made, cluster.name);
}

function creationError({ topic, errorCode, message }: MadeTopic, cluster: string): UsageError | ServiceError {
  const said = message === undefined ? errorName(errorCode) : message.replace(/\.$/, '');
  switch (errorCode) {
    case ERROR.invalidTopic:
      return topicError(topic, errorCode, cluster);
    case ERROR.topicAuthorizationFailed:
    case ERROR.clusterAuthorizationFailed:
      return new ServiceError(
        `the broker does not allow this user to make the topic ${topic}`,
        'Have it made by somebody who may.',
      );
    case ERROR.policyViolation:
      return new ServiceError(`a policy of the broker refuses the topic ${topic}: ${said}`);
    case ERROR.invalidPartitions:
    case ERROR.invalidReplicationFactor:
      return new UsageError(
        `topic ${topic} can't be made: ${said}`,
        '--partitions and --replication say how it is made.',
      );
    default:
      return new ServiceError(`topic ${topic} can't be made: ${said}`);
  }
}

async function limitsOf(cluster: Cluster, topic: string): Promise<TopicLimits> {
  const { errorCode, values } = await cluster.anyone(describeTopic(topic, TIME_SETTINGS));
  // A user who may write need not be allowed to ask.
  return errorCode === ERROR.none ? topicLimits(values) : DEFAULT_LIMITS;
}
