import avro from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avroCodec } from '../../../src/codecs/avro/avro-codec.js';
import { fingerprintOf } from '../../../src/codecs/avro/fingerprint.js';
import { AvroValueDecoder } from '../../../src/codecs/avro/value-decoder.js';
import { fingerprintHeader, registryHeader } from '../../../src/codecs/avro/value-header.js';
import type { WriterSchema, WriterSchemas } from '../../../src/codecs/codec.js';
import { RecordSplitter } from '../../../src/endpoints/kafka/records/record-splitter.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { UTC } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import { decodeValues, framed } from '../decode-values.js';
import { anyRecord } from './arbitrary-schema.js';
import { plain } from './files.js';

const field = (name: string, type: unknown, more: object = {}): object => ({ name, type, ...more });
const record = (...fields: object[]): object => ({ type: 'record', name: 'yt', fields });

const NOTE = field('note', ['null', 'string'], { default: null });
/** What values are read as, and were written with under number 1 and by its fingerprint. */
const READER = record(field('id', 'string'), field('at', 'string'), field('subs', 'long'), NOTE);
/** Other writers' schemas by their numbers. */
const WRITERS: Readonly<Record<number, object>> = {
  1: READER,
  2: record(
    field('subs', 'int'),
    field('gone', { type: 'array', items: 'double' }),
    field('id', 'string'),
    field('at', 'string'),
  ),
  3: record(field('id', 'string'), field('at', 'string')),
};
const schema = parseSchema({ ...READER, freshet: { key: ['id'], time: 'at' } }, 'yt');

/** Answers a little later, and counts how often it is asked. */
class Writers implements WriterSchemas {
  readonly asked: (number | bigint)[] = [];

  constructor(readonly known: Readonly<Record<number, unknown>> = WRITERS) {}

  async byId(id: number): Promise<WriterSchema> {
    this.asked.push(id);
    const json = await Promise.resolve(this.known[id]);
    return json === undefined ? { problem: `there is no schema ${id}` } : { json, others: [] };
  }

  async byFingerprint(fingerprint: bigint): Promise<WriterSchema> {
    this.asked.push(fingerprint);
    const json = [...Object.values(this.known)].find((one) => fingerprintOf(one) === fingerprint);
    return json === undefined ? { problem: 'its schema is not known' } : { json, others: [] };
  }
}

function decoderOf(
  reader: RecordSchema,
  writers: WriterSchemas,
  records = true,
  paths = names(reader),
): AvroValueDecoder {
  return new AvroValueDecoder({ schema: reader, zone: UTC, projection: { paths, records }, writers });
}

function names({ fields }: RecordSchema): string[] {
  return fields.map(({ name }) => name);
}

const types = new Map(
  Object.entries(WRITERS).map(([id, json]) => [Number(id), avro.Type.forSchema(json as avro.Schema)]),
);

/** A value as avsc writes it, behind the header of its schema. */
function written(id: number, row: Row, header: Uint8Array = registryHeader(id)): Buffer {
  const bytes = types.get(id)?.toBuffer(row) ?? Buffer.alloc(0);
  return Buffer.concat([header, bytes]);
}

/** A value, with the row that it holds; none where it is to be refused. */
interface Sample {
  readonly value: Buffer | null;
  readonly row?: Row;
}

const rows = fc.record({
  id: fc.constantFrom('a', 'bc', 'ü'.repeat(40)),
  at: fc.constantFrom('2017-08-02T02:00:00', '2017-08-03T02:00:00Z'),
  subs: fc.integer(),
  note: fc.option(fc.string()),
});
const single = fingerprintHeader(fingerprintOf(READER));
const good: fc.Arbitrary<Sample> = fc.oneof(
  rows.map((row) => ({ value: written(1, row), row })),
  rows.map((row) => ({ value: written(1, row, single), row })),
  fc.tuple(rows, fc.array(fc.double())).map(([row, gone]) => ({
    value: written(2, { ...row, gone }),
    row: { ...row, note: null },
  })),
);
const sample: fc.Arbitrary<Sample> = fc.oneof(
  { weight: 12, arbitrary: good },
  { weight: 1, arbitrary: fc.constant({ value: null }) },
  { weight: 1, arbitrary: rows.map((row) => ({ value: written(3, row) })) },
  { weight: 1, arbitrary: rows.map((row) => ({ value: written(1, row, registryHeader(9)) })) },
  { weight: 1, arbitrary: rows.map((row) => ({ value: written(1, row, fingerprintHeader(7n)) })) },
  { weight: 1, arbitrary: rows.map((row) => ({ value: written(1, { ...row, at: 'never' }) })) },
  // Cut, and with a byte too many.
  { weight: 1, arbitrary: good.map(({ value }) => ({ value: (value ?? Buffer.alloc(1)).subarray(0, -1) })) },
  {
    weight: 1,
    arbitrary: good.map(({ value }) => ({ value: Buffer.concat([value ?? Buffer.alloc(0), Buffer.of(0)]) })),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12, min: 1 }).map((bytes) => ({ value: Buffer.from(bytes) })) },
);
const parts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

describe('values of Avro', () => {
  it('are read with the schema that each names, however they are added, and the others refused with their bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof({ weight: 1, arbitrary: sample.map((one) => [one]) }, { weight: 1, arbitrary: fc.array(good) }),
        ),
        parts,
        fc.constantFrom(1, 5, 4096),
        fc.boolean(),
        async (runs, sizes, least, records) => {
          const samples = runs.flat();
          const writers = new Writers();
          const values = samples.map(({ value }) => value);
          const read = await decodeValues(decoderOf(schema, writers, records), values, { parts: sizes, least });
          const kept = samples.flatMap((one, offset) => (one.row === undefined ? [] : [{ ...one, offset }]));
          expect(plain(read.rows)).toEqual(kept.map(({ row }) => plain(row)));
          expect(read.offsets).toEqual(kept.map(({ offset }) => offset));
          if (records) expect(read.bytes).toEqual(kept.map(({ value }) => value?.toString('latin1')));
          const refused = samples.flatMap(({ row, value }, offset) =>
            row === undefined && value !== null ? [{ offset, raw: value.toString('latin1') }] : [],
          );
          expect(read.refused.map(({ offset, raw }) => ({ offset, raw }))).toEqual(refused);
          expect(read.tombstones).toBe(values.filter((value) => value === null).length);
          // Each schema is asked for once.
          expect(new Set(writers.asked).size).toBe(writers.asked.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('say why they are refused', async () => {
    const row = { id: 'a', at: '2017-08-02T02:00:00', subs: 7, note: null };
    const whole = written(1, row);
    const { refused } = await decodeValues(decoderOf(schema, new Writers()), [
      whole.subarray(0, 3),
      whole.subarray(0, 12),
      Buffer.concat([whole, Buffer.of(0)]),
      Buffer.from('{"id":"a"}'),
      Buffer.alloc(0),
      written(3, row),
      written(1, row, registryHeader(9)),
      written(1, { ...row, at: 'never' }),
    ]);
    expect(refused.map(({ reason }) => reason)).toEqual([
      'the value is cut: it ends within the 5 bytes that name its schema',
      "the value can't be read: 19 bytes can't be there",
      'bytes follow the record',
      'the value is no Avro: it begins neither with 0 and the number of a schema nor with C3 01 and a fingerprint',
      'the value is empty',
      "schema 3 can't be read as yt: field subs is not there and has no default",
      'there is no schema 9',
      'field at is not a time: "never" is not a time such as 2017-08-02T02:00:00',
    ]);
  });

  it('of any schema give back the rows that were written, and avsc reads them', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyRecord(2).chain(({ schema: json, values }) =>
          fc.record({ json: fc.constant(json), list: fc.array(values, { maxLength: 30 }) }),
        ),
        parts,
        fc.boolean(),
        async ({ json, list }, sizes, inRegistry) => {
          const own = parseSchema(json, 'random');
          const recordHeader = inRegistry ? { recordHeader: registryHeader(4) } : {};
          const encoder = avroCodec.encoder({ schema: own, ...recordHeader });
          const encoded = encoder.encodeRecords?.(batchFromRows(own, list as Row[]));
          const values = list.map((_, at) => encoded?.bytes.subarray(encoded.starts[at], encoded.ends[at]) ?? null);
          const type = avro.Type.forSchema(json as avro.Schema);
          const header = inRegistry ? registryHeader(4) : fingerprintHeader(fingerprintOf(json));
          for (const [at, value] of values.entries()) {
            expect(Buffer.from(value ?? []).subarray(0, header.length)).toEqual(Buffer.from(header));
            const body = Buffer.from(value ?? []).subarray(header.length);
            expect(plain(type.fromBuffer(body))).toEqual(plain(list[at]));
          }
          const read = await decodeValues(decoderOf(own, new Writers({ 4: json })), values, { parts: sizes });
          expect(read.refused).toEqual([]);
          expect(plain(read.rows)).toEqual(plain(list as Row[]));
        },
      ),
    );
  });

  it('many of them, kept or not, in batches of many', async () => {
    const values = Array.from({ length: 20_000 }, (_, at) =>
      written(at < 9000 ? 1 : 2, { id: `c${at % 7}`, at: '2017-08-02T02:00:00', subs: at, note: null, gone: [] }),
    );
    for (const records of [true, false]) {
      const decoder = decoderOf(schema, new Writers(), records);
      const { rows: read, offsets } = await decodeValues(decoder, values, { parts: [3000, 1], least: 4096 });
      expect(read.map(({ subs }) => subs)).toEqual(values.map((_, place) => place));
      expect(offsets).toEqual(values.map((_, place) => place));
    }
  });

  it('with ever new schemas take bounded memory, and are all read', async () => {
    const known = Object.fromEntries(Array.from({ length: 250 }, (_, id) => [id, READER]));
    const row = { id: 'a', at: '2017-08-02T02:00:00', subs: 7, note: null };
    const values = Object.keys(known).map((id) => written(1, row, registryHeader(Number(id))));
    const { rows: read } = await decodeValues(decoderOf(schema, new Writers(known)), values);
    expect(read).toEqual(values.map(() => row));
  });

  it('are forgotten when they are not wanted any more, also while their schema is asked for', async () => {
    const row = { id: 'a', at: '2017-08-02T02:00:00', subs: 7, note: null };
    const decoder = decoderOf(schema, new Writers());
    const splitter = new RecordSplitter();
    decoder.add(await framed(splitter, [written(1, row), written(2, { ...row, gone: [] })], 40));
    expect([decoder.next(), decoder.pending]).toEqual([undefined, 40]);
    expect(decoder.waiting).toBeDefined();
    decoder.forget();
    expect([decoder.next(), decoder.waiting, decoder.pending]).toEqual([undefined, undefined, undefined]);
    splitter.close();
    const { rows: read } = await decodeValues(decoder, [written(1, { ...row, subs: 8 })]);
    expect(read).toEqual([{ ...row, subs: 8 }]);
  });
});
