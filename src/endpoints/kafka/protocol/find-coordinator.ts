import type { Call } from './call.js';

/** Who answers for a group, or for a transactional id. */
export interface Coordinator {
  readonly errorCode: number;
  readonly node: number;
}

export function findCoordinator(kind: 'group' | 'transaction', name: string): Call<Coordinator> {
  return {
    name: 'FindCoordinator',
    apiKey: 10,
    version: 2,
    encode(to) {
      to.string(name).int8(kind === 'group' ? 0 : 1);
    },
    decode(from) {
      from.int32();
      const errorCode = from.int16();
      from.nullableString();
      return { errorCode, node: from.int32() };
    },
  };
}
