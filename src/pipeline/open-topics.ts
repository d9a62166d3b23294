import type { Format, ValueDecoder } from '../codecs/codec.js';
import type { BatchSource } from '../endpoints/endpoint.js';
import { Cluster } from '../endpoints/kafka/client/cluster.js';
import { KafkajsConnection } from '../endpoints/kafka/client/kafkajs-connection.js';
import type { TopicPartition } from '../endpoints/kafka/fetch-queue.js';
import { findTopics } from '../endpoints/kafka/find-topics.js';
import { GroupShares } from '../endpoints/kafka/group/group-shares.js';
import { kafkaSettings } from '../endpoints/kafka/kafka-settings.js';
import type { TopicInfo } from '../endpoints/kafka/protocol/metadata.js';
import type { RecordType } from '../endpoints/kafka/records/record-type.js';
import { findOffsets, parseOffset, type Range } from '../endpoints/kafka/start-offsets.js';
import { TopicReader } from '../endpoints/kafka/topic-reader.js';
import { TopicWatch } from '../endpoints/kafka/topic-watch.js';
import { UsageError } from '../records/errors.js';
import { loadCodec } from './formats.js';
import type { OpenInput, ReadPlan } from './open-inputs.js';
import type { TopicOptions } from './topic-options.js';
import { TopicSource } from './topic-source.js';
import type { TopicsUri } from './uri.js';

/** Only what committed transactions wrote, as everything that reads Kafka exactly does. */
const COMMITTED = true;

/** The brokers that flags and the environment name; nothing is sent yet. */
export function openCluster(brokers: string | undefined): Cluster {
  const { seeds, connection } = kafkaSettings(brokers, process.env);
  return new Cluster(seeds, connection, (host, port, settings) => new KafkajsConnection(host, port, settings));
}

/**
 * Topics as an input: all of their partitions, from `--offset` on.
 * @throws UsageError for a topic that is missing, ServiceError where no broker answers
 */
export async function openTopics(
  word: string,
  { topics: wanted, format = 'ndjson', compression, type }: TopicsUri & { readonly format?: Format },
  options: TopicOptions,
): Promise<OpenInput> {
  if (compression !== undefined) {
    throw new UsageError(
      `${word}: ?compression= says how a topic is written`,
      'Each record batch tells how it is compressed.',
    );
  }
  const range = parseOffset(options.offset ?? 'beginning');
  const codec = await loadCodec(format);
  const { valueDecoder } = codec;
  if (valueDecoder === undefined) {
    throw new UsageError(`${word}: ${format} can't be read from a topic`, 'Formats of topics are ndjson and msgpack.');
  }
  const cluster = openCluster(options.brokers);
  try {
    const topics = await findTopics(cluster, wanted);
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
      ...placesOf(topics),
      format,
      codec,
      files: [],
      read: async (plan) => {
        const { schema, zone, records, group } = plan;
        const paths = codec.keepsRecords ? plan.paths : plan.pathsWithoutRecords;
        const decoder = valueDecoder({ schema, zone, projection: { paths, records } });
        const opened = { name: word, finite, plan, reader, decoder, partitions, cluster, watch, ...(type && { type }) };
        if (group === undefined) {
          await readAll(reader, cluster, partitions, { ...range, ...(end === undefined ? {} : { end }) });
          if (!finite) watch.start((added) => readAll(reader, cluster, added, { start: { at: 'beginning' } }));
          return sourceOf(opened);
        }
        const shares = new GroupShares({
          cluster,
          group,
          reads: wanted,
          // State is of the partitions that there were.
          topics: plan.state === undefined ? watch.counts : new Map(watch.counts),
          look: async () => (finite || plan.state !== undefined ? [] : watch.look()),
          reader,
          start: range.start,
          ...(end === undefined ? {} : { end }),
          committed: COMMITTED,
          reset: options.reset,
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

/** Partitions of one number hold the same keys, where topics have as many of them. */
function placesOf(topics: readonly TopicInfo[]): Pick<OpenInput, 'places'> {
  const [first] = topics;
  if (topics.some(({ partitions }) => partitions.length !== first?.partitions.length)) return {};
  const places = topics.flatMap(({ partitions }, place) =>
    partitions.map(({ partition }) => ({ part: partition, partition: place })),
  );
  return { places };
}

/** Reads all partitions, with no regard to other copies. */
async function readAll(
  reader: TopicReader,
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  { start, end }: Range,
): Promise<void> {
  const starts = await findOffsets(cluster, partitions, start, COMMITTED);
  const ends = end === undefined ? undefined : await findOffsets(cluster, partitions, end, COMMITTED);
  partitions.forEach((partition, index) => {
    reader.add(partition, starts[index] ?? 0, ends?.[index] ?? Number.POSITIVE_INFINITY);
  });
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

interface Opened {
  readonly name: string;
  readonly finite: boolean;
  readonly plan: ReadPlan;
  readonly reader: TopicReader;
  readonly decoder: ValueDecoder;
  readonly partitions: readonly TopicPartition[];
  readonly cluster: Cluster;
  readonly type?: RecordType;
  readonly watch: TopicWatch;
  readonly shares?: GroupShares;
}

function sourceOf({ plan, partitions, cluster, watch, shares, ...opened }: Opened): BatchSource {
  const numbers = new Map(partitions.map(({ topic, partition }, at) => [`${topic}:${partition}`, plan.partition + at]));
  return new TopicSource({
    ...opened,
    schema: plan.schema,
    tombstones: plan.tombstones,
    numberOf: ({ topic, partition }) => {
      const name = `${topic}:${partition}`;
      const number = numbers.get(name) ?? plan.newPartition();
      numbers.set(name, number);
      return number;
    },
    ...(shares === undefined ? {} : { shares }),
    close: async () => {
      watch.stop();
      await shares?.leave();
      await cluster.close();
    },
  });
}
