import type { Cluster } from '../endpoints/kafka/client/cluster.js';
import type { TopicPartition } from '../endpoints/kafka/fetch-queue.js';
import { ExchangedOperator } from '../operators/exchanged-operator.js';
import { PartitionedOperator } from '../operators/partitioned-operator.js';
import { UsageError } from '../records/errors.js';
import { schemaJson } from '../records/schema-json.js';
import type { Exchange } from './exchange/open-exchange.js';
import type { Ends, Surroundings, Work } from './open-pipeline.js';
import type { Transacted } from './open-topic-sinks.js';
import { planPlace } from './plan-place.js';
import type { ReadPlan } from './read-plan.js';
import type { StateProducer, StateTopic } from './state-topic.js';
import { parseUri } from './uri.js';

/** How long the end of a run waits until its last rows can be read. */
const PATIENCE_MS = 5000;

/** What copies of a run share besides positions: state that moves with the partitions, and transactions. */
export interface Shared {
  /** What topics are written with; absent: each sink has a producer of its own. */
  readonly transacted?: Transacted;
  readonly state?: StateTopic;
  readonly exchange?: Exchange;
  readonly reading: Pick<ReadPlan, 'state' | 'transactions' | 'partOf' | 'exchange'>;
  /** Milliseconds after which what was written is to be committed. */
  readonly most?: number;
  readonly close: () => Promise<void>;
}

/**
 * The group that reads topics: its name comes of all that the run does, so that runs of one plan are copies of each
 * other and of no other. Undefined for what keeps its state in memory alone: it reads all of its topics anew each time.
 */
export async function groupOf(ends: Ends, { schema, operator, plan }: Work): Promise<string | undefined> {
  const { topics, from, to, where, deletes, zone } = ends;
  if (operator !== undefined && operator.stateless !== true && !(operator instanceof PartitionedOperator)) {
    if (topics.group === undefined) return undefined;
    throw new UsageError(
      `--group ${topics.group}: this command reads its topics without a group in this version`,
      'Leave --group away: all of the topic is read, from --offset on.',
    );
  }
  if (topics.group !== undefined) return topics.group;
  const [read, written] = [from.map((word) => planPlace(word, 'from')), to.map((word) => planPlace(word, 'to'))];
  const rows = operator?.output.name ?? '';
  const said = [read, where ?? '', rows, written, zone.name, plan, ...(deletes ? ['deletes'] : [])];
  return `freshet.${schema.name}.${await hashOf(said)}`;
}

/** Opens what a group's copies share. */
export async function openShared(
  group: string,
  ends: Ends,
  work: Work,
  topicPartitions: readonly TopicPartition[],
  show: Surroundings['show'],
  stop: AbortSignal,
): Promise<Shared> {
  const { operator, schema } = work;
  const { topics, to, where, zone, guarantee } = ends;
  const parted = operator instanceof PartitionedOperator ? operator : undefined;
  const words = [...to, ...(ends.dead === undefined ? [] : [ends.dead])];
  const toTopic = words.some((word) => parseUri(word).kind === 'topics');
  const isTransacted = guarantee === 'exactly-once' && (toTopic || parted !== undefined);
  if (parted === undefined && !isTransacted) return { reading: {}, close: async () => {} };
  const { openStateProducer, openTransactions, MOST_OPEN_MS } = await import('./open-transactions.js');
  const transacted = isTransacted ? await openTransactions(group, topics.brokers, to, show, stop) : undefined;
  const { cluster, producer }: { cluster: Cluster; producer: StateProducer } =
    transacted ?? (await openStateProducer(topics.brokers, show, stop));
  const computed = [schemaJson(schema), where ?? '', operator?.output.name ?? '', zone.name, work.plan];
  const places = (words: readonly string[], end: 'from' | 'to') => words.map((word) => planPlace(word, end)).sort();
  const plan = await hashOf([...computed, places(ends.from, 'from'), places(to, 'to')]);
  const { StateTopic } = await import('./state-topic.js');
  const state = parted && (await StateTopic.open({ cluster, group, plan, operator: parted, producer, zone, show }));
  const exchange =
    operator instanceof ExchangedOperator
      ? await (await import('./exchange/open-exchange.js')).Exchange.open({
          ...{ cluster, group, operator, producer, schema, sources: topicPartitions },
          envelopes: ends.dead !== undefined,
        })
      : undefined;
  return {
    ...(transacted === undefined ? {} : { transacted }),
    reading: {
      ...(transacted === undefined ? {} : { transactions: transacted.producer }),
      ...(state === undefined ? {} : { state }),
      ...(exchange === undefined ? {} : { exchange }),
      ...(parted === undefined ? {} : { partOf: (partition) => parted.partOf(partition) }),
    },
    close: async () => {
      await transacted?.producer.readable(PATIENCE_MS);
      exchange?.close();
      producer.close();
      await cluster.close();
    },
    ...(state === undefined ? {} : { state }),
    ...(exchange === undefined ? {} : { exchange }),
    // Of an operator with state nothing is written before its rows are asked for.
    ...(transacted !== undefined && (parted === undefined || exchange !== undefined) ? { most: MOST_OPEN_MS } : {}),
  };
}

async function hashOf(plan: readonly unknown[]): Promise<string> {
  // Late: a run without a group does not need it.
  const { createHash } = await import('node:crypto');
  // A schema may have defaults beyond 2^53.
  const said = JSON.stringify(plan, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
  return createHash('sha256').update(said).digest('hex').slice(0, 12);
}
