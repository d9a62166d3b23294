import type { TopicPartition } from '../fetch-queue.js';
import { WireReader } from '../protocol/wire-reader.js';
import { WireWriter } from '../protocol/wire-writer.js';

/** What members tell the leader, and the leader the members. Others use Kafka's own names, so that they can't mix. */
export const ASSIGNOR = 'freshet-sticky';

/** Of what Kafka's own consumers write (ConsumerProtocolSubscription). */
const VERSION = 0;
const ASSIGNMENT_VERSION = 1;
/** In place of the version of an assignment. */
const REFUSAL = -1;

/** One member as its group's leader knows it. */
export interface Subscription {
  readonly member: string;
  /** What it reads, as the user says it: a member that reads something else is refused. */
  readonly reads: readonly string[];
  /** What it had, and keeps if it may. */
  readonly owned: readonly TopicPartition[];
}

/**
 * As a consumer's, which brokers read: positions of topics that a group at work does not name are forgotten when they
 * have not changed for a while (offsets.retention.minutes).
 * @param topics by name, not by pattern
 */
export function encodeSubscription(
  topics: readonly string[],
  { reads, owned }: Omit<Subscription, 'member'>,
): Uint8Array {
  const own = new WireWriter();
  own.array(reads, (read) => own.string(read));
  const writer = new WireWriter().int16(VERSION);
  writer.array(topics, (topic) => writer.string(topic));
  return Uint8Array.from(writer.bytes(writePartitions(own, owned)).done());
}

export function decodeSubscription(member: string, bytes: Uint8Array): Subscription {
  const reader = new WireReader(bytes);
  reader.int16();
  reader.array(() => reader.string());
  const own = new WireReader(reader.bytes());
  return { member, reads: own.array(() => own.string()), owned: readPartitions(own) };
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Uint8Array {
  return writePartitions(new WireWriter().int16(ASSIGNMENT_VERSION), partitions);
}

/** For a member that reads something else than the group does. @param topics what the group reads */
export function encodeRefusal(topics: readonly string[]): Uint8Array {
  const writer = new WireWriter().int16(REFUSAL);
  writer.array(topics, (topic) => writer.string(topic));
  return Uint8Array.from(writer.done());
}

/** What a member is given, empty if nothing; or what its group reads in place of what it wants. */
export type Assignment = { readonly partitions: TopicPartition[] } | { readonly reads: string[] };

export function decodeAssignment(bytes: Uint8Array): Assignment {
  if (bytes.length === 0) return { partitions: [] };
  const reader = new WireReader(bytes);
  if (reader.int16() === REFUSAL) return { reads: reader.array(() => reader.string()) };
  return { partitions: readPartitions(reader) };
}

function writePartitions(writer: WireWriter, partitions: readonly TopicPartition[]): Uint8Array {
  writer.array(partitions, ({ topic, partition }) => writer.string(topic).int32(partition));
  return Uint8Array.from(writer.done());
}

function readPartitions(reader: WireReader): TopicPartition[] {
  return reader.array(() => ({ topic: reader.string(), partition: reader.int32() }));
}

/** What a partition belongs to: partitions of one part share state, and go to one member. */
export type PartOf = (partition: TopicPartition) => number;

/** Partitions of one number belong together whatever their topic: keys lie alike in them. */
export const byNumber: PartOf = ({ partition }) => partition;

/**
 * Shares partitions so that no member has two parts more than another, and that as few as possible change hands.
 * @param counts how many partitions each topic has
 */
export function assign(
  members: readonly Subscription[],
  counts: ReadonlyMap<string, number>,
  partOf: PartOf = byNumber,
): Map<string, TopicPartition[]> {
  const all = [...counts].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, partition): TopicPartition => ({ topic, partition })),
  );
  const free = new Set(all.map(partOf).sort((a, b) => a - b));
  const sorted = [...members].sort((a, b) => (a.member < b.member ? -1 : 1));
  const shares = new Map<string, number[]>(sorted.map(({ member }) => [member, []]));
  const [least, spare] = [Math.floor(free.size / sorted.length), free.size % sorted.length];
  // Who had more keeps more: the spare ones go to them first.
  const owners = sorted.map(({ member, owned }) => ({ member, had: new Set(owned.map(partOf)) }));
  let spares = spare;
  for (const { member, had } of [...owners].sort((a, b) => b.had.size - a.had.size)) {
    const kept = [...had].filter((part) => free.has(part)).sort((a, b) => a - b);
    const may = least + (kept.length > least && spares > 0 ? 1 : 0);
    if (may > least) spares--;
    for (const part of kept.slice(0, may)) {
      free.delete(part);
      shares.get(member)?.push(part);
    }
  }
  for (const part of free) {
    const [fewest] = [...shares].sort(([, a], [, b]) => a.length - b.length);
    fewest?.[1].push(part);
  }
  return new Map([...shares].map(([member, parts]) => [member, all.filter((one) => parts.includes(partOf(one)))]));
}
