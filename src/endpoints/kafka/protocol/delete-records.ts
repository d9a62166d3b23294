import type { Call } from './call.js';

/** Has the leader of some partitions delete the records before an offset of each. @param timeout milliseconds */
export function deleteRecords(
  partitions: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[],
  timeout: number,
): Call<readonly { readonly topic: string; readonly partition: number; readonly errorCode: number }[]> {
  return {
    name: 'DeleteRecords',
    apiKey: 21,
    version: 1,
    encode(to) {
      const topics = [...new Set(partitions.map(({ topic }) => topic))];
      to.array(topics, (topic) => {
        const of = partitions.filter((one) => one.topic === topic);
        to.string(topic).array(of, ({ partition, offset }) => to.int32(partition).int64(offset));
      });
      to.int32(timeout);
    },
    decode(from) {
      from.int32();
      return from
        .array(() => {
          const topic = from.string();
          return from.array(() => {
            const partition = from.int32();
            from.long();
            return { topic, partition, errorCode: from.int16() };
          });
        })
        .flat();
    },
  };
}
