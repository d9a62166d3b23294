import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AbortedTransaction } from '../../../src/endpoints/kafka/protocol/fetch.js';
import { AbortedRecords } from '../../../src/endpoints/kafka/records/aborted-records.js';
import type { RecordBatch } from '../../../src/endpoints/kafka/records/record-batch.js';

/** One batch of a log, and what a reader that knew how it all ended would do with it. */
interface Entry {
  readonly batch: RecordBatch;
  readonly leftOut: boolean;
}

interface Log {
  readonly entries: readonly Entry[];
  /** With where each ended. */
  readonly aborted: readonly (AbortedTransaction & { readonly marker: number })[];
}

/** What one producer does: writes so many records, or ends its transaction. */
type Step = {
  readonly producer: number;
  readonly does: 'write' | 'commit' | 'abort' | 'plain';
  readonly records: number;
};

const step: fc.Arbitrary<Step> = fc.record({
  producer: fc.integer({ min: 1, max: 4 }),
  does: fc.constantFrom('write', 'write', 'write', 'commit', 'abort', 'plain'),
  records: fc.integer({ min: 1, max: 5 }),
});

const NOTHING = { compression: 'none', baseTime: 0, count: 1, records: new Uint8Array(0) } as const;

/** Lays a log out as a broker does; a transaction that is not ended is left open, behind the last stable offset. */
function logOf(steps: readonly Step[]): Log {
  const batches: { batch: RecordBatch; transaction: number | undefined }[] = [];
  const open = new Map<number, { transaction: number; first: number }>();
  const aborted: Log['aborted'][number][] = [];
  const abortedTransactions = new Set<number>();
  let [offset, transactions] = [0, 0];
  const add = (producer: number, records: number, kind: { transactional: boolean; control: boolean }): void => {
    const producerId = kind.transactional ? BigInt(producer) : -1n;
    const batch = { ...NOTHING, ...kind, baseOffset: offset, lastOffset: offset + records - 1, producerId };
    batches.push({ batch, transaction: kind.control ? undefined : open.get(producer)?.transaction });
    offset += records;
  };
  for (const { producer, does, records } of steps) {
    const own = open.get(producer);
    if (does === 'plain') {
      const batch = {
        ...NOTHING,
        transactional: false,
        control: false,
        baseOffset: offset,
        lastOffset: offset + records - 1,
        producerId: -1n,
      };
      batches.push({ batch, transaction: undefined });
      offset += records;
    } else if (does === 'write') {
      if (own === undefined) open.set(producer, { transaction: transactions++, first: offset });
      add(producer, records, { transactional: true, control: false });
    } else if (own !== undefined) {
      if (does === 'abort') {
        aborted.push({ producerId: BigInt(producer), firstOffset: own.first, marker: offset });
        abortedTransactions.add(own.transaction);
      }
      add(producer, 1, { transactional: true, control: true });
      open.delete(producer);
    }
  }
  const stable = Math.min(offset, ...[...open.values()].map(({ first }) => first));
  const entries = batches
    .filter(({ batch }) => batch.baseOffset < stable)
    .map(({ batch, transaction }) => ({
      batch,
      leftOut: batch.control || (transaction !== undefined && abortedTransactions.has(transaction)),
    }));
  return { entries, aborted };
}

it('leaves out what aborted transactions wrote and their markers, and nothing else', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat({ max: 40 }), sizes, (steps, start, takes) => {
      const { entries, aborted } = logOf(steps);
      const records = new AbortedRecords();
      // Reading starts anywhere, and each answer has some batches and the aborted transactions that reach into it.
      for (let from = Math.min(start, entries.length), turn = 0; from < entries.length; turn++) {
        const answer = entries.slice(from, from + (takes[turn % takes.length] ?? 1));
        const first = answer[0]?.batch.baseOffset ?? 0;
        const last = answer.at(-1)?.batch.lastOffset ?? 0;
        records.add(aborted.filter(({ firstOffset, marker }) => marker >= first && firstOffset <= last));
        for (const { batch, leftOut } of answer) {
          expect([batch.baseOffset, records.leavesOut(batch)]).toEqual([batch.baseOffset, leftOut]);
        }
        from += answer.length;
      }
    }),
    { numRuns: 2000 },
  );
});
