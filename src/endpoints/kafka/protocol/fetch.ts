import type { Call } from './call.js';

export interface FetchRequest {
  /** Milliseconds that the broker waits for `minBytes`. */
  readonly maxWait: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
  /** Only records of committed transactions; the answer lists the aborted ones. */
  readonly committed: boolean;
  readonly partitions: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[];
}

/** A transaction whose records from an offset on are to be left out, until its marker. */
export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** Behind the last record that all replicas have. */
  readonly highWatermark: number;
  /** Behind the last record before the first transaction that is open. */
  readonly lastStableOffset: number;
  readonly firstOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches, the last one perhaps cut; borrowed from the answer. */
  readonly records: Uint8Array;
}

/** Records of partitions that one node leads. */
export function fetchRecords(request: FetchRequest): Call<{ errorCode: number; partitions: FetchedPartition[] }> {
  return {
    name: 'Fetch',
    apiKey: 1,
    version: 11,
    wait: request.maxWait,
    encode(to) {
      to.int32(-1).int32(request.maxWait).int32(request.minBytes).int32(request.maxBytes);
      // No fetch session: the whole request each time.
      to.int8(request.committed ? 1 : 0)
        .int32(0)
        .int32(-1);
      to.array(request.partitions, ({ topic, partition, offset }) => {
        to.string(topic).array([partition], () => {
          to.int32(partition).int32(-1).int64(offset).int64(-1).int32(request.maxPartitionBytes);
        });
      });
      to.array([], () => {}).string('');
    },
    decode(from) {
      from.int32();
      const errorCode = from.int16();
      from.int32();
      const partitions = from.array(() => {
        const topic = from.string();
        return from.array(() => {
          const head = {
            topic,
            partition: from.int32(),
            errorCode: from.int16(),
            highWatermark: from.long(),
            lastStableOffset: from.long(),
            firstOffset: from.long(),
          };
          const aborted = from.array(() => ({ producerId: from.int64(), firstOffset: from.long() }));
          from.int32();
          return { ...head, aborted, records: from.bytes() };
        });
      });
      return { errorCode, partitions: partitions.flat() };
    },
  };
}
