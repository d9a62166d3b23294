import type { Cluster } from '../../endpoints/kafka/client/cluster.js';
import type { TopicPartition } from '../../endpoints/kafka/fetch-queue.js';
import type { ExchangeTopic } from '../../endpoints/kafka/group/exchange-ends.js';
import { topicToWrite } from '../../endpoints/kafka/topic-to-write.js';
import type { ExchangedOperator } from '../../operators/exchanged-operator.js';
import { UsageError } from '../../records/errors.js';
import type { RecordSchema } from '../../records/schema.js';
import type { StateProducer } from '../state-topic.js';
import { GroupSender } from './group-sender.js';

/** Records lie there until they are read, as long as that takes; then freshet has them deleted. */
const SETTINGS = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'max.message.bytes': String(64 * 1024 * 1024) };

export interface ExchangeOptions {
  readonly cluster: Cluster;
  readonly group: string;
  readonly operator: ExchangedOperator;
  readonly producer: StateProducer;
  /** The records' type. */
  readonly schema: RecordSchema;
  /** By number of the partition within the pipeline. */
  readonly sources: readonly TopicPartition[];
  /** Whether dead letters are kept: they have their records' keys and headers. */
  readonly envelopes: boolean;
}

/** The topic by which records come to the part that has their group. */
export class Exchange implements ExchangeTopic {
  readonly #operator: ExchangedOperator;
  readonly #sender: GroupSender;
  readonly #producer: StateProducer;

  private constructor(
    readonly topic: string,
    readonly parts: number,
    /** Whether what is late becomes a dead letter with its bytes. */
    readonly keepsLetters: boolean,
    { operator, producer }: ExchangeOptions,
    sender: GroupSender,
  ) {
    this.#operator = operator;
    this.#producer = producer;
    this.#sender = sender;
    operator.onward = sender;
  }

  /**
   * Opens the topic, and makes it where it is missing.
   * @throws UsageError where the input had another number of partitions when it was made
   */
  static async open(options: ExchangeOptions): Promise<Exchange> {
    const { cluster, group, operator, producer, schema, sources, envelopes } = options;
    const { by, partCount: parts } = operator;
    const name = `${group}-repartition`;
    const { topic, partitions, limits } = await topicToWrite(cluster, name, { partitions: parts, settings: SETTINGS });
    if (partitions !== parts) {
      throw new UsageError(
        `group ${group} shares ${partitions} partitions, and its topics have ${parts} now`,
        'Groups lie in other parts than before: choose another --group, which begins anew.',
      );
    }
    const all = Array.from({ length: parts }, (_, partition) => ({ topic, partition }));
    producer.watch?.(all);
    const writers = all.map(({ partition }) => producer.partition(topic, partition, limits.batchBytes));
    return new Exchange(topic, parts, envelopes, options, new GroupSender({ schema, by, sources, writers, envelopes }));
  }

  /** Resolves when more may be sent. */
  room(): Promise<void> {
    return this.#producer.room();
  }

  /** Hands over what was sent, and tells the parts how far the partitions have come. */
  flush(): void {
    this.#operator.tell();
    this.#sender.flush();
  }

  close(): void {
    this.#sender.close();
  }
}
