import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Envelopes } from '../../../src/endpoints/kafka/records/envelopes.js';
import { type RecordBatch, recordBatches } from '../../../src/endpoints/kafka/records/record-batch.js';
import { encodeBatch, type WrittenRecord } from './encode-batch.js';

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const header = fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.string({ maxLength: 5 }), { maxKeys: 3 });
const record = fc.record({
  key: fc.option(bytes, { nil: null }),
  value: fc.option(bytes, { nil: null }),
  headers: header,
  gap: fc.integer({ min: 1, max: 1000 }),
});
const batches = fc.array(fc.array(record, { minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 4 });

it('gives the key and the headers of a record of any offset, whatever batch it lies in', async () => {
  await fc.assert(
    fc.asyncProperty(batches, fc.nat({ max: 2 ** 40 }), async (written, first) => {
      const fetched: RecordBatch[] = [];
      const wanted = new Map<number, WrittenRecord>();
      let baseOffset = first;
      for (const records of written) {
        let offset = -1;
        const placed = records.map(({ gap, ...one }) => {
          offset += gap;
          wanted.set(baseOffset + offset, one);
          return { ...one, offset };
        });
        for (const batch of recordBatches(await encodeBatch(placed, { baseOffset }))) {
          if (!('problem' in batch)) fetched.push(batch);
        }
        baseOffset += offset + 1;
      }
      const envelopes = new Envelopes();
      for (let offset = first - 1; offset <= baseOffset; offset++) {
        const found = envelopes.find(fetched, offset);
        const one = wanted.get(offset);
        expect(found !== undefined).toBe(one !== undefined);
        if (found === undefined || one === undefined) continue;
        expect(found.key ?? null).toEqual(one.key === null ? null : new Uint8Array(one.key ?? []));
        const headers = found.headers.map(({ name, value }) => [name, Buffer.from(value ?? []).toString()]);
        expect(Object.fromEntries(headers)).toEqual(one.headers);
      }
    }),
    { numRuns: 50 },
  );
});
