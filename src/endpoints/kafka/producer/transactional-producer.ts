import { type Cluster, topicGone } from '../client/cluster.js';
import { nameOf, type TopicPartition } from '../fetch-queue.js';
import { groupRefused } from '../group/group-errors.js';
import type { Call } from '../protocol/call.js';
import { ERROR } from '../protocol/error-codes.js';
import type { Membership, Position } from '../protocol/positions.js';
import type { ProducerIdentity } from '../protocol/producer-id.js';
import {
  addOffsets,
  addPartitions,
  commitInTransaction,
  endTransaction,
  initTransactions,
  type TransactionalIdentity,
} from '../protocol/transactions.js';
import { prepareCompression } from '../records/compress-records.js';
import type { Compression } from '../records/compression-names.js';
import { findOffsets } from '../start-offsets.js';
import { Coordinators } from './coordinators.js';
import { LastTransaction } from './last-transaction.js';
import { OpenEnds, type Outcome } from './open-ends.js';
import { Producer } from './producer.js';
import type { TopicWriter } from './topic-writer.js';
import { checkCode, checkMembership, codeOf, worst } from './transaction-codes.js';

export interface TransactionOptions {
  readonly cluster: Cluster;
  /** The first; see takeOver(). Whoever opens it fences the one who had it before. */
  readonly transactionalId: string;
  /** Milliseconds after which the broker aborts a transaction that is left open. */
  readonly timeout: number;
  readonly compression: Compression;
  readonly show: (sentence: string) => void;
}

const READABLE_PAUSE_MS = 20;

/**
 * Writes records and a group's positions so that readers of committed records see all of a transaction or nothing of it
 * (KIP-98, KIP-447). The order of calls is begin(), writes to topics and sendOffsets(), then commit(); abort() at any
 * time between. Calls don't overlap. After an error that is no FencedError, abort() and begin() anew.
 */
export class TransactionalProducer {
  readonly #options: TransactionOptions;
  readonly #coordinators: Coordinators;
  readonly #producer: Producer;
  #transactionalId: string;
  #identity: ProducerIdentity;
  readonly #ends: OpenEnds;
  /** Partitions that others write state to, which may be this one's later. */
  #watched: readonly TopicPartition[] = [];
  /** By name. */
  #enrolled = new Map<string, TopicPartition>();
  #enrolling: Promise<void> = Promise.resolve();
  #groups = new Set<string>();
  readonly #last: LastTransaction;

  private constructor(options: TransactionOptions, coordinators: Coordinators, identity: ProducerIdentity) {
    this.#options = options;
    this.#coordinators = coordinators;
    this.#identity = identity;
    const { cluster, compression, show, transactionalId } = options;
    this.#ends = new OpenEnds(cluster, coordinators);
    this.#transactionalId = transactionalId;
    const transaction = {
      id: () => this.#transactionalId,
      enroll: (partitions: readonly TopicPartition[]) => this.#enroll(partitions),
    };
    this.#producer = new Producer({ cluster, compression, show, identity, transaction });
    // What brokers that were away make grow.
    const troubles = (): number => coordinators.troubles + this.#producer.troubles + cluster.connected;
    this.#last = new LastTransaction(this.#ends, troubles, () => this.#named);
  }

  /** Takes over the transactional id: whoever had it before writes nothing any more, and what it left open is aborted. */
  static async open(options: TransactionOptions): Promise<TransactionalProducer> {
    const { cluster, transactionalId, timeout, compression } = options;
    await prepareCompression(compression);
    await cluster.refresh([]);
    const coordinators = new Coordinators(cluster);
    return new TransactionalProducer(options, coordinators, await initialized(coordinators, transactionalId, timeout));
  }

  /** See Producer.topic(). */
  topic(topic: string, partitions: number, mostBytes: number): TopicWriter {
    return this.#producer.topic(topic, partitions, mostBytes);
  }

  /** See Producer.partition(). */
  partition(topic: string, partition: number, mostBytes: number): TopicWriter {
    return this.#producer.partition(topic, partition, mostBytes);
  }

  /** See Producer.endOf(). */
  endOf(topic: string, partition: number): number {
    return this.#producer.endOf(topic, partition);
  }

  /** Resolves when the brokers have what was written; it is safe with commit(), not before. */
  flush(): Promise<void> {
    return this.#producer.flush();
  }

  /** Resolves when more may be written. */
  room(): Promise<void> {
    return this.#producer.room();
  }

  /** Begins the next transaction: the one before it was committed, aborted or forgotten. */
  begin(): void {
    this.#enrolled = new Map();
    this.#groups = new Set();
    this.#last.next();
  }

  /** Has partitions looked after that may be written to later, as those of topic() are: see takeOver(). */
  watch(partitions: readonly TopicPartition[]): void {
    this.#watched = [...this.#watched, ...partitions];
  }

  /**
   * Makes a group's positions a part of the transaction.
   * @throws MembershipError where the member has lost its partitions, FencedError where another took over
   */
  async sendOffsets(member: Membership, positions: readonly Position[]): Promise<void> {
    const { group } = member;
    if (!this.#groups.has(group)) {
      await this.#last.join(() => this.#ask(addOffsets(this.#named, group)));
      this.#groups.add(group);
    }
    const call = commitInTransaction(this.#named, member, positions);
    const results = await this.#coordinators.ask('group', group, call, worst);
    const code = worst(results);
    checkMembership(code, group);
    if (code === ERROR.offsetMetadataTooLarge) throw groupRefused(group, 'positions are committed', code);
    if (code === ERROR.unknownTopicOrPartition) {
      throw topicGone(results.find((one) => one.errorCode === code)?.topic ?? group);
    }
    checkCode(code, this.#transactionalId);
  }

  /**
   * Resolves when it is certain that all of it will be read. Of an empty one what the last has left open is ended.
   * @throws FencedError where another took over: nothing of it is read then
   */
  async commit(): Promise<void> {
    await this.#producer.flush();
    if (!this.#isEmpty) {
      await this.#ask(endTransaction(this.#named, true));
      this.#ended('committed');
      this.begin();
    }
    await this.#last.mend(false);
  }

  /**
   * Resolves when what was committed last can be read, which is a little after the broker has answered: a command that
   * comes next would miss it. Brokers that are away, and transactions of others, are waited for so many milliseconds.
   */
  async readable(patience: number): Promise<void> {
    const { partitions, outcome } = this.#last;
    if (outcome !== 'committed') return;
    const { cluster } = this.#options;
    const until = performance.now() + patience;
    for (let left = patience; left > 0; left = until - performance.now()) {
      const ends = await findOffsets(cluster, partitions, { at: 'end' }, true, left).catch(() => []);
      const isThere = ({ topic, partition }: TopicPartition, at: number): boolean =>
        (ends[at] ?? -1) >= this.endOf(topic, partition);
      if (partitions.every(isThere)) return;
      await new Promise((resolve) => setTimeout(resolve, READABLE_PAUSE_MS));
    }
  }

  /**
   * Resolves when nothing of it will ever be read; records that were not sent yet are forgotten.
   * @throws FencedError where another took over, or the broker has aborted a transaction that took too long
   */
  async abort(): Promise<void> {
    await this.#settled();
    // What the coordinator has heard of one that has not begun for certain ends as the last one did.
    const hasBegun = this.#last.hasNextBegun || (!this.#isEmpty && this.#last.outcome === undefined);
    if (hasBegun) await this.#ask(endTransaction(this.#named, false));
    else await this.#last.mend(true);
    // In a new epoch: what is still on its way is refused, and sequences begin anew.
    this.#identity = await this.#initialized(this.#transactionalId, this.#identity);
    await this.#producer.reset(this.#identity);
    if (hasBegun) {
      this.#ended('aborted');
      await this.#last.mend(true);
    }
    this.begin();
  }

  /** In place of abort() after a FencedError: nothing may be written before takeOver(). */
  async forget(): Promise<void> {
    await this.#settled();
    await this.#producer.reset(this.#identity);
    this.begin();
  }

  /**
   * Takes transactional ids over: whoever had one writes nothing any more, and what it has left open is aborted.
   * Nothing is written meanwhile.
   * @param as the id to write as from now on, one of them or the one that it has
   * @param group whose positions they have committed
   */
  async takeOver(transactionalIds: readonly string[], as: string, group: string): Promise<void> {
    const isNew = transactionalIds.includes(as) || as !== this.#transactionalId;
    // Nobody asks later what the id that it had has left open.
    await this.#last.mend(isNew);
    const ids = isNew ? [...new Set([as, ...transactionalIds])] : transactionalIds;
    const taken = await Promise.all(
      ids.map(async (transactionalId) => {
        const outcome = await this.#ends.outcomeOf(transactionalId);
        return { transactionalId, outcome, ...(await this.#initialized(transactionalId)) };
      }),
    );
    const ended = taken.flatMap(({ outcome, ...one }) => (outcome === undefined ? [] : [{ ...one, outcome }]));
    await this.#ends.end(ended, [...this.#producer.partitions, ...this.#watched], group);
    const own = taken.find(({ transactionalId }) => isNew && transactionalId === as);
    if (own === undefined) return;
    this.#transactionalId = as;
    this.#identity = { producerId: own.producerId, epoch: own.epoch };
    await this.#producer.reset(this.#identity);
    this.begin();
  }

  #ended(outcome: Outcome): void {
    const [group] = this.#groups;
    this.#last.ended([...this.#enrolled.values()], group, outcome);
  }

  async #settled(): Promise<void> {
    await this.#producer.settled();
    await this.#enrolling.catch(() => {});
  }

  #initialized(transactionalId: string, before?: ProducerIdentity): Promise<ProducerIdentity> {
    return initialized(this.#coordinators, transactionalId, this.#options.timeout, before);
  }

  close(): void {
    this.#producer.close();
  }

  /** Whether nothing was written since the last commit. */
  get isEmpty(): boolean {
    return this.#producer.settledAll && this.#isEmpty;
  }

  get #isEmpty(): boolean {
    return this.#enrolled.size === 0 && this.#groups.size === 0;
  }

  get #named(): TransactionalIdentity {
    return { transactionalId: this.#transactionalId, ...this.#identity };
  }

  async #ask<T extends { readonly errorCode: number }>(call: Call<T>): Promise<T> {
    const transactionalId = this.#transactionalId;
    const answer = await this.#coordinators.ask('transaction', transactionalId, call, codeOf);
    checkCode(answer.errorCode, transactionalId);
    return answer;
  }

  /** One after the other, so that records are sent in the order in which they came. */
  #enroll(partitions: readonly TopicPartition[]): Promise<void> {
    const enrolled = this.#enrolling.then(async () => {
      const more = partitions.filter((one) => !this.#enrolled.has(nameOf(one)));
      if (more.length === 0) return;
      const transactionalId = this.#transactionalId;
      // It counts as a part from now on: the answer may be lost.
      for (const one of more) this.#enrolled.set(nameOf(one), one);
      const call = addPartitions(this.#named, more);
      await this.#last.join(async () =>
        checkCode(worst(await this.#coordinators.ask('transaction', transactionalId, call, worst)), transactionalId),
      );
    });
    this.#enrolling = enrolled.catch(() => {});
    return enrolled;
  }
}

/** The identity of a transactional id in a new epoch. @param before see initTransactions() */
async function initialized(
  coordinators: Coordinators,
  transactionalId: string,
  timeout: number,
  before?: ProducerIdentity,
): Promise<ProducerIdentity> {
  const call = initTransactions(transactionalId, timeout, before);
  const { errorCode, ...identity } = await coordinators.ask('transaction', transactionalId, call, codeOf);
  checkCode(errorCode, transactionalId);
  return identity;
}
