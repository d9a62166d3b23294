import type { Call } from './call.js';

/** Who writes: the broker keeps a sequence of its records for each partition, so that none is added twice. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  /** A greater one fences those before it. */
  readonly epoch: number;
}

/** A producer's id that no other has. It need not be sent to a broker of its own. */
export function initProducerId(): Call<ProducerIdentity & { readonly errorCode: number }> {
  return {
    name: 'InitProducerId',
    apiKey: 22,
    version: 1,
    encode(to) {
      to.string(undefined).int32(0);
    },
    decode(from) {
      from.int32();
      return { errorCode: from.int16(), producerId: from.int64(), epoch: from.int16() };
    },
  };
}
