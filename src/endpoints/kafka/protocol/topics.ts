import type { Call } from './call.js';

const TOPIC_RESOURCE = 2;

export interface NewTopic {
  readonly topic: string;
  /** Absent: as many as the broker makes by default. */
  readonly partitions?: number;
  readonly replication?: number;
  /** Settings such as cleanup.policy. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface MadeTopic {
  readonly topic: string;
  readonly errorCode: number;
  readonly message?: string;
}

/** Makes topics; to be sent to the controller. @param wait milliseconds that it may take */
export function createTopics(topics: readonly NewTopic[], wait: number): Call<MadeTopic[]> {
  return {
    name: 'CreateTopics',
    apiKey: 19,
    version: 4,
    wait,
    encode(to) {
      to.array(topics, ({ topic, partitions = -1, replication = -1, settings = {} }) => {
        to.string(topic).int32(partitions).int16(replication);
        // No assignment of replicas.
        to.array([], () => {});
        to.array(Object.entries(settings), ([name, value]) => to.string(name).string(value));
      });
      to.int32(wait).boolean(false);
    },
    decode(from) {
      from.int32();
      return from.array(() => {
        const head = { topic: from.string(), errorCode: from.int16() };
        const message = from.nullableString();
        return message === undefined ? head : { ...head, message };
      });
    },
  };
}

export interface TopicSettings {
  readonly errorCode: number;
  /** By name; one that is secret has no value. */
  readonly values: ReadonlyMap<string, string>;
}

/** Settings of a topic, those of the broker where it has none of its own. */
export function describeTopic(topic: string, names: readonly string[]): Call<TopicSettings> {
  return {
    name: 'DescribeConfigs',
    apiKey: 32,
    version: 1,
    encode(to) {
      to.array([topic], (name) => {
        to.int8(TOPIC_RESOURCE)
          .string(name)
          .array(names, (one) => to.string(one));
      });
      to.boolean(false);
    },
    decode(from) {
      from.int32();
      const [described] = from.array(() => {
        const errorCode = from.int16();
        from.nullableString();
        from.int8();
        from.string();
        const entries = from.array(() => {
          const name = from.string();
          const value = from.nullableString();
          for (let count = 3; count > 0; count--) from.int8();
          from.array(() => {
            from.string();
            from.nullableString();
            from.int8();
          });
          return [name, value] as const;
        });
        const values = new Map(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
        return { errorCode, values };
      });
      return described ?? { errorCode: -1, values: new Map() };
    },
  };
}
