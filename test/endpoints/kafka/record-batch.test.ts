import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RecordBatch, recordBatches } from '../../../src/endpoints/kafka/records/record-batch.js';
import { RecordSplitter } from '../../../src/endpoints/kafka/records/record-splitter.js';
import { encodeBatch, type WrittenRecord, withAttributes } from './encode-batch.js';

const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const nullable = fc.option(bytes, { nil: null });
const header = fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 3 });
const record = fc.record({ key: nullable, value: nullable, headers: header });
const records: fc.Arbitrary<WrittenRecord[]> = fc.array(record, { minLength: 1, maxLength: 20 });

/** Records with gaps between their offsets, as compaction leaves them. */
const compacted = fc
  .array(fc.tuple(record, fc.integer({ min: 1, max: 1000 })), { minLength: 1, maxLength: 20 })
  .map((pairs) => {
    let offset = -1;
    return pairs.map(([one, gap]): WrittenRecord => {
      offset += gap;
      return { ...one, offset };
    });
  });

const good = [{ key: Buffer.from('k'), value: Buffer.from('a value that is long enough') }];

/** Keys, values and offsets that are found in a batch. */
function read({ records, count, baseOffset }: RecordBatch): WrittenRecord[] {
  const splitter = new RecordSplitter();
  const split = splitter.split(records, count);
  const slice = (start: number, end: number): Buffer | null =>
    start < 0 ? null : Buffer.from(split.buffer.slice(start, end));
  const found = Array.from({ length: split.count }, (_, row) => ({
    key: slice(split.keyStarts[row], split.keyEnds[row]),
    value: slice(split.starts[row], split.ends[row]),
    offset: baseOffset + split.offset(row),
  }));
  splitter.close();
  return found;
}

function batchOf(fetched: Uint8Array): RecordBatch {
  const [batch] = recordBatches(fetched);
  if (batch === undefined || 'problem' in batch) throw new Error('there is no batch');
  return batch;
}

describe('a record batch', () => {
  it('gives the keys, values and offsets that were written, null ones and gaps included', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(records, compacted), fc.nat({ max: 2 ** 40 }), async (written, baseOffset) => {
        const batch = batchOf(await encodeBatch(written, { baseOffset }));
        const offsets = written.map(({ offset }, place) => baseOffset + (offset ?? place));
        expect(batch.baseOffset).toBe(baseOffset);
        expect(batch.lastOffset).toBe(offsets.at(-1));
        expect(read(batch)).toEqual(written.map(({ key, value }, place) => ({ key, value, offset: offsets[place] })));
      }),
    );
  });

  it('is not given before all of it has come, and those before it are', async () => {
    const [one, two] = [await encodeBatch(good), await encodeBatch(good, { baseOffset: 1 })];
    const both = Buffer.concat([one, two]);
    for (let cut = 0; cut <= both.length; cut++) {
      const found = [...recordBatches(both.subarray(0, cut))];
      const whole = cut < one.length ? 0 : cut < both.length ? 1 : 2;
      expect(found.map((batch) => ('problem' in batch ? batch.problem : batch.baseOffset))).toEqual(
        [0, 1].slice(0, whole),
      );
    }
  });

  it('is a problem where any byte of it was changed, and nothing else comes of it', async () => {
    const batch = await encodeBatch(good, { baseOffset: 7 });
    fc.assert(
      fc.property(fc.nat({ max: batch.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(batch);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const [found, ...more] = recordBatches(damaged);
        // The checksum does not cover the first offset, the leader's epoch and, itself unchanged, the length.
        if (at < 8 || (at >= 12 && at < 16)) return;
        expect(more).toEqual([]);
        // A greater length makes it a batch that has not all come.
        if (found !== undefined) expect(found).toHaveProperty('problem');
      }),
      { numRuns: 2000 },
    );
  });

  it('that is damaged is passed over to the next, and its bytes are kept', async () => {
    const [one, two] = [await encodeBatch(good, { baseOffset: 7 }), await encodeBatch(good, { baseOffset: 9 })];
    const damaged = Buffer.from(one);
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    const [problem, next] = recordBatches(Buffer.concat([damaged, two]));
    expect(problem).toMatchObject({ nextOffset: 9, problem: expect.stringContaining('checksum') });
    expect(problem).toHaveProperty('bytes', new Uint8Array(damaged));
    expect(next).toMatchObject({ baseOffset: 9 });
    // With nothing behind it, its own header tells, which can't be trusted to lead far.
    expect([...recordBatches(damaged)]).toMatchObject([{ nextOffset: 8 }]);
    damaged.writeInt32BE(-5, 23);
    expect([...recordBatches(damaged)]).not.toHaveProperty('0.nextOffset');
    damaged.writeInt32BE(1_000_000_000, 23);
    expect([...recordBatches(damaged)]).not.toHaveProperty('0.nextOffset');
  });

  it.each([-2_147_483_648, -100, -12, -1, 0, 1, 48])('with a length of %i ends what can be read', async (length) => {
    const damaged = Buffer.concat([await encodeBatch(good), await encodeBatch(good)]);
    damaged.writeInt32BE(length, 8);
    const found = [...recordBatches(damaged)];
    expect(found).toHaveLength(1);
    expect(found[0]).toHaveProperty('problem');
    expect(found[0]).not.toHaveProperty('nextOffset', expect.anything());
  });

  it('of the formats before Kafka 0.11 is told of by its number', async () => {
    const old = await encodeBatch(good);
    old.writeInt8(1, 16);
    expect([...recordBatches(old)]).toMatchObject([{ problem: expect.stringContaining('format 1') }]);
  });

  it('whose compression is not known is told of by its number', async () => {
    const batch = withAttributes(await encodeBatch(good), 5);
    expect([...recordBatches(batch)]).toMatchObject([{ problem: expect.stringContaining('compression 5') }]);
  });

  it('of any bytes ends, and reads nothing that is not there', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (fetched) => {
        for (const found of recordBatches(fetched)) if (!('problem' in found)) read(found);
      }),
    );
  });
});

describe('records', () => {
  it('of any bytes are found only within them', () => {
    const splitter = new RecordSplitter();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 50 }), (records, count) => {
        const split = splitter.split(records, count);
        expect(split.count).toBeLessThanOrEqual(count);
        const [first] = [split.buffer.byteOffset];
        for (let row = 0; row < split.count; row++) {
          expect(split.ends[row]).toBeGreaterThanOrEqual(split.starts[row]);
          expect(split.keyEnds[row]).toBeGreaterThanOrEqual(split.keyStarts[row]);
          expect(split.ends[row] - Math.max(first, split.keyStarts[row])).toBeLessThanOrEqual(split.buffer.length);
        }
      }),
    );
    splitter.close();
  });
});
