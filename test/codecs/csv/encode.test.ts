import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCodec, tsvCodec } from '../../../src/codecs/csv/csv-codec.js';
import type { Batch } from '../../../src/records/batch.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import type { Row } from '../../../src/records/value.js';
import { contextOf } from '../decode-all.js';
import { Reader } from './reread.js';

const schemaOf = (fields: Record<string, unknown>, freshet = {}): RecordSchema =>
  parseSchema(
    { type: 'record', name: 'sample', fields: Object.entries(fields).map(([name, type]) => ({ name, type })), freshet },
    'sample',
  );

const everything = schemaOf(
  {
    text: 'string',
    maybe: ['null', 'string'],
    at: ['null', 'string'],
    small: 'int',
    long: ['null', 'long'],
    float: 'float',
    double: ['null', 'double'],
    good: ['null', 'boolean'],
    state: ['null', { type: 'enum', name: 'state', symbols: ['ON', 'OFF'] }],
    bytes: ['null', 'bytes'],
    list: { type: 'array', items: 'string' },
    nested: [
      'null',
      {
        type: 'record',
        name: 'nested',
        fields: [
          { name: 'x', type: 'double' },
          { name: 'y', type: ['null', 'string'] },
        ],
      },
    ],
    either: ['null', 'string', 'long'],
  },
  { time: 'at' },
);

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom('"', ',', '\n', '\r', '\t', '\0', '\\', 'n', '0', ' ', 'é', '日', '😀', 'a'),
    maxLength: 40,
  }),
);
const nullable = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

const anyRow = fc.record({
  text,
  maybe: nullable(text),
  at: nullable(fc.constantFrom('2017-08-02T02:00:00', '2017-08-02', '2017-08-02 02:00:00.123456+02:00')),
  small: fc.integer(),
  long: nullable(
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((long) => (Number.isSafeInteger(Number(long)) ? Number(long) : long)),
  ),
  float: fc
    .float({ noNaN: true })
    .map((single) => Number(Number.parseFloat(single.toPrecision(6))))
    .filter((one) => Math.abs(one) < 3.4e38),
  double: nullable(fc.double()),
  good: nullable(fc.boolean()),
  state: nullable(fc.constantFrom('ON', 'OFF')),
  bytes: nullable(fc.uint8Array({ maxLength: 10 })),
  list: fc.array(text, { maxLength: 3 }),
  nested: nullable(fc.record({ x: finite, y: nullable(text) })),
  either: nullable(fc.oneof(text, fc.integer())),
});

const encode = (codec: typeof csvCodec, schema: RecordSchema, ...batches: Batch[]): string => {
  const encoder = codec.encoder({ schema });
  return Buffer.concat([...batches.map((batch) => encoder.encode(batch)), encoder.finish()]).toString();
};

describe('what is written as CSV and TSV', () => {
  it.each([
    ['csv', csvCodec],
    ['tsv', tsvCodec],
  ])('reads back as the same records: %s', (_, codec) => {
    const reader = new Reader(codec, contextOf(everything));
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 20 }), fc.nat(20), (rows, cut) => {
        const parts = [rows.slice(0, cut), rows.slice(cut)].map((some) => batchFromRows(everything, some as Row[]));
        const file = encode(codec, everything, ...parts);
        const { rows: read, rejects } = reader.read(file, [100]);
        expect(rejects).toEqual([]);
        // TSV can't tell an empty text from none.
        const wanted = codec === csvCodec ? rows : rows.map((row) => ({ ...row, maybe: row.maybe || null }));
        expect(read.map(plain)).toEqual(wanted.map((row) => plain(row as Row)));
      }),
      { numRuns: 300 },
    );
  });

  it('has a header once, even without records, and none where it is added to a file', () => {
    const schema = schemaOf({ a: 'string', b: 'long' });
    const batch = batchFromRows(schema, [{ a: 'x', b: 1 }]);
    expect(encode(csvCodec, schema, batch, batch)).toBe('a,b\nx,1\nx,1\n');
    expect(encode(csvCodec, schema)).toBe('a,b\n');
    expect(encode(tsvCodec, schema, batch)).toBe('a\tb\nx\t1\n');
    const adding = csvCodec.encoder({ schema, append: true });
    expect(Buffer.concat([adding.encode(batch), adding.finish()]).toString()).toBe('x,1\n');
  });

  it('has the selected rows alone', () => {
    const schema = schemaOf({ a: 'string' });
    const batch = { ...batchFromRows(schema, [{ a: 'x' }, { a: 'y' }, { a: 'z' }]), selection: Int32Array.of(0, 2) };
    expect(encode(csvCodec, schema, batch)).toBe('a\nx\nz\n');
  });

  it('has quotes only where CSV needs them, and tells an empty text from none', () => {
    const schema = schemaOf({ a: ['null', 'string'], b: ['null', 'string'] });
    const rows = [
      ['a b', 'é'],
      ['a,b', 'say "hi"'],
      ['a\nb', 'a\r'],
      [' a', 'a '],
      ['', null],
      ['a\tb', 'c:\\new'],
      ['a\0', 'c:\\0'],
    ];
    const batch = batchFromRows(
      schema,
      rows.map(([a, b]) => ({ a, b })),
    );
    expect(encode(csvCodec, schema, batch)).toBe(
      'a,b\na b,é\n"a,b","say ""hi"""\n"a\nb","a\r"\n" a","a "\n"",\na\tb,c:\\new\n"a\0",c:\\0\n',
    );
    expect(encode(tsvCodec, schema, batch)).toBe(
      'a\tb\na b\té\na,b\tsay "hi"\na\\nb\ta\\r\n a\ta \n\t\na\\tb\tc:\\\\new\na\\0\tc:\\\\0\n',
    );
  });

  it('has numbers in their shortest form, times as they came and nested values as JSON', () => {
    const schema = schemaOf(
      { t: 'string', f: 'float', d: 'double', n: 'long', j: { type: 'array', items: 'long' }, b: 'bytes' },
      { time: 't' },
    );
    const row = {
      t: '2017-08-02 02:00',
      f: 0.1,
      d: -0,
      n: 9007199254740993n,
      j: [1, 2],
      b: new Uint8Array([0x61, 0xff]),
    };
    expect(encode(csvCodec, schema, batchFromRows(schema, [row]))).toBe(
      't,f,d,n,j,b\n2017-08-02 02:00,0.1,-0,9007199254740993,"[1,2]","""aÿ"""\n',
    );
  });

  it('has no line without a byte: it would be let be', () => {
    const schema = schemaOf({ a: ['null', 'long'] });
    const file = encode(csvCodec, schema, batchFromRows(schema, [{ a: null }, { a: 1 }]));
    expect(file).toBe('a\n""\n1\n');
    expect(new Reader(csvCodec, contextOf(schema)).read(file).rows).toEqual([{ a: null }, { a: 1 }]);
  });
});

/** Arrays of bytes and objects without prototypes as plain ones, and the union's numbers as they are. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}
