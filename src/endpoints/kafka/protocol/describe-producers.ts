import type { Call } from './call.js';

/** A producer that a partition's leader remembers (KIP-664). */
export interface PartitionProducer {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: bigint;
  readonly epoch: number;
  /** The number of its last record there, in that epoch. */
  readonly lastSequence: number;
  /** The first offset of its open transaction; -1: none is open. */
  readonly openFrom: number;
}

/** What a leader knows of the producers of partitions. */
export interface DescribedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly producers: readonly PartitionProducer[];
}

/** Which producers have written to partitions that one node leads, and whose transactions are open there. */
export function describeProducers(
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): Call<DescribedPartition[]> {
  return {
    name: 'DescribeProducers',
    apiKey: 61,
    version: 0,
    flexible: true,
    encode(to) {
      const topics = [...new Set(partitions.map(({ topic }) => topic))];
      to.compactArray(topics, (topic) => {
        const of = partitions.filter((one) => one.topic === topic);
        to.compactString(topic).compactArray(of, ({ partition }) => to.int32(partition));
        to.noTags();
      });
      to.noTags();
    },
    decode(from) {
      from.int32();
      return from
        .compactArray(() => {
          const topic = from.compactString();
          const described = from.compactArray(() => {
            const [partition, errorCode] = [from.int32(), from.int16()];
            from.compactNullableString();
            const producers = from.compactArray(() => {
              const producerId = from.int64();
              const [epoch, lastSequence] = [from.int32(), from.int32()];
              from.int64();
              from.int32();
              const openFrom = from.long();
              from.tags();
              return { topic, partition, producerId, epoch, lastSequence, openFrom };
            });
            from.tags();
            return { topic, partition, errorCode, producers };
          });
          from.tags();
          return described;
        })
        .flat();
    },
  };
}
