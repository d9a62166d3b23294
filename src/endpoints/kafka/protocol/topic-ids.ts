import type { Call } from './call.js';

/** A topic and the id that it alone has, also among topics of its name that were deleted (KIP-516). */
export interface IdentifiedTopic {
  readonly topic: string;
  readonly errorCode: number;
  /** As Kafka's own tools write it; undefined: the broker knows none. */
  readonly id: string | undefined;
}

const ID_BYTES = 16;
const NO_ID = new Uint8Array(ID_BYTES);

/** The ids of topics; none is made by asking. Brokers since Kafka 2.8 know them. */
export function topicIds(topics: readonly string[]): Call<IdentifiedTopic[]> {
  return {
    name: 'Metadata',
    apiKey: 3,
    version: 10,
    flexible: true,
    encode(to) {
      to.compactArray(topics, (topic) => to.raw(NO_ID).compactString(topic).noTags());
      to.boolean(false).boolean(false).boolean(false).noTags();
    },
    decode(from) {
      from.int32();
      from.compactArray(() => {
        from.int32();
        from.compactString();
        from.int32();
        from.compactNullableString();
        from.tags();
      });
      from.compactNullableString();
      from.int32();
      return from.compactArray(() => {
        const [errorCode, topic, bytes] = [from.int16(), from.compactString(), from.fixed(ID_BYTES)];
        const id = bytes.some((byte) => byte !== 0) ? Buffer.from(bytes).toString('base64url') : undefined;
        from.boolean();
        from.compactArray(() => {
          from.int16();
          for (let count = 3; count > 0; count--) from.int32();
          for (let count = 3; count > 0; count--) from.compactArray(() => from.int32());
          from.tags();
        });
        from.int32();
        from.tags();
        return { topic, errorCode, id };
      });
    },
  };
}
