import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assign,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeRefusal,
  encodeSubscription,
  type Subscription,
} from '../../../src/endpoints/kafka/group/assignment.js';
import type { TopicPartition } from '../../../src/endpoints/kafka/topic-reader.js';

type Shares = ReadonlyMap<string, readonly TopicPartition[]>;

const topics = fc
  .array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 })
  .map((counts) => new Map(counts.map((count, at) => [`topic${at}`, count])));
const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 });

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}:${partition}`;
const numbersOf = (partitions: readonly TopicPartition[]): Set<number> =>
  new Set(partitions.map(({ partition }) => partition));

/** The same members again, with what they had. */
function again(members: readonly string[], counts: ReadonlyMap<string, number>, before?: Shares): Shares {
  const subscriptions = members.map(
    (member): Subscription => ({ member, reads: [...counts.keys()], owned: before?.get(member) ?? [] }),
  );
  return assign(subscriptions, counts);
}

function expectShared(shares: Shares, members: readonly string[], counts: ReadonlyMap<string, number>): void {
  const all = [...counts].flatMap(([topic, count]) => Array.from({ length: count }, (_, at) => `${topic}:${at}`));
  expect([...shares.keys()].sort()).toEqual([...members].sort());
  // All of them, each once.
  expect([...shares.values()].flat().map(nameOf).sort()).toEqual(all.sort());
  const sizes = [...shares.values()].map((partitions) => numbersOf(partitions).size);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
}

/** How many numbers of partitions have another owner than before, among those that had one who is still there. */
function moved(before: Shares, after: Shares): number {
  const owners = new Map([...after].flatMap(([member, list]) => list.map((one) => [one.partition, member] as const)));
  return [...before].reduce(
    (sum, [member, list]) =>
      sum + (after.has(member) ? [...numbersOf(list)].filter((number) => owners.get(number) !== member).length : 0),
    0,
  );
}

describe('partitions are shared', () => {
  it('completely, each once, and evenly', () => {
    fc.assert(
      fc.property(names, topics, (members, counts) => {
        expectShared(again(members, counts), members, counts);
      }),
    );
  });

  it('so that those of one number stay together, whatever their topic', () => {
    fc.assert(
      fc.property(names, topics, (members, counts) => {
        for (const partitions of again(members, counts).values()) {
          const numbers = numbersOf(partitions);
          const wanted = [...counts].flatMap(([topic, count]) =>
            [...numbers].filter((number) => number < count).map((partition) => `${topic}:${partition}`),
          );
          expect(partitions.map(nameOf).sort()).toEqual(wanted.sort());
        }
      }),
    );
  });

  it('the same way again while nobody comes or goes', () => {
    fc.assert(
      fc.property(names, topics, (members, counts) => {
        const before = again(members, counts);
        expect(again([...members].reverse(), counts, before)).toEqual(before);
      }),
    );
  });

  it('so that those who stay keep theirs when one goes', () => {
    fc.assert(
      fc.property(
        names.filter((members) => members.length > 1),
        topics,
        ([, ...rest], counts) => {
          const before = again([...rest, 'goes'], counts);
          const after = again(rest, counts, before);
          expectShared(after, rest, counts);
          expect(moved(before, after)).toBe(0);
        },
      ),
    );
  });

  it('so that no more than a share moves when one comes', () => {
    fc.assert(
      fc.property(names, topics, (members, counts) => {
        const before = again(members, counts);
        const all = [...members, 'comes'];
        const after = again(all, counts, before);
        expectShared(after, all, counts);
        expect(moved(before, after)).toBeLessThanOrEqual(numbersOf(after.get('comes') ?? []).size);
      }),
    );
  });

  it('whatever members say that they had: twice, too much, or what is no more', () => {
    const owned = fc.array(
      fc.record({ topic: fc.constantFrom('topic0', 'gone'), partition: fc.integer({ min: 0, max: 15 }) }),
    );
    fc.assert(
      fc.property(names, topics, fc.array(owned), (members, counts, said) => {
        const before = new Map(members.map((member, at) => [member, said[at] ?? []]));
        expectShared(again(members, counts, before), members, counts);
      }),
    );
  });
});

it('members and their leader understand each other', () => {
  const partition = fc.record({ topic: fc.string(), partition: fc.nat() });
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), fc.array(partition), (topics, reads, owned) => {
      const told = decodeSubscription('me', encodeSubscription(topics, { reads, owned }));
      expect(told).toEqual({ member: 'me', reads, owned });
      expect(decodeAssignment(encodeAssignment(owned))).toEqual({ partitions: owned });
      expect(decodeAssignment(encodeRefusal(reads))).toEqual({ reads });
    }),
  );
  expect(decodeAssignment(new Uint8Array(0))).toEqual({ partitions: [] });
});
