import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Admin,
  type ITopicConfig,
  Kafka,
  KafkaJSProtocolError,
  logLevel,
  type Message,
  Partitioners,
  type Producer,
} from 'kafkajs';
import { StopSignal } from '../../../src/pipeline/stop-signal.js';
import { tailTopics } from '../../../src/pipeline/tail/tail-topics.js';
import { freshName } from '../../services/fresh-names.js';

/** kafkajs as it comes: the writer of these tests, which no one here wrote. */
export function client(brokers: string): Kafka {
  return new Kafka({
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { retries: 20, maxRetryTime: 1000 },
  });
}

/** Makes a topic of its own. */
export async function makeTopic(
  brokers: string,
  options: Partial<ITopicConfig> & { readonly topic?: string } = {},
): Promise<string> {
  const { topic = freshName('topic'), numPartitions = 1, ...more } = options;
  const admin = client(brokers).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ ...more, topic, numPartitions }], waitForLeaders: false });
  while (!(await hasLeaders(admin, topic))) await sleep(50);
  await admin.disconnect();
  return topic;
}

/**
 * Whether the leaders of a topic's partitions answer for them: until then a producer of kafkajs fails in some and writes
 * to all of them again. kafkajs' own waiting fails while the broker that is asked has not heard of the topic yet.
 */
async function hasLeaders(admin: Admin, topic: string): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitions = topics.flatMap((one) => one.partitions);
    if (partitions.length === 0 || partitions.some(({ leader }) => leader < 0)) return false;
    return (await admin.fetchTopicOffsets(topic)).length === partitions.length;
  } catch (error) {
    if (error instanceof KafkaJSProtocolError && error.retriable) return false;
    throw error;
  }
}

/** Where each partition of a topic ends. */
export async function offsetsOf(brokers: string, topic: string): Promise<number[]> {
  const admin = client(brokers).admin();
  await admin.connect();
  const found = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return found.sort((a, b) => a.partition - b.partition).map(({ high }) => Number(high));
}

/** Waits until a group has so many members, which have their partitions. @returns what each says of itself */
export async function membersOf(brokers: string, group: string, count = 1): Promise<Buffer[]> {
  const admin = client(brokers).admin();
  await admin.connect();
  try {
    for (; ; await sleep(100)) {
      const { groups } = await admin.describeGroups([group]);
      const members = groups[0]?.state === 'Stable' ? groups[0].members : [];
      if (members.length === count) return members.map(({ memberMetadata }) => memberMetadata);
    }
  } finally {
    await admin.disconnect();
  }
}

export async function deleteTopic(brokers: string, topic: string): Promise<void> {
  const admin = client(brokers).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
}

/** Does `work` with a producer. */
export async function producing<T>(
  brokers: string,
  work: (producer: Producer) => Promise<T>,
  transactionalId?: string,
): Promise<T> {
  const transactions =
    transactionalId === undefined ? {} : { transactionalId, maxInFlightRequests: 1, idempotent: true };
  const producer = client(brokers).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    ...transactions,
  });
  await producer.connect();
  try {
    return await work(producer);
  } finally {
    await producer.disconnect();
  }
}

/** Writes messages into one topic. */
export function produce(brokers: string, topic: string, messages: Message[]): Promise<unknown> {
  return producing(brokers, (producer) => producer.send({ topic, messages, acks: -1 }));
}

/** The values of a topic's first records, as kafkajs reads them: it knows no lz4. */
export async function valuesIn(brokers: string, topic: string, count: number): Promise<Buffer[]> {
  const consumer = client(brokers).consumer({ groupId: freshName('reader') });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    const values: Buffer[] = [];
    await new Promise<void>((resolve, reject) => {
      const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
        if (message.value !== null) values.push(message.value);
        if (values.length >= count) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
    return values;
  } finally {
    await consumer.disconnect();
  }
}

export interface TailedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: unknown;
  readonly value: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface TailRun {
  readonly offset?: string;
  readonly untilEnd?: boolean;
  readonly count?: number;
  readonly stop?: StopSignal;
  /** Sees sentences that a user would. */
  readonly shown?: string[];
  /** Told of records as they come. */
  readonly arrived?: (records: readonly TailedRecord[]) => void;
}

/** What `freshet tail --format json` prints, to the end unless told. */
export async function tailed(brokers: string, topics: readonly string[], run: TailRun = {}): Promise<TailedRecord[]> {
  const { offset = 'beginning', untilEnd = true, count = Number.POSITIVE_INFINITY, shown = [], arrived } = run;
  const records: TailedRecord[] = [];
  await tailTopics({
    brokers,
    topics,
    offset,
    untilEnd,
    count,
    form: 'json',
    sink: {
      name: 'test',
      write: async (bytes) => {
        const lines = Buffer.from(bytes).toString().split('\n').slice(0, -1);
        const came: TailedRecord[] = lines.map((line) => JSON.parse(line));
        records.push(...came);
        arrived?.(came);
      },
      flush: async () => {},
      close: async () => {},
    },
    stop: run.stop ?? new StopSignal(),
    show: (sentence) => shown.push(sentence),
  });
  return records;
}

/** `partition:offset` of records, in order of partition and offset. */
export function placesOf(records: readonly TailedRecord[]): string[] {
  return [...records]
    .sort((a, b) => a.partition - b.partition || a.offset - b.offset)
    .map(({ partition, offset }) => `${partition}:${offset}`);
}

export function valuesOf(records: readonly TailedRecord[]): unknown[] {
  return records.map(({ value }) => value);
}
