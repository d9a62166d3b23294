import type { Resumed } from '../endpoints/endpoint.js';
import type { TopicPartition } from '../endpoints/kafka/fetch-queue.js';
import type { Position } from '../endpoints/kafka/protocol/positions.js';

/** The partitions of one copy among several. */
export interface PartitionShares {
  /** See BatchSource. */
  readonly resumed: Resumed | undefined;
  /** Whether partitions are about to move: what was read is to be flushed and committed, then settle() called. */
  readonly moving: boolean;
  /** Whether rows count only with their positions; otherwise positions may be behind. */
  readonly isTransacted: boolean;
  /** @throws an error of which isTakenOver() holds when they are not this copy's any more, as far as can be known */
  check(): Promise<void>;
  /** @throws an error of which isTakenOver() holds when they are not this copy's any more */
  commit(changed: readonly Position[]): Promise<void>;
  /** After such an error: takes back what is not committed. */
  abandon(): Promise<void>;
  /** Joins again and reads what was given. */
  settle(): Promise<void>;
  /**
   * Whether others can't end before it is committed how far this copy has come: it has read all that it is to read.
   * @param given where reading has come in a partition; undefined: where it began
   */
  isAwaited(given: (partition: TopicPartition) => number | undefined): boolean;
  /**
   * Since when nothing is left that others are to send to this copy, as performance.now() has it; undefined: something may
   * be.
   */
  readonly othersQuietSince: number | undefined;
  /** Told where reading has come, before more is read. */
  proceed(given: (partition: TopicPartition) => number | undefined): void;
}
