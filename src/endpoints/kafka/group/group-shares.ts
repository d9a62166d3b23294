import { UsageError } from '../../../records/errors.js';
import type { Cluster } from '../client/cluster.js';
import type { TopicPartition } from '../fetch-queue.js';
import { FencedError } from '../producer/produce-error.js';
import type { Membership, Position } from '../protocol/groups.js';
import { findOffsets, type OffsetSpec } from '../start-offsets.js';
import type { TopicReader } from '../topic-reader.js';
import { GroupMember, MembershipLost } from './group-member.js';

export interface SharesOptions {
  readonly cluster: Cluster;
  readonly group: string;
  readonly topics: ReadonlyMap<string, number>;
  readonly reader: TopicReader;
  /** Where partitions begin that the group has no position of. */
  readonly start: OffsetSpec;
  /** Where reading ends; absent: it goes on. */
  readonly end?: OffsetSpec;
  readonly committed: boolean;
  /** Positions of the group are forgotten. */
  readonly reset: boolean;
  /** What is kept by partition besides positions. */
  readonly state?: PartitionState;
  /** What is written together with positions, all or nothing; absent: positions are committed after it. */
  readonly transactions?: Transactions;
}

/** A transaction is always open: each commit begins the next. */
export interface Transactions {
  /** Whether nothing was written since the last commit. */
  readonly isEmpty: boolean;
  /** Resolves when the brokers have what was written. */
  acknowledged(): Promise<void>;
  sendOffsets(member: Membership, positions: readonly Position[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
  /** In place of abort() where the broker has aborted it. */
  renew(): Promise<void>;
}

/** State that moves with the partitions. Partitions of one number share it, whatever their topic. */
export interface PartitionState {
  /** Forgets the state of partitions that another copy has now. */
  drop(partition: number): void;
  /**
   * Puts the state of partitions back as it was when positions were committed last.
   * @param note what was committed with their positions; undefined: none were
   */
  restore(partition: number, note: string | undefined): Promise<void>;
  /** What is to be committed with the positions of partitions, once the brokers have what was written. */
  noteOf(partition: number): string;
}

/** The partitions that a group gives to this copy, read from where the group has come. */
export class GroupShares {
  readonly #options: SharesOptions;
  readonly #member: GroupMember;
  #owned: readonly TopicPartition[] = [];
  #moving = false;
  #error: unknown;
  #moved: Promise<void> = Promise.resolve();
  #move: () => void = () => {};
  #first = true;
  constructor(options: SharesOptions) {
    this.#options = options;
    const { cluster, group, topics } = options;
    this.#expectMove();
    this.#member = new GroupMember({
      cluster,
      group,
      topics,
      onRebalance: () => {
        this.#moving = true;
        this.#move();
      },
      onError: (error) => {
        this.#error = error;
        this.#moving = true;
        this.#move();
      },
    });
  }

  get moving(): boolean {
    return this.#moving;
  }

  get moved(): Promise<void> {
    return this.#moved;
  }

  /**
   * Commits positions, with what was written since the last time where that is one transaction.
   * @param positions those that have changed @param all those that are known
   * @throws MembershipLost when they are not this copy's any more: abandon() then
   */
  async commit(positions: readonly Position[], all: readonly Position[] = positions): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    const { transactions } = this.#options;
    if (transactions === undefined) {
      await this.#member.commit(this.#noted(positions));
      return;
    }
    if (positions.length === 0 && transactions.isEmpty) return;
    await transactions.acknowledged();
    // Positions are what the broker takes of members only: rows without any could be those of one that was replaced.
    const sent = this.#noted(positions.length > 0 ? positions : all);
    if (sent.length > 0) await transactions.sendOffsets(this.#member.membership, sent);
    await transactions.commit();
  }

  #noted(positions: readonly Position[]): Position[] {
    const { state } = this.#options;
    if (state === undefined) return [...positions];
    return positions.map((position) => ({ ...position, metadata: state.noteOf(position.partition) }));
  }

  /** Takes back what was written and not committed, and all state: others go on from the last commit, or this copy. */
  async abandon(): Promise<void> {
    const { transactions, state, reader } = this.#options;
    await transactions?.abort().catch(async (error: unknown) => {
      if (!(error instanceof FencedError)) throw error;
      // The id is this copy's alone: the broker has aborted a transaction that took too long.
      await transactions.renew();
    });
    for (const one of this.#owned) {
      reader.remove(one);
      state?.drop(one.partition);
    }
    this.#owned = [];
    this.#moving = true;
  }

  /** Joins (again), stops reading what was taken away and reads what was given. */
  async settle(): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    this.#moving = false;
    this.#expectMove();
    const { reader, reset, topics, group } = this.#options;
    const owned = await this.#member.join();
    for (const one of this.#owned) reader.remove(one);
    const had = new Set(this.#owned.map(({ partition }) => partition));
    this.#owned = owned;
    const positions = await this.#member.committed(owned);
    const from = (one: TopicPartition): number => positions.find((at) => isSame(at, one))?.offset ?? -1;
    const known = reset && this.#first ? [] : owned.filter((one) => from(one) >= 0);
    const fresh = owned.filter((one) => !known.includes(one));
    const first = this.#first;
    this.#first = false;
    await this.#moveState(had, (partition) => {
      const position = known.find((one) => one.partition === partition);
      return position === undefined ? undefined : (positions.find((at) => isSame(at, position))?.metadata ?? '');
    });
    const { cluster, start, end, committed } = this.#options;
    // Later on, what brokers lack they will have again.
    const patience = first ? undefined : Number.POSITIVE_INFINITY;
    const starts = await findOffsets(cluster, fresh, start, committed, patience);
    const ends = end === undefined ? undefined : await findOffsets(cluster, owned, end, committed, patience);
    owned.forEach((one, index) => {
      const begin = known.includes(one) ? from(one) : (starts[fresh.indexOf(one)] ?? 0);
      reader.add(one, begin, ends?.[index] ?? Number.POSITIVE_INFINITY);
    });
    // Where a group begins that has no position is where it stands from now on, also if nothing comes before it ends.
    if (reset || start.at !== 'beginning') await this.#commitStarts(fresh, starts);
    if (owned.length === 0 && end !== undefined && topics.size > 0) {
      await this.leave();
      throw new UsageError(`group ${group} has as many copies as partitions already`);
    }
  }

  async #commitStarts(fresh: readonly TopicPartition[], starts: readonly number[]): Promise<void> {
    try {
      await this.commit(fresh.map((one, index) => ({ ...one, offset: starts[index] ?? 0 })));
    } catch (error) {
      // They are given to somebody else, who does the same.
      if (!(error instanceof MembershipLost)) throw error;
    }
  }

  /** Leaves the group, and takes back what is not committed: others need not wait until it times out. */
  async leave(): Promise<void> {
    const { transactions } = this.#options;
    if (transactions?.isEmpty === false) await transactions.abort().catch(() => {});
    await this.#member.leave();
  }

  /** State of partitions that stay is not restored again. @param had partitions until now */
  async #moveState(had: ReadonlySet<number>, noteOf: (partition: number) => string | undefined): Promise<void> {
    const { state } = this.#options;
    if (state === undefined) return;
    const owned = new Set(this.#owned.map(({ partition }) => partition));
    for (const partition of had) if (!owned.has(partition)) state.drop(partition);
    for (const partition of owned) {
      if (!had.has(partition)) await state.restore(partition, noteOf(partition));
    }
  }

  #expectMove(): void {
    this.#moved = new Promise((resolve) => {
      this.#move = resolve;
    });
  }
}

function isSame(a: TopicPartition, b: TopicPartition): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}
