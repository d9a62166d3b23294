import type { Call } from './call.js';

export interface ProduceRequest {
  readonly transactionalId?: string;
  /** Milliseconds that the broker waits for the other replicas. */
  readonly wait: number;
  /** At most one record batch of each partition. */
  readonly batches: readonly { readonly topic: string; readonly partition: number; readonly records: Uint8Array }[];
}

export interface ProducedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** What the broker says of the error, where it says more than the code. */
  readonly message?: string;
  /** The offset of the batch's first record; absent or -1 where that is not known. */
  readonly baseOffset?: number;
}

/** Adds record batches to partitions that one node leads; answered when all replicas that are in sync have them. */
export function produceRecords(request: ProduceRequest): Call<ProducedPartition[]> {
  return {
    name: 'Produce',
    apiKey: 0,
    version: 8,
    wait: request.wait,
    encode(to) {
      to.string(request.transactionalId).int16(-1).int32(request.wait);
      to.array(request.batches, ({ topic, partition, records }) => {
        to.string(topic).array([records], () => to.int32(partition).bytes(records));
      });
    },
    decode(from) {
      return from
        .array(() => {
          const topic = from.string();
          return from.array(() => {
            const head = { topic, partition: from.int32(), errorCode: from.int16(), baseOffset: from.long() };
            for (let count = 2; count > 0; count--) from.int64();
            const problems = from.array(() => {
              from.int32();
              return from.nullableString();
            });
            const message = problems.find((one) => one !== undefined);
            const general = from.nullableString();
            const said = message ?? general;
            return said === undefined ? head : { ...head, message: said };
          });
        })
        .flat();
    },
  };
}
