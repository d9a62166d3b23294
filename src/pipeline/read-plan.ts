import type { ExchangeTopic } from '../endpoints/kafka/group/exchange-ends.js';
import type { PartitionState, Transactions } from '../endpoints/kafka/group/shares-options.js';
import type { RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';
import type { SinksOfShares } from './sinks-of-shares.js';
import type { Sharing } from './threads/open-shared-file.js';

/** How an opened input is to be read: what depends on the plan. */
export interface ReadPlan {
  readonly schema: RecordSchema;
  /** Paths to read where the codec keeps records' bytes, and where it does not. */
  readonly paths: readonly string[];
  readonly pathsWithoutRecords: readonly string[];
  readonly records: boolean;
  readonly zone: Zone;
  readonly partition: number;
  /** A number for a partition that comes into being while it is read. */
  readonly newPartition: () => number;
  /** The group that shares a topic's partitions; absent: all of them are read, from where it was said. */
  readonly group?: string;
  /** Whether records of topics are read as they are, as schemas/kafkamsg.avsc has them. */
  readonly messages: boolean;
  /** Whether batches have the tombstones of topics among their rows. */
  readonly tombstones: boolean;
  /** What moves with the partitions, and what is committed with their positions. */
  readonly state?: PartitionState;
  readonly transactions?: Transactions;
  /** Who is told of the partitions that this copy has. */
  readonly listener?: SinksOfShares;
  /** The topic by which records come to the part that has their group, and whether they may become dead letters. */
  readonly exchange?: ExchangeTopic & { readonly keepsLetters: boolean };
  /** By partition of the pipeline: the part of the state that it belongs to. */
  readonly partOf?: (partition: number) => number;
  /** What several threads may find in a large file in place of one; absent: one reads it all. */
  readonly sharing?: Sharing;
}
