import { UsageError } from '../../../records/errors.js';
import type { Resumed } from '../../endpoint.js';
import { nameOf, type TopicPartition } from '../fetch-queue.js';
import { FencedError } from '../producer/produce-error.js';
import type { Position } from '../protocol/positions.js';
import { findOffsets, type OffsetSpec } from '../start-offsets.js';
import { ExchangeEnds } from './exchange-ends.js';
import { isTakenOver } from './group-errors.js';
import { GroupMember } from './group-member.js';
import { OwnPositions } from './own-positions.js';
import type { SharesOptions } from './shares-options.js';

/** The partitions that a group gives to this copy, read from where the group has come. */
export class GroupShares {
  readonly #options: SharesOptions;
  readonly #member: GroupMember;
  #owned: readonly TopicPartition[] = [];
  readonly #positions: OwnPositions;
  #moving = false;
  #error: unknown;
  #first = true;
  #resumed: Resumed | undefined;
  readonly #atStart: ReadonlyMap<string, number>;
  readonly #exchange: ExchangeEnds | undefined;
  /** Partitions that are read once what was sent before is. */
  #deferred: (() => void)[] = [];

  constructor(options: SharesOptions) {
    this.#options = options;
    const { cluster, group, reads, topics, partOf } = options;
    this.#atStart = new Map(topics);
    this.#positions = new OwnPositions(partOf, options.state);
    this.#exchange = this.#exchangeOf(options);
    this.#member = new GroupMember({
      cluster,
      group,
      reads,
      topics,
      partOf,
      onRebalance: () => this.#move(),
      onError: (error) => this.fail(error),
    });
  }

  #exchangeOf({ exchange, cluster, reader, topics, end, committed }: SharesOptions): ExchangeEnds | undefined {
    if (exchange === undefined) return undefined;
    const sources = [...topics]
      .filter(([topic]) => topic !== exchange.topic)
      .flatMap(([topic, count]) => Array.from({ length: count }, (_, partition) => ({ topic, partition })));
    return new ExchangeEnds({
      ...{ cluster, reader, exchange, sources, committed },
      ...(end === undefined ? {} : { end }),
      positions: (partitions, unstable) => this.#member.committed(partitions, unstable),
      onError: (error) => this.fail(error),
    });
  }

  /**
   * Begins to read partitions whose records are sent on, once all that was sent before this copy had them is read.
   * @param given where reading has come in a partition; undefined: where it began
   */
  proceed(given: (partition: TopicPartition) => number | undefined): void {
    if (this.#deferred.length === 0) return;
    const at = (one: TopicPartition): number => given(one) ?? this.#positions.offsetOf(one) ?? 0;
    if (this.#exchange?.isBehind(at) !== false) return;
    const { state, partOf } = this.#options;
    state?.settled?.([...new Set(this.#owned.map(partOf))]);
    for (const add of this.#deferred.splice(0)) add();
  }

  /** See PartitionShares. Copies that read records which were sent on end once all of them were sent. */
  isAwaited(given: (partition: TopicPartition) => number | undefined): boolean {
    return this.#exchange?.isAwaited(given, (one) => this.#positions.offsetOf(one)) ?? false;
  }

  /** See PartitionShares. */
  get othersQuietSince(): number | undefined {
    return this.#exchange === undefined ? 0 : this.#exchange.quietSince;
  }

  /** Has partitions shared anew: there are more of them. */
  rejoin(): void {
    this.#move();
  }

  /** Ends reading with an error, once what was read is flushed. */
  fail(error: unknown): void {
    this.#error = error;
    this.#move();
  }

  /** See BatchSource. */
  get resumed(): Resumed | undefined {
    return this.#resumed;
  }

  get moving(): boolean {
    return this.#moving;
  }

  /** See PartitionShares. */
  get isTransacted(): boolean {
    return this.#options.transactions !== undefined;
  }

  /** See PartitionShares. Of a transaction the broker takes nothing from a copy that has lost its partitions. */
  async check(): Promise<void> {
    if (this.#options.transactions === undefined) await this.#member.check();
  }

  /**
   * Commits positions, with what was written since the last time where that is one transaction.
   * @param changed positions that were not committed yet
   * @throws an error of which isTakenOver() holds when they are not this copy's any more: abandon() then
   */
  async commit(changed: readonly Position[]): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    const { transactions, state } = this.#options;
    this.#positions.advance(changed);
    if (transactions === undefined) {
      if (changed.length === 0) return;
      // A state that is ahead of its positions has some records twice; one behind them would lack some.
      await state?.flush();
      await this.#member.commit(this.#positions.toCommit(changed));
      this.#exchange?.read(this.#positions.values());
      return;
    }
    await transactions.flush();
    const sent = changed.length === 0 && transactions.isEmpty ? [] : this.#positions.toCommit(changed);
    if (sent.length > 0) await transactions.sendOffsets(this.#member.membership, sent);
    await transactions.commit();
    this.#exchange?.read(this.#positions.values());
  }

  #move(): void {
    this.#moving = true;
    this.#options.reader.wake();
  }

  /** Takes back what was written and not committed, and all state: others go on from the last commit, or this copy. */
  async abandon(): Promise<void> {
    const { transactions, state, reader, partOf } = this.#options;
    await transactions?.abort().catch(async (error: unknown) => {
      if (!(error instanceof FencedError)) throw error;
      await transactions.forget();
    });
    for (const one of this.#owned) {
      reader.remove(one);
      state?.drop(partOf(one));
    }
    this.#owned = [];
    this.#positions.clear();
    this.#moving = true;
  }

  /** Joins (again), stops reading what was taken away and reads what was given. */
  async settle(): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    this.#moving = false;
    const { reader, reset, topics, group, partOf, look } = this.#options;
    if (!this.#first) await look();
    const owned = await this.#member.join();
    for (const one of this.#owned) reader.remove(one);
    const before = this.#owned;
    await this.#fence(owned);
    await this.#exchange?.noteBacklog(owned);
    this.#deferred = [];
    this.#owned = owned;
    // Before positions are looked up: what others store and commit from now on is noticed.
    await this.#options.listener?.begin(owned);
    // Nothing is written meanwhile: of an empty transaction it ends what brokers have left open of the last.
    const mend = async (): Promise<void> => this.#options.transactions?.commit();
    const positions = await this.#member.committed(owned, mend);
    const had = this.#positions.untouched(before, positions);
    for (const one of before) if (!had.has(partOf(one))) this.#options.state?.drop(partOf(one));
    const from = (one: TopicPartition): number => positions.find((at) => isSame(at, one))?.offset ?? -1;
    const known = reset && this.#first ? [] : owned.filter((one) => from(one) >= 0);
    const fresh = owned.filter((one) => !known.includes(one));
    const first = this.#first;
    this.#first = false;
    if (reset && first) await this.#checkReset(owned);
    // Later on, what brokers lack they will have again.
    const patience = first ? undefined : Number.POSITIVE_INFINITY;
    const noteOf = (part: number): string | undefined => {
      const position = known.find((one) => partOf(one) === part);
      return position === undefined ? undefined : (positions.find((at) => isSame(at, position))?.metadata ?? '');
    };
    await this.#restore(had, noteOf, patience);
    const { cluster, start, end, committed } = this.#options;
    const starts = await this.#startsOf(fresh, patience);
    await this.#exchange?.noteEnds();
    const ends = end === undefined ? undefined : await findOffsets(cluster, owned, end, committed, patience);
    const begins = owned.map((one) => (known.includes(one) ? from(one) : (starts[fresh.indexOf(one)] ?? 0)));
    this.#positions.begin(
      owned.map((one, index) => ({ ...one, offset: begins[index] ?? 0 })),
      positions.filter((at) => known.some((one) => isSame(at, one))),
    );
    const stood = known.filter((one) => this.#exchange?.isOne(one) !== true);
    if (first && stood.length > 0) {
      this.#resumed = { group, positions: stood.map((one) => ({ ...one, offset: from(one) })) };
    }
    owned.forEach((one, index) => {
      const begin = begins[index] ?? 0;
      const isSent = this.#exchange?.isOne(one) ?? false;
      const stop = isSent ? Number.POSITIVE_INFINITY : (ends?.[index] ?? Number.POSITIVE_INFINITY);
      if (this.#exchange === undefined || isSent) reader.add(one, begin, stop);
      else this.#deferred.push(() => reader.add(one, begin, stop));
    });
    // Where a group begins that has no position is where it stands from now on, also if nothing comes before it ends.
    const mustCommit = reset || start.at !== 'beginning' || this.#exchange !== undefined;
    const isStart = mustCommit && fresh.length > 0 && (await this.#commitStarts(fresh, starts));
    if (reset && first && isStart) await this.#options.listener?.reset?.();
    if (owned.length === 0 && end !== undefined && !first) reader.stop();
    else if (owned.length === 0 && end !== undefined && topics.size > 0) {
      await this.leave();
      throw new UsageError(`group ${group} has as many copies already as can share its partitions`);
    }
    this.proceed(() => undefined);
    this.#exchange?.endWhenSent(owned);
    await this.#exchange?.allBegun(() => this.#moving || reader.stopped, mend);
  }

  /**
   * Whoever had partitions before writes nothing more of them, also if it was only stopped for a while, and what it has
   * left open is aborted now rather than when the broker finds it. There is a transactional id for each partition, and
   * a copy writes as the first of its own.
   */
  async #fence(owned: readonly TopicPartition[]): Promise<void> {
    const { transactions, group } = this.#options;
    const had = new Set(this.#owned.map(nameOf));
    const idOf = (name: string): string => `${group}-${name}`;
    const names = owned.map(nameOf).sort();
    const [first] = names;
    if (first === undefined) return;
    await transactions?.takeOver(names.filter((name) => !had.has(name)).map(idOf), idOf(first), group);
  }

  /** Where partitions begin that have no position; those that were not there when reading began are read whole. */
  async #startsOf(fresh: readonly TopicPartition[], patience: number | undefined): Promise<number[]> {
    const { cluster, start, committed } = this.#options;
    const sent = fresh.filter((one) => this.#exchange?.isOne(one));
    const added = fresh.filter(({ topic, partition }) => partition >= (this.#atStart.get(topic) ?? 0));
    const others = fresh.filter((one) => !added.includes(one) && !sent.includes(one));
    const found = new Map<TopicPartition, number>();
    const ask = async (ones: readonly TopicPartition[], spec: OffsetSpec): Promise<void> => {
      const offsets = await findOffsets(cluster, ones, spec, committed, patience);
      for (const [at, one] of ones.entries()) found.set(one, offsets[at] ?? 0);
    };
    await ask(others, start);
    await ask(added, { at: 'beginning' });
    const behind = (await this.#exchange?.startsOf(sent, patience)) ?? [];
    for (const [at, one] of sent.entries()) found.set(one, behind[at] ?? 0);
    return fresh.map((one) => found.get(one) ?? 0);
  }

  /** What others have sent to a part, or stored, can't be told from what is sent, or stored, anew. */
  async #checkReset(owned: readonly TopicPartition[]): Promise<void> {
    const { listener, topics, group } = this.#options;
    const count = [...topics.values()].reduce((sum, partitions) => sum + partitions, 0);
    if (this.#exchange?.isWhole(owned) ?? (listener?.reset === undefined || owned.length === count)) return;
    await this.leave();
    throw new UsageError(
      `--reset: other copies of group ${group} are at work`,
      'Stop them, reset one copy, and start the others behind it.',
    );
  }

  /** False where they are given to somebody else, who does the same. */
  async #commitStarts(fresh: readonly TopicPartition[], starts: readonly number[]): Promise<boolean> {
    try {
      await this.commit(fresh.map((one, index) => ({ ...one, offset: starts[index] ?? 0 })));
      return true;
    } catch (error) {
      if (!isTakenOver(error)) throw error;
      return false;
    }
  }

  /** Leaves the group, and takes back what is not committed: others need not wait until it times out. */
  async leave(): Promise<void> {
    const { transactions } = this.#options;
    if (transactions?.isEmpty === false) await transactions.abort().catch(() => {});
    await this.#member.leave();
  }

  /** State of parts that stay is not restored again. @param had which they are */
  async #restore(
    had: ReadonlySet<number>,
    noteOf: (part: number) => string | undefined,
    patience: number | undefined,
  ): Promise<void> {
    const { state, partOf } = this.#options;
    const owned = new Set(this.#owned.map(partOf));
    for (const part of owned) if (!had.has(part)) await state?.restore(part, noteOf(part), patience);
  }
}

function isSame(a: TopicPartition, b: TopicPartition): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}
