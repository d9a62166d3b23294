import type { Call } from './call.js';

/** In place of a time: the offset behind the last record, and that of the first. */
export const LATEST = -1;
export const EARLIEST = -2;

export interface OffsetQuestion {
  readonly topic: string;
  readonly partition: number;
  /** LATEST, EARLIEST, or epoch milliseconds: the first record that is not older. */
  readonly at: number;
}

export interface OffsetAnswer {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** -1 where no record is as late as was asked. */
  readonly offset: number;
}

/** Offsets by time, from partitions that one node leads. @param committed LATEST is behind the last stable record */
export function listOffsets(questions: readonly OffsetQuestion[], committed: boolean): Call<OffsetAnswer[]> {
  return {
    name: 'ListOffsets',
    apiKey: 2,
    version: 2,
    encode(to) {
      to.int32(-1).int8(committed ? 1 : 0);
      to.array(questions, ({ topic, partition, at }) => {
        to.string(topic).array([partition], () => to.int32(partition).int64(at));
      });
    },
    decode(from) {
      from.int32();
      return from
        .array(() => {
          const topic = from.string();
          return from.array(() => {
            const [partition, errorCode] = [from.int32(), from.int16()];
            from.int64();
            return { topic, partition, errorCode, offset: from.long() };
          });
        })
        .flat();
    },
  };
}
