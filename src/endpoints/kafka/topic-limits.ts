/** What a topic's settings say of its records. All are lengths of time in milliseconds, or Infinity. */
export interface TopicLimits {
  /** It deletes records that are older; those of a compacted topic stay. */
  readonly retention: number;
  /** It refuses records that are older, or further ahead of the clock. */
  readonly before: number;
  readonly after: number;
  /** Bytes of a batch that it takes. */
  readonly batchBytes: number;
}

/** Topic settings: https://kafka.apache.org/documentation/#topicconfigs. */
export const TIME_SETTINGS = [
  'cleanup.policy',
  'retention.ms',
  'message.timestamp.before.max.ms',
  'message.timestamp.after.max.ms',
  // Before Kafka 3.6, in place of the last two.
  'message.timestamp.difference.max.ms',
  'max.message.bytes',
] as const;

/** Those of a topic with Kafka's own defaults. */
export const DEFAULT_LIMITS: TopicLimits = {
  retention: 7 * 86_400_000,
  before: Number.POSITIVE_INFINITY,
  after: 3_600_000,
  batchBytes: 1_048_588,
};

export function topicLimits(values: ReadonlyMap<string, string>): TopicLimits {
  const length = (name: string): number | undefined => {
    const text = values.get(name);
    return text === undefined ? undefined : Number(text) < 0 ? Number.POSITIVE_INFINITY : Number(text);
  };
  const both = length('message.timestamp.difference.max.ms');
  const deletes = (values.get('cleanup.policy') ?? 'delete').includes('delete');
  return {
    retention: deletes ? (length('retention.ms') ?? DEFAULT_LIMITS.retention) : Number.POSITIVE_INFINITY,
    before: length('message.timestamp.before.max.ms') ?? both ?? DEFAULT_LIMITS.before,
    after: length('message.timestamp.after.max.ms') ?? both ?? DEFAULT_LIMITS.after,
    batchBytes: length('max.message.bytes') ?? DEFAULT_LIMITS.batchBytes,
  };
}

/** How long brokers know who wrote a record (producer.id.expiration.ms). */
const PRODUCER_MEMORY_MS = 86_400_000;

/**
 * The limits of a topic for who writes without transactions. A broker that is started again counts from the time of a
 * producer's last record how long it was silent (Kafka 4.3, ProducerStateManager: isProducerExpired), forgets one of old
 * records, and adds a batch that is sent again a second time.
 */
export function limitsWithoutTransactions(limits: TopicLimits): TopicLimits {
  return { ...limits, before: Math.min(limits.before, PRODUCER_MEMORY_MS) };
}

/**
 * The times that records of a topic may be written with, as epoch milliseconds. A topic counts a record's age from its
 * time, so that it would delete an old one soon after it is written: what has less than half of the retention left is
 * not written with its own time. Clocks differ, and a batch may have to wait for its broker, so that half of what a
 * topic takes is used of the other limits, too.
 */
export function writableTimes({ retention, before, after }: TopicLimits, now: number): { from: number; to: number } {
  return { from: Math.max(0, now - Math.min(retention, before) / 2), to: now + after / 2 };
}
