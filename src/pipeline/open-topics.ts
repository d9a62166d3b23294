import type { BatchSource } from '../endpoints/endpoint.js';
import { Cluster, type ClusterRun } from '../endpoints/kafka/client/cluster.js';
import { KafkajsConnection } from '../endpoints/kafka/client/kafkajs-connection.js';
import type { TopicPartition } from '../endpoints/kafka/fetch-queue.js';
import { findTopicIds } from '../endpoints/kafka/find-topic-ids.js';
import { findTopics } from '../endpoints/kafka/find-topics.js';
import { byNumber } from '../endpoints/kafka/group/assignment.js';
import type { ExchangeTopic } from '../endpoints/kafka/group/exchange-ends.js';
import { GroupShares } from '../endpoints/kafka/group/group-shares.js';
import type { SharesListener } from '../endpoints/kafka/group/shares-options.js';
import { kafkaSettings } from '../endpoints/kafka/kafka-settings.js';
import type { TopicInfo } from '../endpoints/kafka/protocol/metadata.js';
import { COMMITTED, readPartitions } from '../endpoints/kafka/read-partitions.js';
import { parseOffset } from '../endpoints/kafka/start-offsets.js';
import { TopicReader } from '../endpoints/kafka/topic-reader.js';
import { TopicWatch } from '../endpoints/kafka/topic-watch.js';
import { UsageError } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import { ReceivedFrames } from './exchange/received-frames.js';
import { firstRecord } from './first-record.js';
import { MessageDecoder } from './message-decoder.js';
import type { OpenInput } from './open-inputs.js';
import { openTopicValues } from './open-topic-values.js';
import type { ReadPlan } from './read-plan.js';
import type { SinksOfShares } from './sinks-of-shares.js';
import type { TopicOptions } from './topic-options.js';
import { TopicSource, type TopicSourceOptions } from './topic-source.js';
import type { TopicsUri } from './uri.js';

/** The brokers that flags and the environment name; nothing is sent yet. */
export function openCluster(brokers: string | undefined, run?: ClusterRun): Cluster {
  const { seeds, connection } = kafkaSettings(brokers, process.env);
  return new Cluster(seeds, connection, (host, port, settings) => new KafkajsConnection(host, port, settings), run);
}

/**
 * Topics as an input: all of their partitions, from `--offset` on.
 * @throws UsageError for a topic that is missing, ServiceError where no broker answers
 */
export async function openTopics(
  word: string,
  { topics: wanted, format, compression, type }: TopicsUri,
  options: TopicOptions,
): Promise<OpenInput> {
  if (compression !== undefined) {
    throw new UsageError(
      `${word}: ?compression= says how a topic is written`,
      'Each record batch tells how it is compressed.',
    );
  }
  const range = parseOffset(options.offset ?? 'beginning');
  const cluster = openCluster(options.brokers, options);
  try {
    const topics = await findTopics(cluster, wanted);
    const names = topics.map(({ topic }) => topic);
    const values = await openTopicValues(word, names, format, options.registry);
    const partitions = topics.flatMap(({ topic, partitions: parts }) =>
      parts.map(({ partition }): TopicPartition => ({ topic, partition })),
    );
    const finite = options.untilEnd || range.end !== undefined;
    const end = range.end ?? (finite ? ({ at: 'end' } as const) : undefined);
    const reader = new TopicReader({ cluster, committed: COMMITTED, show: options.show });
    const watch = new TopicWatch({ cluster, wanted, topics });
    return {
      name: word,
      finite,
      partitions: partitions.length,
      topicPartitions: partitions,
      ...placesOf(topics),
      ...(format === undefined ? {} : { format }),
      codecs: values.codecs,
      get schema() {
        return values.schema;
      },
      files: [],
      firstRecord: () => firstRecord({ cluster, partitions, show: options.show, ...(type && { type }) }),
      writerOf: (value, schema) => values.writerOf(value, schema),
      read: async (plan) => {
        const { schema, zone, paths, records, group, partOf, tombstones, messages, exchange } = plan;
        const decoder = messages
          ? new MessageDecoder(schema)
          : values.decoder({ schema, zone, projection: { paths, records } });
        const numberOf = numbering([...partitions, ...partitionsOf(exchange)], plan);
        const frames =
          exchange &&
          new ReceivedFrames({
            schema,
            numberOf,
            decoder: values.decoder({ schema, zone, projection: { paths, records: exchange.keepsLetters } }),
          });
        const close = async (): Promise<void> => {
          watch.stop();
          options.registry?.client.close();
          await cluster.close();
        };
        const opened = {
          name: word,
          finite,
          schema,
          reader,
          decoder,
          numberOf,
          tombstones,
          close,
          ...(keepsApart(partitions, numberOf, plan)
            ? { unkeyed: (topic: string) => options.show(unkeyed(topic, schema)) }
            : {}),
          ...(exchange === undefined || frames === undefined ? {} : { received: { topic: exchange.topic, frames } }),
          ...(type && { type }),
        };
        if (group === undefined) {
          await readPartitions(reader, cluster, partitions, { ...range, ...(end === undefined ? {} : { end }) });
          if (!finite) watch.start((added) => readPartitions(reader, cluster, added, { start: { at: 'beginning' } }));
          return sourceOf(opened);
        }
        const shares = new GroupShares({
          cluster,
          group,
          reads: type === undefined ? wanted : wanted.map((one) => `${one} ${JSON.stringify(type)}`),
          // State is of the partitions that there were.
          topics: plan.state === undefined ? watch.counts : new Map([...watch.counts, ...countOf(exchange)]),
          look: async () => (finite || plan.state !== undefined ? [] : watch.look()),
          partOf: partOf === undefined ? byNumber : (one) => partOf(numberOf(one)),
          reader,
          start: range.start,
          ...(end === undefined ? {} : { end }),
          ...(exchange === undefined ? {} : { exchange }),
          committed: COMMITTED,
          reset: options.reset,
          ...(plan.listener === undefined ? {} : { listener: listenerOf(plan.listener, cluster, watch) }),
          ...(plan.state === undefined ? {} : { state: plan.state }),
          ...(plan.transactions === undefined ? {} : { transactions: plan.transactions }),
        });
        try {
          await shares.settle();
        } catch (error) {
          await shares.leave();
          throw error;
        }
        if (!finite) watch.start((added) => share(added, shares, plan, options.show));
        return sourceOf({ ...opened, shares });
      },
      stop: () => reader.stop(),
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

function listenerOf(sinks: SinksOfShares, cluster: Cluster, watch: TopicWatch): SharesListener {
  return {
    begin: async (partitions) => {
      const topicIds = await findTopicIds(cluster, [...watch.counts.keys()]);
      await sinks.begin({ partitions, topicIds });
    },
    ...(sinks.reset === undefined ? {} : { reset: sinks.reset }),
  };
}

/** Whether records of one key have to be in one partition: partitions have states of their own, and nothing is sent on. */
function keepsApart(
  partitions: readonly TopicPartition[],
  numberOf: (partition: TopicPartition) => number,
  { state, exchange, partOf = (partition) => partition }: ReadPlan,
): boolean {
  if (state === undefined || exchange !== undefined) return false;
  return new Set(partitions.map((one) => partOf(numberOf(one)))).size > 1;
}

function unkeyed(topic: string, { name, key }: RecordSchema): string {
  const fields = key.join(' and ');
  return `${topic} has records without a key, and each partition is aggregated by itself: one ${fields} that lies in several of them gets a row from each. To bring them together first: freshet store raw --schema ${name} --from kafka:${topic} --to kafka:OTHER`;
}

/** Of the topic between the parts. */
function partitionsOf(exchange: ExchangeTopic | undefined): TopicPartition[] {
  const { topic = '', parts = 0 } = exchange ?? {};
  return Array.from({ length: parts }, (_, partition) => ({ topic, partition }));
}

function countOf(exchange: ExchangeTopic | undefined): [string, number][] {
  return exchange === undefined ? [] : [[exchange.topic, exchange.parts]];
}

/** Partitions of one number hold the same keys, where topics have as many of them. */
function placesOf(topics: readonly TopicInfo[]): Pick<OpenInput, 'places'> {
  const [first] = topics;
  if (topics.some(({ partitions }) => partitions.length !== first?.partitions.length)) return {};
  const places = topics.flatMap(({ partitions }, place) =>
    partitions.map(({ partition }) => ({ part: partition, partition: place })),
  );
  return { places };
}

/** Has the copies of a group share partitions that were not there before; under state they change where keys lie. */
function share(
  added: readonly TopicPartition[],
  shares: GroupShares,
  { group, state }: ReadPlan,
  show: TopicOptions['show'],
): void {
  const more = added.find(({ topic }) => !added.some((one) => one.topic === topic && one.partition === 0));
  if (state === undefined) shares.rejoin();
  else if (more === undefined) {
    const topics = [...new Set(added.map(({ topic }) => topic))].join(', ');
    show(`there is ${topics} now, which is read when this command is started again: state is kept by partition`);
  } else {
    shares.fail(
      new UsageError(
        `topic ${more.topic} has more partitions than before, and group ${group} keeps state by partition`,
        'Keys lie in other partitions now: choose another --group, which begins anew.',
      ),
    );
  }
}

/** The number of each partition within the pipeline, also of one that comes into being meanwhile. */
function numbering(
  partitions: readonly TopicPartition[],
  { partition: first, newPartition }: ReadPlan,
): (partition: TopicPartition) => number {
  const numbers = new Map(partitions.map(({ topic, partition }, at) => [`${topic}:${partition}`, first + at]));
  return ({ topic, partition }) => {
    const name = `${topic}:${partition}`;
    const number = numbers.get(name) ?? newPartition();
    numbers.set(name, number);
    return number;
  };
}

function sourceOf({
  close,
  shares,
  ...opened
}: Omit<TopicSourceOptions, 'shares'> & { readonly shares?: GroupShares }): BatchSource {
  return new TopicSource({
    ...opened,
    ...(shares === undefined ? {} : { shares }),
    close: async () => {
      await shares?.leave();
      await close();
    },
  });
}
