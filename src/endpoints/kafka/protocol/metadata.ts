import type { Call } from './call.js';

export interface BrokerInfo {
  readonly node: number;
  readonly host: string;
  readonly port: number;
}

export interface PartitionInfo {
  readonly partition: number;
  readonly errorCode: number;
  /** The node that takes and gives its records; -1: none at the moment. */
  readonly leader: number;
  readonly replicas: readonly number[];
}

export interface TopicInfo {
  readonly topic: string;
  readonly errorCode: number;
  /** One of Kafka's own (`__consumer_offsets`). */
  readonly internal: boolean;
  readonly partitions: readonly PartitionInfo[];
}

export interface Metadata {
  readonly brokers: readonly BrokerInfo[];
  readonly clusterId: string | undefined;
  readonly controller: number;
  readonly topics: readonly TopicInfo[];
}

/** Who is there, and who leads what. @param topics undefined: all; none is made by asking */
export function metadata(topics: readonly string[] | undefined): Call<Metadata> {
  return {
    name: 'Metadata',
    apiKey: 3,
    version: 5,
    encode(to) {
      if (topics === undefined) to.int32(-1);
      else to.array(topics, (topic) => to.string(topic));
      to.boolean(false);
    },
    decode(from) {
      from.int32();
      const brokers = from.array(() => {
        const broker = { node: from.int32(), host: from.string(), port: from.int32() };
        from.nullableString();
        return broker;
      });
      return {
        brokers,
        clusterId: from.nullableString(),
        controller: from.int32(),
        topics: from.array(() => {
          const errorCode = from.int16();
          const topic = from.string();
          const internal = from.boolean();
          const partitions = from.array(() => {
            const head = { errorCode: from.int16(), partition: from.int32(), leader: from.int32() };
            const replicas = from.array(() => from.int32());
            from.array(() => from.int32());
            from.array(() => from.int32());
            return { ...head, replicas };
          });
          return { topic, errorCode, internal, partitions: partitions.sort((a, b) => a.partition - b.partition) };
        }),
      };
    },
  };
}
