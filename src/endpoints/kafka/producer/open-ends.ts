import type { Cluster } from '../client/cluster.js';
import { ConnectionError, isOutage, orUnsupported } from '../client/connection.js';
import type { TopicPartition } from '../fetch-queue.js';
import type { Call } from '../protocol/call.js';
import { type DescribedPartition, describeProducers, type PartitionProducer } from '../protocol/describe-producers.js';
import { ERROR, passes } from '../protocol/error-codes.js';
import {
  addOffsets,
  addPartitions,
  describeTransaction,
  endTransaction,
  type TransactionalIdentity,
} from '../protocol/transactions.js';
import type { Coordinators } from './coordinators.js';
import { FencedError } from './produce-error.js';
import { checkCode, codeOf, worst } from './transaction-codes.js';

/** How a transaction has ended, or will. */
export type Outcome = 'committed' | 'aborted';

/** One whose last transaction has ended, in the epoch that it writes in now. */
interface EndedProducer extends TransactionalIdentity {
  readonly outcome: Outcome;
}

const PAUSE_MS = 100;

/**
 * Ends transactions where brokers have left them open. A coordinator that comes back takes partitions that have no
 * leader yet for deleted, and calls a transaction ended without a word to them (Kafka 4.3, TransactionMarkerChannelManager:
 * "these partitions are likely deleted already and hence can be skipped"). What was written there would share the fate of
 * what the producer writes next: aborted records would be committed with it, committed ones aborted, and until then
 * nobody could read on.
 */
export class OpenEnds {
  readonly #cluster: Cluster;
  readonly #coordinators: Coordinators;

  constructor(cluster: Cluster, coordinators: Coordinators) {
    this.#cluster = cluster;
    this.#coordinators = coordinators;
  }

  /**
   * How a transactional id's last transaction ends when another takes the id over; undefined: it has none, or the broker
   * does not tell.
   */
  async outcomeOf(transactionalId: string): Promise<Outcome | undefined> {
    const call = describeTransaction(transactionalId);
    const answer = await orUnsupported(this.#coordinators.ask('transaction', transactionalId, call, codeOf));
    if (answer === undefined || answer.errorCode !== ERROR.none || answer.state === 'Empty') return undefined;
    return /Commit$/.test(answer.state) ? 'committed' : 'aborted';
  }

  /**
   * Gives partitions that transactions have left open, and the positions of a group, the end that each had. To be called
   * when the coordinators have ended them, and before the next begin.
   */
  async end(
    producers: readonly EndedProducer[],
    partitions: readonly TopicPartition[],
    group: string | undefined,
  ): Promise<void> {
    if (producers.length === 0) return;
    const open = await this.#open(partitions);
    await Promise.all(
      producers.map((one) =>
        this.#endOf(
          one,
          open.filter(({ producerId }) => producerId === one.producerId),
          group,
        ),
      ),
    );
  }

  async #endOf(producer: EndedProducer, open: readonly TopicPartition[], group: string | undefined): Promise<void> {
    const { transactionalId, outcome } = producer;
    if (open.length === 0 && group === undefined) return;
    const ask = async <T>(call: Call<T>, code: (answer: T) => number): Promise<void> => {
      const answer = await this.#coordinators.ask('transaction', transactionalId, call, code);
      checkCode(code(answer), transactionalId);
    };
    try {
      if (open.length > 0) await ask(addPartitions(producer, open), worst);
      if (group !== undefined) await ask(addOffsets(producer, group), codeOf);
      await ask(endTransaction(producer, outcome === 'committed'), codeOf);
    } catch (error) {
      // Another has taken the id over meanwhile, and does the same: this one is told when it writes.
      if (!(error instanceof FencedError)) throw error;
    }
  }

  /** In which partitions transactions are open, and whose: asked of their leaders until all have answered. */
  async #open(partitions: readonly TopicPartition[]): Promise<PartitionProducer[]> {
    const open: PartitionProducer[] = [];
    let left = partitions;
    for (;;) {
      const later: TopicPartition[] = [];
      for (const [node, asked] of this.#cluster.byLeader(left)) {
        const described = node === undefined ? undefined : await this.#ask(node, asked);
        if (described === undefined) later.push(...asked);
        for (const { topic, partition, errorCode, producers } of described ?? []) {
          // A topic that this user may not read is left as it is.
          if (passes(errorCode)) later.push({ topic, partition });
          open.push(...producers.filter(({ openFrom }) => openFrom >= 0));
        }
      }
      if (later.length === 0) return open;
      left = later;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      await this.#cluster.refresh([...new Set(left.map(({ topic }) => topic))]).catch((error: unknown) => {
        if (!isOutage(error)) throw error;
      });
    }
  }

  /** Undefined where the broker is away. */
  async #ask(node: number, asked: readonly TopicPartition[]): Promise<DescribedPartition[] | undefined> {
    try {
      return (await orUnsupported(this.#cluster.send(node, describeProducers(asked)))) ?? [];
    } catch (error) {
      if (error instanceof ConnectionError) return undefined;
      throw error;
    }
  }
}
