import type { WireReader } from './wire-reader.js';

/** A member in a generation of its group: one that is no part of it any more commits nothing (KIP-447). */
export interface Membership {
  readonly group: string;
  readonly generation: number;
  readonly member: string;
}

/** Where reading a partition goes on. */
export interface Position {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** What the one who committed says of it. */
  readonly metadata?: string;
}

/** What became of a request in one partition. */
export interface PartitionResult {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
}

/** An answer that tells how long it was held up, and then of each topic's partitions. */
export function readResults(from: WireReader): PartitionResult[] {
  from.int32();
  return from
    .array(() => {
      const topic = from.string();
      return from.array(() => ({ topic, partition: from.int32(), errorCode: from.int16() }));
    })
    .flat();
}

/** The same in a flexible version (KIP-482). */
export function readCompactResults(from: WireReader): PartitionResult[] {
  from.int32();
  return from
    .compactArray(() => {
      const topic = from.compactString();
      const results = from.compactArray(() => {
        const result = { topic, partition: from.int32(), errorCode: from.int16() };
        from.tags();
        return result;
      });
      from.tags();
      return results;
    })
    .flat();
}
