import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avroCodec } from '../../../src/codecs/avro/avro-codec.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { Row } from '../../../src/records/value.js';
import { contextOf, decodeAll } from '../decode-all.js';
import { anyRecord } from './arbitrary-schema.js';
import { avscFile, fileOf, plain, readByAvsc } from './files.js';

const COMPRESSIONS = ['null', 'deflate', 'snappy'] as const;

/** Rows of a random schema. */
const samples = anyRecord(2).chain(({ schema, values }) =>
  fc.record({ json: fc.constant(schema), rows: fc.array(values, { maxLength: 40 }) }),
);

describe('Avro object container files', () => {
  it('give back the rows that were written, whatever the schema and the chunks', () => {
    fc.assert(
      fc.property(
        samples,
        fc.constantFrom(...COMPRESSIONS),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
        ({ json, rows }, compression, sizes) => {
          const schema = parseSchema(json, 'random');
          const split = Math.floor(rows.length / 3);
          const blocks = [rows.slice(0, split) as Row[], rows.slice(split) as Row[]];
          const file = fileOf(schema, blocks, { compression });
          const decoded = decodeAll(avroCodec, contextOf(schema), file, sizes);
          expect(decoded.rejects).toEqual([]);
          expect(plain(decoded.rows)).toEqual(plain(rows as Row[]));
          expect(decoded.ordinals).toEqual(rows.map((_, at) => at + 1));
        },
      ),
    );
  });

  it('are read by avsc as they were written', async () => {
    await fc.assert(
      fc.asyncProperty(samples, fc.constantFrom(...COMPRESSIONS), async ({ json, rows }, compression) => {
        const schema = parseSchema(json, 'random');
        const file = fileOf(schema, [rows as Row[]], { compression });
        expect(plain(await readByAvsc(file))).toEqual(plain(rows as Row[]));
      }),
    );
  });

  it('are read as avsc wrote them', async () => {
    await fc.assert(
      fc.asyncProperty(samples, fc.constantFrom('null', 'deflate'), async ({ json, rows }, codec) => {
        const schema = parseSchema(json, 'random');
        const { rows: read, rejects } = decodeAll(
          avroCodec,
          contextOf(schema),
          await avscFile(json, rows as Row[], codec),
          [97],
        );
        expect(rejects).toEqual([]);
        expect(plain(read)).toEqual(plain(rows as Row[]));
      }),
    );
  });
});
