import { describe, expect, it } from 'vitest';
import { readBatch } from '../../../src/endpoints/kafka/records/read-batch.js';
import { type RecordBatch, recordBatches } from '../../../src/endpoints/kafka/records/record-batch.js';
import { RecordSplitter } from '../../../src/endpoints/kafka/records/record-splitter.js';
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

describe('a record batch that is read', () => {
  const splitter = new RecordSplitter();
  const valuesOf = ({ split, first, behind }: ReturnType<typeof readBatch>): string[] =>
    Array.from({ length: behind - first }, (_, at) =>
      Buffer.from(split?.buffer.slice(split.starts[first + at], split.ends[first + at]) ?? []).toString(),
    );

  it('gives the records of the offsets that were asked for', async () => {
    const batch = await batchOf();
    expect(valuesOf(readBatch(splitter, batch, ALL))).toEqual(['one', 'two', 'three']);
    expect(valuesOf(readBatch(splitter, batch, { from: 11, to: 15 }))).toEqual(['two']);
    expect(valuesOf(readBatch(splitter, batch, { from: 12, to: 16 }))).toEqual(['three']);
    expect(valuesOf(readBatch(splitter, batch, { from: 16, to: 20 }))).toEqual([]);
  });

  it('says what is wrong with one that can’t be decompressed', async () => {
    const batch = await batchOf(GZIP);
    const { split, problem, ...rest } = readBatch(splitter, batch, ALL);
    expect(split).toBeUndefined();
    expect(rest).toEqual({ bytes: 0, first: 0, behind: 0 });
    expect(problem).toEqual({
      offset: 10,
      reason: expect.stringMatching(/^a record batch can't be decompressed \(gzip\): /),
      raw: batch.records,
    });
  });

  it('gives the records before the damage in one that has fewer than it says', async () => {
    const batch = await batchOf();
    const read = readBatch(splitter, { ...batch, records: batch.records.subarray(0, -1) }, ALL);
    expect(valuesOf(read)).toEqual(['one', 'two']);
    expect(read.problem).toMatchObject({
      offset: 12,
      reason: 'a record batch is damaged: only 2 of its 3 records can be found',
    });
  });
});
