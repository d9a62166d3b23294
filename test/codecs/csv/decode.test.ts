import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCodec, tsvCodec } from '../../../src/codecs/csv/csv-codec.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { contextOf, type Decoded } from '../decode-all.js';
import { Reader } from './reread.js';
import { type Read, readSlowly } from './slow-reader.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'reading',
    fields: [
      { name: 'node', type: 'string' },
      { name: 'at', type: 'string' },
      { name: 'count', type: 'long' },
      { name: 'level', type: ['null', 'double'], default: null },
      { name: 'note', type: ['null', 'string'], default: null },
      { name: 'state', type: { type: 'enum', name: 'state', symbols: ['ON', 'OFF'] }, default: 'ON' },
      { name: 'good', type: 'boolean', default: true },
      { name: 'small', type: 'int', default: 7 },
      { name: 'label', type: 'string', default: 'none' },
    ],
    freshet: { key: 'node', time: 'at' },
  },
  'reading',
);
const names = schema.fields.map(({ name }) => name);

/** Cells that fit their columns, in all the ways in which they can be written, and now and then one that does not. */
const CELLS: Record<string, fc.Arbitrary<string>> = {
  node: some([
    'a',
    'channel_17',
    'a longer name than sixteen bytes',
    'Zürich',
    'x'.repeat(15),
    'x'.repeat(16),
    'x'.repeat(17),
    '日本',
    ' spaced ',
    'c:\\new',
    '5" disk',
    '',
  ]),
  at: some(
    [
      '2017-08-02T02:00:00',
      '2017-08-02',
      '2017-08-02 02:00:00.123Z',
      ' 2017-08-02T02:00:00 ',
      '2017-08-02T02:00',
      '1700-01-01T00:00:00',
    ],
    ['2017-02-30T00:00:00', 'never', '', '2017-08-02T02:00:0', '2017-08-02T02:00:000'],
  ),
  count: some(
    [
      '1',
      '0',
      '-5',
      '+7',
      '007',
      '1234567',
      '12345678',
      '9007199254740993',
      '-9223372036854775808',
      '1.0',
      '12e2',
      ' 42 ',
    ],
    ['9223372036854775808', '1.5', '', '4x', '-', 'NaN', '1 2'],
  ),
  level: some(
    [
      '1.5',
      '-0.1',
      '1234567.12345678',
      '12345678.5',
      '0.000000012',
      '-7',
      '.5',
      '5.',
      '-0',
      '1e3',
      '+.5e-3',
      '00.25',
      'NaN',
      '-inf',
      '12.345678901234567890',
      '',
    ],
    ['1e400', '.', 'e5', 'x', '1.5.5', '--1'],
  ),
  note: some(['', 'plain', 'two words', 'back\\slash', '\u0001', 'é']),
  state: some(['ON', 'OFF', ' ON', ''], ['on', 'O N']),
  good: some(['true', 'FALSE', '1', '0', 'True', ''], ['2', 'yes', '01', 'tru']),
  small: some(['1', '2147483647', '-2147483648', '', '00'], ['2147483648', '1e10']),
  label: some(['', 'a', 'none']),
};

function some(fits: readonly string[], others: readonly string[] = fits): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...fits) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

const odd = fc.constantFrom(
  '\0',
  '\xff',
  '"',
  '""',
  '\r',
  '\n',
  '\xc3',
  ',',
  '\t',
  '\\',
  '\\t',
  '\\0',
  '"\0"',
  '\xed\xa0\x80',
);

/** A cell of CSV: as it is, in quotes, with something odd in it. Strings are latin1: a character is a byte. */
const csvCell = (name: string): fc.Arbitrary<string> =>
  fc.tuple(CELLS[name], fc.nat(99), odd).map(([text, way, oddity]) => {
    const cell = Buffer.from(text).toString('latin1');
    const quoted = `"${cell.replaceAll('"', '""')}"`;
    if (way < 60) return cell;
    if (way < 94) return quoted;
    if (way === 94) return `"${cell.replaceAll('"', '""')}${oddity.replace(/^"$/, '""')}"`;
    if (way <= 96) return `"${cell}\nmore, ""and more"""`;
    if (way === 97) return cell + oddity;
    return way === 98 ? `${quoted}${oddity}` : `"${cell}`;
  });

const tsvCell = (name: string): fc.Arbitrary<string> =>
  fc
    .tuple(CELLS[name], fc.nat(60), odd)
    .map(([text, way, oddity]) => Buffer.from(text).toString('latin1') + (way === 0 ? oddity : ''));

const lineBreak = fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n', '\r\n\r\n');

/** A file of mostly good records of these columns. Stray quotes are rare, else they would eat everything. */
function fileOf(
  columns: readonly string[],
  cell: (name: string) => fc.Arbitrary<string>,
  separator: string,
): fc.Arbitrary<Buffer> {
  const cells = fc.tuple(...columns.map((name) => cell(CELLS[name] === undefined ? 'note' : name)));
  const record = fc.tuple(cells, fc.nat(30), lineBreak).map(([all, cut, end]) => {
    const some = cut === 0 ? all.slice(1) : cut === 1 ? [...all, 'more'] : all;
    return some.join(separator) + end;
  });
  return fc
    .tuple(fc.array(record, { maxLength: 30 }), fc.boolean())
    .map(([records, cutsEnd]) =>
      Buffer.from(cutsEnd ? records.join('').replace(/\r?\n$/, '') : records.join(''), 'latin1'),
    );
}

const chunks = fc.oneof(
  fc.constant([1 << 20]),
  fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 }),
);

function comparable(decoded: Decoded): Read {
  return {
    rows: decoded.rows,
    ordinals: decoded.ordinals,
    refused: decoded.rejects.map(({ at, raw }) => ({ at, raw })),
  };
}

/** Columns in the schema's order, another order with unknown ones among them, and fewer. */
const layouts = [
  names,
  ['small', 'x', 'good', 'state', 'note', 'level', 'count', 'at', 'y', 'node', 'label'],
  ['count', 'node', 'at'],
];

describe('CSV and TSV', () => {
  it.each(layouts.map((columns) => [columns]))('are read as a slow reader does, whatever the chunks: %s', (columns) => {
    const fields = columns.map((name) => schema.fields.find((field) => field.name === name));
    for (const [codec, cell, separator] of [
      [csvCodec, csvCell, ','],
      [tsvCodec, tsvCell, '\t'],
    ] as const) {
      const reader = new Reader(codec, contextOf(schema));
      const header = Buffer.from(`${columns.join(separator)}\n`);
      fc.assert(
        fc.property(fileOf(columns, cell, separator), chunks, (records, sizes) => {
          const decoded = reader.read(Buffer.concat([header, records]), sizes);
          expect(comparable(decoded)).toEqual(
            readSlowly(codec.format === 'csv' ? 'csv' : 'tsv', schema, fields, records, 2),
          );
          for (const { reason } of decoded.rejects) expect(reason).not.toContain('freshet can');
        }),
        { numRuns: 500 },
      );
    }
  });
});
