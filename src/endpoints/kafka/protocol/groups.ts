import type { Call } from './call.js';
import { type Membership, type PartitionResult, type Position, readResults } from './positions.js';
import type { WireWriter } from './wire-writer.js';

export interface JoinRequest {
  readonly group: string;
  /** Milliseconds without a heartbeat after which a member is gone. */
  readonly sessionTimeout: number;
  /** Milliseconds that members have to join again when others come or go. */
  readonly rebalanceTimeout: number;
  /** Empty: the broker gives one. */
  readonly member: string;
  /** How partitions are assigned, and what the leader is to know of this member. */
  readonly protocol: string;
  readonly metadata: Uint8Array;
}

export interface Joined {
  readonly errorCode: number;
  readonly generation: number;
  readonly leader: string;
  readonly member: string;
  /** Of the leader alone: who is to be given partitions. */
  readonly members: readonly { readonly member: string; readonly metadata: Uint8Array }[];
}

export function joinGroup(request: JoinRequest): Call<Joined> {
  return {
    name: 'JoinGroup',
    apiKey: 11,
    version: 5,
    wait: request.rebalanceTimeout,
    encode(to) {
      to.string(request.group).int32(request.sessionTimeout).int32(request.rebalanceTimeout);
      to.string(request.member).string(undefined).string('consumer');
      to.array([request], ({ protocol, metadata }) => to.string(protocol).bytes(metadata));
    },
    decode(from) {
      from.int32();
      const errorCode = from.int16();
      const generation = from.int32();
      from.nullableString();
      const [leader, member] = [from.string(), from.string()];
      const members = from.array(() => {
        const name = from.string();
        from.nullableString();
        return { member: name, metadata: from.bytes().slice() };
      });
      return { errorCode, generation, leader, member, members };
    },
  };
}

/** @param assignments of the leader alone: what each member is given */
export function syncGroup(
  { group, generation, member }: Membership,
  wait: number,
  assignments: readonly { readonly member: string; readonly assignment: Uint8Array }[],
): Call<{ errorCode: number; assignment: Uint8Array }> {
  return {
    name: 'SyncGroup',
    apiKey: 14,
    version: 3,
    wait,
    encode(to) {
      to.string(group).int32(generation).string(member).string(undefined);
      to.array(assignments, (one) => to.string(one.member).bytes(one.assignment));
    },
    decode(from) {
      from.int32();
      return { errorCode: from.int16(), assignment: from.bytes().slice() };
    },
  };
}

export function heartbeat({ group, generation, member }: Membership): Call<number> {
  return {
    name: 'Heartbeat',
    apiKey: 12,
    version: 3,
    encode(to) {
      to.string(group).int32(generation).string(member).string(undefined);
    },
    decode(from) {
      from.int32();
      return from.int16();
    },
  };
}

export function leaveGroup({ group, member }: Membership): Call<number> {
  return {
    name: 'LeaveGroup',
    apiKey: 13,
    version: 3,
    encode(to) {
      to.string(group).array([member], (name) => to.string(name).string(undefined));
    },
    decode(from) {
      from.int32();
      return from.int16();
    },
  };
}

export function commitOffsets(
  { group, generation, member }: Membership,
  positions: readonly Position[],
): Call<PartitionResult[]> {
  return {
    name: 'OffsetCommit',
    apiKey: 8,
    version: 7,
    encode(to) {
      to.string(group).int32(generation).string(member).string(undefined);
      eachTopic(to, positions, ({ partition, offset, metadata }) => {
        to.int32(partition)
          .int64(offset)
          .int32(-1)
          .string(metadata ?? '');
      });
    },
    decode: readResults,
  };
}

export interface CommittedPosition extends Position {
  readonly errorCode: number;
}

/**
 * The positions that a group has committed; an offset of -1: none. Those of a transaction that is still open are an
 * error, so that nobody goes on from before it (KIP-447).
 */
export function fetchOffsets(
  group: string,
  partitions: readonly { readonly topic: string; readonly partition: number }[],
): Call<{ errorCode: number; positions: CommittedPosition[] }> {
  return {
    name: 'OffsetFetch',
    apiKey: 9,
    version: 7,
    flexible: true,
    encode(to) {
      to.compactString(group);
      const topics = [...new Set(partitions.map(({ topic }) => topic))];
      to.compactArray(topics, (topic) => {
        const of = partitions.filter((one) => one.topic === topic);
        to.compactString(topic).compactArray(of, ({ partition }) => to.int32(partition));
        to.noTags();
      });
      to.boolean(true).noTags();
    },
    decode(from) {
      from.int32();
      const positions = from.compactArray(() => {
        const topic = from.compactString();
        const of = from.compactArray(() => {
          const [partition, offset] = [from.int32(), from.long()];
          from.int32();
          const metadata = from.compactNullableString() ?? '';
          const errorCode = from.int16();
          from.tags();
          return { topic, partition, offset, metadata, errorCode };
        });
        from.tags();
        return of;
      });
      return { errorCode: from.int16(), positions: positions.flat() };
    },
  };
}

function eachTopic<T extends { readonly topic: string }>(
  to: WireWriter,
  positions: readonly T[],
  write: (one: T) => void,
): void {
  const topics = [...new Set(positions.map(({ topic }) => topic))];
  to.array(topics, (topic) => {
    to.string(topic).array(
      positions.filter((one) => one.topic === topic),
      write,
    );
  });
}
