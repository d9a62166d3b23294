import type { Cluster } from '../client/cluster.js';
import type { TopicPartition } from '../fetch-queue.js';
import type { Membership, Position } from '../protocol/positions.js';
import type { OffsetSpec } from '../start-offsets.js';
import type { TopicReader } from '../topic-reader.js';
import type { PartOf } from './assignment.js';
import type { ExchangeTopic } from './exchange-ends.js';

/** What a group shares, and what is kept of it. */
export interface SharesOptions {
  readonly cluster: Cluster;
  readonly group: string;
  /** Names and patterns. */
  readonly reads: readonly string[];
  /** How many partitions each topic has; it may grow, and rejoin() shares them anew then. */
  readonly topics: ReadonlyMap<string, number>;
  /** Brings `topics` up to date. */
  readonly look: () => Promise<unknown>;
  readonly reader: TopicReader;
  /** The part of the state that a partition belongs to. */
  readonly partOf: PartOf;
  /** Where partitions begin that the group has no position of. */
  readonly start: OffsetSpec;
  /** Where reading ends; absent: it goes on. */
  readonly end?: OffsetSpec;
  readonly committed: boolean;
  /** One of `topics` that the group writes itself. */
  readonly exchange?: ExchangeTopic;
  /** Positions of the group are forgotten. */
  readonly reset: boolean;
  /** Who is told of the partitions that this copy has; absent: nobody needs to hear of them. */
  readonly listener?: SharesListener;
  /** What is kept by partition besides positions. */
  readonly state?: PartitionState;
  /** What is written together with positions, all or nothing; absent: positions are committed after it. */
  readonly transactions?: Transactions;
}

/** Those who store rows of partitions: see Sink.begin(). */
export interface SharesListener {
  begin(owned: readonly TopicPartition[]): Promise<void>;
  readonly reset?: () => Promise<void>;
}

/** A transaction is always open: each commit begins the next. */
export interface Transactions {
  /** Whether nothing was written since the last commit. */
  readonly isEmpty: boolean;
  /** Resolves when the brokers have what was written. */
  flush(): Promise<void>;
  sendOffsets(member: Membership, positions: readonly Position[]): Promise<void>;
  /** Of an empty one: see TransactionalProducer.commit(). */
  commit(): Promise<void>;
  abort(): Promise<void>;
  /** In place of abort() where another copy has taken over, or the broker has aborted it. */
  forget(): Promise<void>;
  /** Aborts what others have left open; see TransactionalProducer. */
  takeOver(transactionalIds: readonly string[], as: string, group: string): Promise<void>;
}

/** State that moves with the partitions, part by part. */
export interface PartitionState {
  /** Forgets a part that another copy has now. */
  drop(part: number): void;
  /**
   * Puts a part back as it was when positions were committed last.
   * @param note what was committed with the positions of its partitions; undefined: none were
   * @param patience see findOffsets()
   */
  restore(part: number, note: string | undefined, patience: number | undefined): Promise<void>;
  /** Resolves when what was kept is safe; in a transaction it is with the commit. */
  flush(): Promise<void>;
  /** All that copies have sent to these parts is in their state: see ExchangeTopic. */
  settled?(parts: readonly number[]): void;
  /** What is to be committed with the positions of a part's partitions, once the brokers have what was written. */
  noteOf(part: number): string;
}
