import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchReader, type ReadBatches } from '../../../src/endpoints/kafka/records/batch-reader.js';
import { type RecordBatch, recordBatches } from '../../../src/endpoints/kafka/records/record-batch.js';
import { encodeBatch, withAttributes } from './encode-batch.js';

const GZIP = 1;
const ALL = { from: 0, to: Number.POSITIVE_INFINITY };

/** Three records from offset 10 on, the last of them behind a gap. */
async function batchOf(attributes?: number): Promise<RecordBatch> {
  const values = ['one', 'two', 'three'].map((text, at) => ({ value: Buffer.from(text), offset: at < 2 ? at : 5 }));
  const bytes = await encodeBatch(values, { baseOffset: 10 });
  const [batch] = recordBatches(attributes === undefined ? bytes : withAttributes(bytes, attributes));
  if (batch === undefined || 'problem' in batch) return expect.unreachable();
  return batch;
}

/** Records of one batch each: its number, so many times. */
async function small(numbers: readonly number[], attributes?: number): Promise<RecordBatch[]> {
  let baseOffset = 0;
  const batches: RecordBatch[] = [];
  for (const number of numbers) {
    const values = Array.from({ length: number + 1 }, () => ({ value: Buffer.from(`value ${number}`) }));
    const bytes = await encodeBatch(values, { baseOffset });
    // Between some of them stood the markers of transactions.
    baseOffset += values.length + (number % 3 === 0 ? 1 : 0);
    const [batch] = recordBatches(attributes === undefined ? bytes : withAttributes(bytes, attributes));
    if (batch === undefined || 'problem' in batch) return expect.unreachable();
    const compacted = number === 7 ? { count: 0, records: new Uint8Array(0) } : {};
    batches.push({ ...batch, baseTime: 1000 * number, ...compacted });
  }
  return batches;
}

describe('record batches that are read', () => {
  const reader = new BatchReader();
  const valuesOf = ({ split, first, behind }: ReadBatches): string[] =>
    Array.from({ length: behind - first }, (_, at) =>
      Buffer.from(split?.buffer.slice(split.starts[first + at], split.ends[first + at]) ?? []).toString(),
    );

  it('give the records of the offsets that were asked for', async () => {
    const batch = await batchOf();
    expect(valuesOf(reader.read([batch], 0, ALL))).toEqual(['one', 'two', 'three']);
    expect(valuesOf(reader.read([batch], 0, { from: 11, to: 15 }))).toEqual(['two']);
    expect(valuesOf(reader.read([batch], 0, { from: 12, to: 16 }))).toEqual(['three']);
    expect(valuesOf(reader.read([batch], 0, { from: 16, to: 20 }))).toEqual([]);
  });

  it('say what is wrong with one that can’t be decompressed', async () => {
    const batch = await batchOf(GZIP);
    const { split, problem, ...rest } = reader.read([batch], 0, ALL);
    expect(split).toBeUndefined();
    expect(rest).toEqual({ bytes: 0, first: 0, behind: 0, next: 1 });
    expect(problem).toEqual({
      offset: 10,
      reason: expect.stringMatching(/^a record batch can't be decompressed \(gzip\): /),
      raw: batch.records,
    });
  });

  it('give the records before the damage in one that has fewer than it says', async () => {
    const batch = await batchOf();
    const read = reader.read([{ ...batch, records: batch.records.subarray(0, -1) }], 0, ALL);
    expect(valuesOf(read)).toEqual(['one', 'two']);
    expect(read.problem).toMatchObject({
      offset: 12,
      reason: 'a record batch is damaged: only 2 of its 3 records can be found',
    });
  });

  it('come together, with their own offsets and times, whatever the rooms they are in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.nat(9), fc.constantFrom(900, 3000)), { maxLength: 12 }),
        async (numbers) => {
          const batches = await small(numbers);
          const expected = batches.flatMap(({ baseOffset, count, baseTime }) =>
            Array.from({ length: count }, (_, at) => [baseOffset + at, baseTime + at, `value ${baseTime / 1000}`]),
          );
          const [{ baseOffset: from } = { baseOffset: 0 }, { lastOffset: to } = { lastOffset: 0 }] = [
            batches[1],
            batches.at(-2),
          ];
          for (const wanted of [ALL, { from, to }]) {
            const found: unknown[] = [];
            const offsets: ((index: number) => number)[] = [];
            for (let place = 0; place < batches.length; ) {
              const read = reader.read(batches, place, wanted);
              place = read.next;
              const { split, first, behind } = read;
              if (split === undefined) return expect.unreachable();
              const values = valuesOf(read);
              for (let row = first; row < behind; row++) {
                offsets.push(() => split.offset(row));
                found.push([split.offset(row), split.times[row], values[row - first]]);
              }
            }
            expect(found).toEqual(
              expected.filter(([offset]) => Number(offset) >= wanted.from && Number(offset) < wanted.to),
            );
            // They are wanted for longer than the records.
            expect(offsets.map((offset) => offset(0))).toEqual(found.map((one) => (one as unknown[])[0]));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('end before one that can’t be decompressed, and behind one that is damaged', async () => {
    const [one, two, three, four] = await small([1, 2, 3, 4]);
    const [bad] = await small([5], GZIP);
    if (!one || !two || !three || !four || !bad) return expect.unreachable();
    const cut = { ...three, records: three.records.subarray(0, -1) };
    const batches = [one, bad, two, cut, four];
    const reads: [number, boolean, number][] = [];
    for (let place = 0; place < batches.length; ) {
      const { next, problem, first, behind } = reader.read(batches, place, ALL);
      reads.push([next, problem !== undefined, behind - first]);
      place = next;
    }
    expect(reads).toEqual([
      [1, false, 2],
      [2, true, 0],
      [4, true, 3 + 3],
      [5, false, 5],
    ]);
  });
});
