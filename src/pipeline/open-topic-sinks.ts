import type { Format } from '../codecs/codec.js';
import type { Sink } from '../endpoints/endpoint.js';
import type { Cluster } from '../endpoints/kafka/client/cluster.js';
import { openProducer } from '../endpoints/kafka/producer/open-producer.js';
import type { RowProducer } from '../endpoints/kafka/producer/row-producer.js';
import type { TransactionalProducer } from '../endpoints/kafka/producer/transactional-producer.js';
import { limitsWithoutTransactions } from '../endpoints/kafka/topic-limits.js';
import { type Creation, topicToWrite, type WritableTopic } from '../endpoints/kafka/topic-to-write.js';
import { registerSchema, subjectOf } from '../endpoints/registry/subjects.js';
import { UsageError } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import { schemaJson } from '../records/schema-json.js';
import type { Zone } from '../records/time/zone.js';
import type { DeadLetterSink } from './dead-letter-record.js';
import { DeadLetterTopic } from './dead-letter-topic.js';
import { loadCodec } from './formats.js';
import type { Registry } from './open-registry.js';
import { openCluster } from './open-topics.js';
import type { CopyOptions } from './tail/copied-records.js';
import { TopicSink } from './topic-sink.js';
import type { TopicsUri } from './uri.js';

/** Costs next to no CPU, and makes a third of the bytes. */
export const DEFAULT_COMPRESSION = 'lz4';

/** How topics are written. */
export interface TopicSinkOptions {
  readonly brokers?: string;
  /** `--create-topics`; absent: topics have to be there. */
  readonly creation?: Creation;
  readonly show: (sentence: string) => void;
  /** Aborted when the run is to stop. */
  readonly stop?: AbortSignal;
  /** Where the schemas of Avro rows are registered; absent: they are named by their fingerprint. */
  readonly registry?: Registry;
  /** What all of them write in one transaction with; absent: a producer of its own each. */
  readonly transactions?: Transacted;
}

/** Who writes in transactions, and where. */
export interface Transacted {
  readonly cluster: Cluster;
  readonly producer: TransactionalProducer;
}

export interface RowsToWrite {
  readonly schema: RecordSchema;
  readonly format?: Format;
  readonly zone: Zone;
}

/**
 * A topic that rows are written to.
 * @throws UsageError where it is missing, ServiceError where no broker answers
 */
export async function openTopicSink(
  word: string,
  uri: TopicsUri,
  rows: RowsToWrite,
  options: TopicSinkOptions,
): Promise<Sink> {
  const { schema, zone } = rows;
  const format = uri.format ?? rows.format ?? 'ndjson';
  const { encoder: encoderOf } = await loadCodec(format);
  if (encoderOf({ schema }).encodeRecords === undefined) {
    throw new UsageError(
      `--to ${word}: ${format} can't be written to a topic`,
      'Formats of topics are ndjson, avro and msgpack.',
    );
  }
  if (uri.type?.key !== undefined) {
    throw new UsageError(
      `--to ${word}: ?key= says which records are read; those that are written have the key of their row`,
      'Tell records of several types apart by ?header=NAME:VALUE.',
    );
  }
  const { header } = uri.type ?? {};
  const { producer, topic, close } = await open(`--to ${word}`, uri, options);
  const front = await frontOf(topic.topic, format, schema, options.registry).catch(async (error: unknown) => {
    producer.close();
    await close();
    throw error;
  });
  const encoder = encoderOf({ schema, ...front });
  const writer = producer.topic(topic.topic, topic.partitions, topic.limits.batchBytes).keepRefused();
  const limits = options.transactions === undefined ? limitsWithoutTransactions(topic.limits) : topic.limits;
  return new TopicSink({
    name: word,
    schema,
    zone,
    encoder,
    producer,
    writer,
    limits,
    close,
    ...(header && { header: { name: header.name, value: Buffer.from(header.value) } }),
  });
}

/** What stands in front of each row: with a registry the number that it gives the schema. */
async function frontOf(
  topic: string,
  format: Format,
  schema: RecordSchema,
  registry: Registry | undefined,
): Promise<{ readonly recordHeader?: Uint8Array }> {
  if (format !== 'avro' || registry === undefined) return {};
  const { registryHeader } = await import('../codecs/avro/value-header.js');
  return { recordHeader: registryHeader(await registerSchema(registry.client, subjectOf(topic), schemaJson(schema))) };
}

/** A topic that dead letters are kept in. */
export async function openDeadLetterTopic(
  word: string,
  uri: TopicsUri,
  options: TopicSinkOptions,
): Promise<DeadLetterSink> {
  if ((uri.format ?? 'ndjson') !== 'ndjson' || uri.type !== undefined) {
    throw new UsageError(
      `--dead ${word}: dead letters are JSON, and nothing else`,
      'Leave all but ?compression= away.',
    );
  }
  const { producer, topic, close } = await open(`--dead ${word}`, uri, options);
  const writer = producer.topic(topic.topic, topic.partitions, topic.limits.batchBytes);
  return new DeadLetterTopic(producer, writer, close);
}

/** A topic that records are written to as they are. */
export async function openCopy(
  word: string,
  uri: TopicsUri,
  options: TopicSinkOptions,
): Promise<Omit<CopyOptions, 'raw'>> {
  if (uri.format !== undefined || uri.type !== undefined) {
    throw new UsageError(`--to ${word}: records are written as they are`, 'Leave all but ?compression= away.');
  }
  const { producer, topic, close } = await open(`--to ${word}`, uri, options);
  const writer = producer.topic(topic.topic, topic.partitions, topic.limits.batchBytes);
  return { producer, writer, limits: topic.limits, close };
}

interface Opened {
  readonly producer: RowProducer;
  readonly topic: WritableTopic;
  readonly close: () => Promise<void>;
}

async function open(
  flag: string,
  uri: TopicsUri,
  { brokers, creation, show, stop, transactions }: TopicSinkOptions,
): Promise<Opened> {
  const [name = '', ...others] = uri.topics;
  if (others.length > 0 || name.startsWith('^') || name.includes('*')) {
    throw new UsageError(`${flag} names several topics`, 'Rows go to one topic each: give --to once for each.');
  }
  if (transactions !== undefined) {
    const { cluster, producer } = transactions;
    // Whoever commits closes them.
    return { producer: kept(producer), topic: await topicToWrite(cluster, name, creation), close: async () => {} };
  }
  const cluster = openCluster(brokers, { stop, show });
  try {
    const topic = await topicToWrite(cluster, name, creation);
    const producer = await openProducer(cluster, uri.compression ?? DEFAULT_COMPRESSION, show);
    return { producer, topic, close: () => cluster.close() };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** A producer that others use too, and close. */
function kept(producer: RowProducer): RowProducer {
  return {
    topic: (topic, partitions, mostBytes) => producer.topic(topic, partitions, mostBytes),
    room: () => producer.room(),
    flush: () => producer.flush(),
    close: () => {},
  };
}
