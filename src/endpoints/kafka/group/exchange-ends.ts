import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../client/cluster.js';
import { nameOf, type TopicPartition } from '../fetch-queue.js';
import { deleteRecords } from '../protocol/delete-records.js';
import type { Position } from '../protocol/positions.js';
import { findOffsets, type OffsetSpec } from '../start-offsets.js';
import type { TopicReader } from '../topic-reader.js';

/** A topic between the parts, with a partition for each, that the group's copies write themselves: see ExchangedOperator. */
export interface ExchangeTopic {
  readonly topic: string;
  readonly parts: number;
}

export interface ExchangeOptions {
  readonly cluster: Cluster;
  readonly reader: TopicReader;
  readonly exchange: ExchangeTopic;
  /** The partitions whose records are sent on. */
  readonly sources: readonly TopicPartition[];
  /** Where reading these ends; absent: it goes on. */
  readonly end?: OffsetSpec;
  /** Whether only what is committed is read. */
  readonly committed: boolean;
  /** See GroupMember.committed(). */
  readonly positions: (partitions: readonly TopicPartition[], unstable?: () => Promise<void>) => Promise<Position[]>;
  readonly onError: (error: unknown) => void;
}

const PAUSE_MS = 50;
/** How often it is looked up whether all is sent on, for who asks. */
const LOOK_MS = 500;
/** What was looked up so long ago says nothing of now. */
const STALE_MS = 3000;
/** As often as Kafka Streams does it (repartition.purge.interval.ms). */
const PURGE_MS = 30_000;

/** Where reading the topic between the parts begins and ends. */
export class ExchangeEnds {
  readonly #options: ExchangeOptions;
  readonly #all: readonly TopicPartition[];
  #owned: readonly TopicPartition[] = [];
  /** By partition that this copy reads: where it ended when it was given. */
  #backlog: readonly { readonly one: TopicPartition; readonly end: number }[] = [];
  #purged = performance.now();
  #watching = false;
  /** Where the sources end. */
  #ends: readonly number[] | undefined;
  /** Whether all that there was of the sources was sent on. */
  #allSent = false;
  /** Since when all that there is of them is sent on and no more has come; when, and where they ended, at the last look. */
  #quiet: number | undefined;
  #looked = Number.NEGATIVE_INFINITY;
  #seen: readonly number[] = [];
  #looking = false;

  constructor(options: ExchangeOptions) {
    const { topic, parts } = options.exchange;
    this.#options = options;
    this.#all = Array.from({ length: parts }, (_, partition) => ({ topic, partition }));
  }

  isOne({ topic }: TopicPartition): boolean {
    return topic === this.#options.exchange.topic;
  }

  /** Whether one copy has all that there is to be read. */
  isWhole(owned: readonly TopicPartition[]): boolean {
    return owned.length === this.#all.length + this.#options.sources.length;
  }

  /** Where a group begins that has no position: what lies there is of one that was forgotten. */
  startsOf(fresh: readonly TopicPartition[], patience: number | undefined): Promise<number[]> {
    return findOffsets(this.#options.cluster, fresh, { at: 'end' }, false, patience);
  }

  /** Notes what was sent to this copy's parts by copies before: whoever has their partitions now must not overtake it. */
  async noteBacklog(owned: readonly TopicPartition[]): Promise<void> {
    const own = owned.filter((one) => this.isOne(one));
    const ends = await findOffsets(this.#options.cluster, own, { at: 'end' }, false, Number.POSITIVE_INFINITY);
    this.#backlog = own.map((one, at) => ({ one, end: ends[at] ?? 0 }));
  }

  /** Whether some of that is still to be read. */
  isBehind(at: (partition: TopicPartition) => number): boolean {
    return this.#backlog.some(({ one, end }) => at(one) < end);
  }

  /**
   * Resolves when every copy has committed where it begins: what were sent to it before, another that takes its place
   * would pass over.
   * @param isOver whether there is no use in waiting any more
   * @param unstable see GroupMember.committed()
   */
  async allBegun(isOver: () => boolean, unstable: () => Promise<void>): Promise<void> {
    while (!isOver()) {
      const positions = await this.#options.positions(this.#all, unstable);
      if (positions.every(({ offset }) => offset >= 0)) return;
      await sleep(PAUSE_MS);
    }
  }

  /** To be called before ends are looked up for reading: what is waited for has to be read. */
  async noteEnds(): Promise<void> {
    const { cluster, sources, end, committed } = this.#options;
    if (end === undefined || this.#ends !== undefined) return;
    this.#ends = await findOffsets(cluster, sources, end, committed, Number.POSITIVE_INFINITY);
  }

  /** Has reading end where all that there was of the sources has come to, once it has. @param owned what this copy reads */
  endWhenSent(owned: readonly TopicPartition[]): void {
    this.#owned = owned.filter((one) => this.isOne(one));
    if (this.#options.end === undefined) return;
    const work = this.#allSent ? this.#end() : this.#watching ? undefined : this.#watch();
    work?.catch(this.#options.onError);
  }

  /**
   * Whether all that there was of this copy's sources is given, and not committed yet.
   * @param given where reading has come in a partition, and @param committed what of that is committed
   */
  isAwaited(
    given: (partition: TopicPartition) => number | undefined,
    committed: (partition: TopicPartition) => number | undefined,
  ): boolean {
    if (this.#allSent || this.#ends === undefined) return false;
    let isAwaited = false;
    for (const [at, one] of this.#options.sources.entries()) {
      const [end, position] = [this.#ends[at] ?? 0, committed(one)];
      if (position === undefined || position >= end) continue;
      if ((given(one) ?? position) < end) return false;
      isAwaited = true;
    }
    return isAwaited;
  }

  /**
   * Since when nothing has come to the sources, and all that there is of them is sent on, whoever reads them, as
   * performance.now() has it; undefined: some is not, or nobody knows. Asking has it looked up for the next time. What
   * may have come since the last look counts: that time is taken off.
   */
  get quietSince(): number | undefined {
    const age = performance.now() - this.#looked;
    if (!this.#looking && age >= LOOK_MS) this.#look().catch(this.#options.onError);
    return age < STALE_MS && this.#quiet !== undefined ? this.#quiet + age : undefined;
  }

  async #look(): Promise<void> {
    this.#looking = true;
    const { cluster, sources, committed, positions, reader } = this.#options;
    const began = performance.now();
    try {
      const ends = await findOffsets(cluster, sources, { at: 'end' }, committed, Number.POSITIVE_INFINITY);
      const isQuiet = isSent(sources, ends, await positions(sources));
      // What came between two looks may be sent on by the later one: ends tell of it.
      const isSame = ends.every((end, at) => end === this.#seen[at]);
      this.#quiet = isQuiet ? ((isSame ? this.#quiet : undefined) ?? began) : undefined;
      [this.#seen, this.#looked] = [ends, began];
    } catch (error) {
      if (!reader.stopped) throw error;
    } finally {
      this.#looking = false;
    }
  }

  /** Has what was read deleted, now and then. */
  read(positions: Iterable<Position>): void {
    const now = performance.now();
    if (now - this.#purged < PURGE_MS) return;
    this.#purged = now;
    const { cluster } = this.#options;
    const done = [...positions].filter((one) => this.isOne(one) && one.offset > 0);
    for (const [node, ones] of cluster.byLeader(done)) {
      // What is not deleted now is the next time; who may not delete keeps it.
      if (node !== undefined) void cluster.send(node, deleteRecords(ones, PURGE_MS)).catch(() => {});
    }
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    const { sources, positions, reader } = this.#options;
    const ends = this.#ends ?? [];
    while (!reader.stopped) {
      if (isSent(sources, ends, await positions(sources))) break;
      await sleep(PAUSE_MS);
    }
    this.#allSent = true;
    await this.#end();
  }

  /** Also what the brokers have not made readable yet of what was sent. */
  async #end(): Promise<void> {
    const { cluster, reader } = this.#options;
    const owned = this.#owned;
    const ends = await findOffsets(cluster, owned, { at: 'end' }, false, Number.POSITIVE_INFINITY);
    for (const [at, one] of owned.entries()) reader.endAt(one, ends[at] ?? 0);
  }
}

/** Whether a group has come to the ends of some partitions. */
function isSent(sources: readonly TopicPartition[], ends: readonly number[], positions: readonly Position[]): boolean {
  const reached = new Map(positions.map((one) => [nameOf(one), one.offset]));
  return sources.every((one, at) => (reached.get(nameOf(one)) ?? -1) >= (ends[at] ?? 0));
}
