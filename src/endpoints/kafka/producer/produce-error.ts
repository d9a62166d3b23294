import { ServiceError } from '../../../records/errors.js';
import { ERROR, errorName } from '../protocol/error-codes.js';
import type { ProducedPartition } from '../protocol/produce.js';

/** Another producer with the same transactional id has taken over: this one writes nothing any more. */
export class FencedError extends ServiceError {}

/** Positions were not taken: the member is no part of its group's generation any more. */
export class MembershipError extends ServiceError {}

/** The error for a code that says that a producer was fenced; undefined for any other. */
export function fencedError(code: number, transactionalId: string): FencedError | undefined {
  if (!FENCED.has(code)) return undefined;
  return new FencedError(
    `another process has taken over the transactions of ${transactionalId}`,
    'Its partitions belong to that one now.',
  );
}

const FENCED = new Set<number>([
  ERROR.invalidProducerEpoch,
  ERROR.producerFenced,
  ERROR.invalidProducerIdMapping,
  ERROR.transactionCoordinatorFenced,
]);

/** The error for a record that a topic does not take, where nothing may be left out. */
export function tooLargeError(topic: string, bytes: number): ServiceError {
  return new ServiceError(
    `topic ${topic} takes no record of ${bytes} bytes`,
    `Raise its max.message.bytes: kafka-configs --alter --entity-type topics --entity-name ${topic} --add-config max.message.bytes=…`,
  );
}

/** The error for what a broker says of records that it does not take, whenever they are sent. */
export function produceError({ topic, partition, errorCode, message }: ProducedPartition): ServiceError {
  const said = message === undefined ? errorName(errorCode) : `${errorName(errorCode)}, ${message}`;
  switch (errorCode) {
    case ERROR.topicAuthorizationFailed:
      return new ServiceError(`the broker does not allow this user to write to topic ${topic}`);
    case ERROR.clusterAuthorizationFailed:
      return new ServiceError(
        'the broker does not allow this user to write so that nothing is added twice',
        'The user needs IdempotentWrite on the cluster, or Write on the topic from Kafka 2.8 on.',
      );
    case ERROR.transactionalIdAuthorizationFailed:
      return new ServiceError('the broker does not allow this user to write in transactions');
    case ERROR.policyViolation:
      return new ServiceError(`a policy of the broker refuses records of topic ${topic}: ${said}`);
    case ERROR.invalidRecord:
      return new ServiceError(
        `topic ${topic} refuses records: ${said}`,
        'A compacted topic takes only records with a key: --key, or --by of an aggregate, names its fields.',
      );
    default:
      return new ServiceError(`${topic}:${partition} can't be written: the broker says ${said}`);
  }
}
