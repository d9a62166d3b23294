import type { Call } from './call.js';
import { type Membership, type PartitionResult, type Position, readCompactResults, readResults } from './positions.js';
import type { ProducerIdentity } from './producer-id.js';
import type { WireReader } from './wire-reader.js';

/** A producer in transactions, as every request names it. */
export interface TransactionalIdentity extends ProducerIdentity {
  readonly transactionalId: string;
}

/**
 * The identity of a transactional id, in an epoch that fences all before it: their open transaction is aborted.
 * @param timeout milliseconds after which the broker aborts a transaction that is open
 * @param before the one that is known: it is given again in the next epoch, unless another has fenced it
 */
export function initTransactions(
  transactionalId: string,
  timeout: number,
  before: ProducerIdentity = { producerId: -1n, epoch: -1 },
): Call<ProducerIdentity & { readonly errorCode: number }> {
  return {
    name: 'InitProducerId',
    apiKey: 22,
    version: 4,
    flexible: true,
    encode(to) {
      to.compactString(transactionalId).int32(timeout).int64(before.producerId).int16(before.epoch).noTags();
    },
    decode(from) {
      from.int32();
      return { errorCode: from.int16(), producerId: from.int64(), epoch: from.int16() };
    },
  };
}

/** Makes partitions a part of the open transaction, before anything is written to them. */
export function addPartitions(
  { transactionalId, producerId, epoch }: TransactionalIdentity,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): Call<PartitionResult[]> {
  return {
    name: 'AddPartitionsToTxn',
    apiKey: 24,
    version: 2,
    encode(to) {
      to.string(transactionalId).int64(producerId).int16(epoch);
      to.array(partitions, ({ topic, partition }) => {
        to.string(topic).array([partition], (one) => to.int32(one));
      });
    },
    decode: readResults,
  };
}

/** Makes the positions of a group a part of the open transaction. */
export function addOffsets(
  { transactionalId, producerId, epoch }: TransactionalIdentity,
  group: string,
): Call<{ errorCode: number }> {
  return {
    name: 'AddOffsetsToTxn',
    apiKey: 25,
    version: 2,
    encode(to) {
      to.string(transactionalId).int64(producerId).int16(epoch).string(group);
    },
    decode: afterThrottle,
  };
}

/** Commits or aborts the open transaction. */
export function endTransaction(
  { transactionalId, producerId, epoch }: TransactionalIdentity,
  commit: boolean,
): Call<{ errorCode: number }> {
  return {
    name: 'EndTxn',
    apiKey: 26,
    version: 2,
    encode(to) {
      to.string(transactionalId).int64(producerId).int16(epoch).boolean(commit);
    },
    decode: afterThrottle,
  };
}

/** How a transactional id stands: `Empty`, `Ongoing`, `PrepareCommit`, `CompleteAbort` and so on (KIP-664). */
export function describeTransaction(transactionalId: string): Call<{ errorCode: number; state: string }> {
  return {
    name: 'DescribeTransactions',
    apiKey: 65,
    version: 0,
    flexible: true,
    encode(to) {
      to.compactArray([transactionalId], (id) => to.compactString(id)).noTags();
    },
    decode(from) {
      from.int32();
      const [described = { errorCode: 0, state: '' }] = from.compactArray(() => {
        const errorCode = from.int16();
        from.compactString();
        const state = from.compactString();
        from.int32();
        from.int64();
        from.int64();
        from.int16();
        from.compactArray(() => {
          from.compactString();
          from.compactArray(() => from.int32());
          from.tags();
        });
        from.tags();
        return { errorCode, state };
      });
      return described;
    },
  };
}

function afterThrottle(from: WireReader): { errorCode: number } {
  from.int32();
  return { errorCode: from.int16() };
}

/** Positions of a group that count once the transaction is committed; goes to the group's coordinator. */
export function commitInTransaction(
  { transactionalId, producerId, epoch }: TransactionalIdentity,
  { group, member, generation }: Membership,
  positions: readonly Position[],
): Call<PartitionResult[]> {
  return {
    name: 'TxnOffsetCommit',
    apiKey: 28,
    version: 3,
    flexible: true,
    encode(to) {
      to.compactString(transactionalId).compactString(group).int64(producerId).int16(epoch);
      to.int32(generation).compactString(member).compactString(undefined);
      to.compactArray(positions, ({ topic, partition, offset, metadata = '' }) => {
        to.compactString(topic);
        to.compactArray([partition], () => {
          to.int32(partition).int64(offset).int32(-1).compactString(metadata).noTags();
        });
        to.noTags();
      });
      to.noTags();
    },
    decode: readCompactResults,
  };
}
