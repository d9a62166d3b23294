/** What a broker says of a topic, partition or group; see https://kafka.apache.org/protocol.html#protocol_error_codes. */
export const ERROR = {
  unknownServerError: -1,
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeader: 6,
  requestTimedOut: 7,
  messageTooLarge: 10,
  offsetMetadataTooLarge: 12,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  invalidTopic: 17,
  recordListTooLarge: 18,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  illegalGeneration: 22,
  inconsistentGroupProtocol: 23,
  unknownMemberId: 25,
  invalidSessionTimeout: 26,
  rebalanceInProgress: 27,
  topicAuthorizationFailed: 29,
  groupAuthorizationFailed: 30,
  clusterAuthorizationFailed: 31,
  invalidTimestamp: 32,
  unsupportedVersion: 35,
  topicAlreadyExists: 36,
  invalidPartitions: 37,
  invalidReplicationFactor: 38,
  invalidConfig: 40,
  notController: 41,
  policyViolation: 44,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  invalidTxnState: 48,
  invalidProducerIdMapping: 49,
  invalidTransactionTimeout: 50,
  concurrentTransactions: 51,
  transactionCoordinatorFenced: 52,
  transactionalIdAuthorizationFailed: 53,
  kafkaStorageError: 56,
  unknownProducerId: 59,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  memberIdRequired: 79,
  fencedInstanceId: 82,
  unstableOffsetCommit: 88,
  invalidRecord: 87,
  producerFenced: 90,
  unknownTopicId: 100,
  transactionAbortable: 120,
} as const;

const NAMES = new Map<number, string>(
  Object.entries(ERROR).map(([name, code]) => [
    code,
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
  ]),
);

/** Kafka's own name of an error code, which its users know and search for. */
export function errorName(code: number): string {
  return NAMES.get(code) ?? `error ${code}`;
}

/** The leader or coordinator is elsewhere or not there yet: asking for metadata again helps. */
const MOVED = new Set<number>([
  ERROR.unknownTopicOrPartition,
  ERROR.leaderNotAvailable,
  ERROR.notLeader,
  ERROR.requestTimedOut,
  ERROR.coordinatorLoading,
  ERROR.coordinatorNotAvailable,
  ERROR.notCoordinator,
  ERROR.notController,
  ERROR.notEnoughReplicas,
  ERROR.notEnoughReplicasAfterAppend,
  ERROR.kafkaStorageError,
  ERROR.fencedLeaderEpoch,
  ERROR.unknownLeaderEpoch,
  ERROR.unstableOffsetCommit,
  ERROR.unknownTopicId,
  ERROR.concurrentTransactions,
]);

/** Whether the same request may succeed a little later. */
export function passes(code: number): boolean {
  return MOVED.has(code);
}
