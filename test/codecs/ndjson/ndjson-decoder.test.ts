import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { decode } from './decode.js';
import { readSlowly } from './read-slowly.js';

const yt = parseSchema(
  {
    type: 'record',
    name: 'yt',
    fields: [
      { name: 'yt_channel_id', type: 'string' },
      { name: 'harvest_ts', type: 'string' },
      { name: 'subs', type: 'long' },
    ],
    freshet: { key: ['yt_channel_id'], time: 'harvest_ts' },
  },
  'yt',
);

const wide = parseSchema(
  {
    type: 'record',
    name: 'wide',
    fields: [
      { name: 'id', type: ['null', 'string'], default: null },
      { name: 'at', type: ['null', { type: 'long', logicalType: 'timestamp-micros' }] },
      { name: 'n', type: 'int', default: 7 },
      { name: 'x', type: ['null', 'double'] },
      { name: 'f', type: ['null', 'float'], default: null },
      { name: 'ok', type: 'boolean', default: true },
      {
        name: 'kind',
        type: { type: 'enum', name: 'kind', symbols: ['a', 'b', 'caf\u00e9'.replace('\u00e9', 'e')] },
        default: 'a',
      },
      { name: 'raw', type: ['null', 'bytes'], default: null },
      { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
      { name: 'params', type: { type: 'map', values: ['null', 'long', 'string'] }, default: {} },
      {
        name: 'stat',
        type: [
          'null',
          {
            type: 'record',
            name: 'stat',
            fields: [
              { name: 'user', type: 'long' },
              { name: 'idle', type: ['null', 'long'] },
            ],
          },
        ],
        default: null,
      },
    ],
    freshet: { time: 'at' },
  },
  'wide',
);

const line = (text: string): Uint8Array => Buffer.from(text);
const good = '{"yt_channel_id": "a", "harvest_ts": "2017-08-02T02:00:00", "subs": 1}';

describe('a line is a record', () => {
  const refused: [string, string | Buffer][] = [
    ['broken JSON', '{"yt_channel_id": "a", "harvest_ts": '],
    ['two records on a line', `${good} ${good}`],
    ['a comma too many', '{"yt_channel_id": "a", "harvest_ts": "2017-08-02T02:00:00", "subs": 1,}'],
    ['no object', '17'],
    ['a wrong type', '{"yt_channel_id": 5, "harvest_ts": "2017-08-02T02:00:00", "subs": 1}'],
    ['a string for a number', '{"yt_channel_id": "a", "harvest_ts": "2017-08-02T02:00:00", "subs": "1"}'],
    ['null where none may be', '{"yt_channel_id": null, "harvest_ts": "2017-08-02T02:00:00", "subs": 1}'],
    ['a missing field', '{"yt_channel_id": "a", "subs": 1}'],
    ['a date that does not exist', '{"yt_channel_id": "a", "harvest_ts": "2017-02-30T02:00:00", "subs": 1}'],
    ['an hour that does not exist', '{"yt_channel_id": "a", "harvest_ts": "2017-02-03T24:00:00", "subs": 1}'],
    ['a fraction for a long', '{"yt_channel_id": "a", "harvest_ts": "2017-08-02T02:00:00", "subs": 1.5}'],
    [
      'a long beyond 64 bits',
      '{"yt_channel_id": "a", "harvest_ts": "2017-08-02T02:00:00", "subs": 9223372036854775808}',
    ],
    ['a leading zero', '{"yt_channel_id": "a", "harvest_ts": "2017-08-02T02:00:00", "subs": 01}'],
    ['a plus sign', '{"yt_channel_id": "a", "harvest_ts": "2017-08-02T02:00:00", "subs": +1}'],
    ['NaN', '{"yt_channel_id": "a", "harvest_ts": "2017-08-02T02:00:00", "subs": NaN}'],
    ['a raw tab in a string', '{"yt_channel_id": "a\tb", "harvest_ts": "2017-08-02T02:00:00", "subs": 1}'],
    ['a NUL byte', '{"yt_channel_id": "a\0b", "harvest_ts": "2017-08-02T02:00:00", "subs": 1}'],
    ['an unknown escape', '{"yt_channel_id": "a\\x", "harvest_ts": "2017-08-02T02:00:00", "subs": 1}'],
    ['a lone surrogate', '{"yt_channel_id": "a\\ud800", "harvest_ts": "2017-08-02T02:00:00", "subs": 1}'],
    ['a lone surrogate that nothing reads', `${good.slice(0, -1)}, "note": "\\udc00"}`],
    ['a number that overflows', `${good.slice(0, -1)}, "note": 1e400}`],
    ['broken JSON in what nothing reads', `${good.slice(0, -1)}, "note": [1,}`],
    [
      'invalid UTF-8',
      Buffer.concat([Buffer.from('{"yt_channel_id": "'), Buffer.from([0xc3, 0x28]), Buffer.from(good.slice(20))]),
    ],
    [
      'an overlong encoding',
      Buffer.concat([Buffer.from('{"yt_channel_id": "'), Buffer.from([0xc0, 0xaf]), Buffer.from(good.slice(20))]),
    ],
    [
      'invalid UTF-8 that nothing reads',
      Buffer.concat([Buffer.from(`${good.slice(0, -1)}, "note": "`), Buffer.from([0xff]), Buffer.from('"}')]),
    ],
  ];
  it.each(refused)('refuses %s, and the lines around it stand', (_what, text) => {
    const bytes = Buffer.concat([line(`${good}\n`), Buffer.from(text), line(`\n${good}\n`)]);
    const { rows, refused: lines, reasons } = decode(yt, bytes);
    expect(lines).toEqual([2]);
    expect(rows).toHaveLength(2);
    expect(reasons[0]).not.toMatch(/deeper than 512/);
    expect(readSlowly(yt, bytes)).toEqual({ rows, refused: lines });
  });

  const accepted: [string, string, object][] = [
    ['1.0 for a long', good.replace('1}', '1.0}'), { subs: 1 }],
    ['1e2 for a long', good.replace('1}', '1e2}'), { subs: 100 }],
    ['-0', good.replace('1}', '-0}'), {}],
    ['the greatest long', good.replace('1}', '9223372036854775807}'), { subs: 9223372036854775807n }],
    ['a long beyond a double', good.replace('1}', '9007199254740993}'), { subs: 9007199254740993n }],
    ['the last of duplicate names', `${good.slice(0, -1)}, "subs": 2}`, { subs: 2 }],
    ['a wrong value that a later one replaces', `{"subs": "no", ${good.slice(1)}`, { subs: 1 }],
    ['an escaped name', good.replace('"subs"', '"\\u0073ubs"'), { subs: 1 }],
    ['escapes', good.replace('"a"', '"\\u0041\\n\\ud83d\\ude00\\/"'), { yt_channel_id: 'A\n\u{1f600}/' }],
    [
      'other UTF-8',
      good.replace('"a"', '"gr\u00fc\u00df dich \u{1f600}"'),
      { yt_channel_id: 'gr\u00fc\u00df dich \u{1f600}' },
    ],
    ['white space', ` { "yt_channel_id" :\t"a","harvest_ts":"2017-08-02T02:00:00"  ,"subs":1 } \r`, { subs: 1 }],
    ['a time as long as the usual one', good.replace('02:00:00', '02:00+00'), { harvest_ts: '2017-08-02T02:00+00' }],
    ['unknown fields', `{"more": {"a": [1, {"b": null}]}, ${good.slice(1)}`, { subs: 1 }],
  ];
  it.each(accepted)('accepts %s', (_what, text, row) => {
    const bytes = line(`${good}\n${text}\n`);
    const { rows, refused: lines } = decode(yt, bytes);
    expect(lines).toEqual([]);
    expect(rows[1]).toMatchObject(row);
    expect(readSlowly(yt, bytes).rows).toEqual(rows);
  });
});

describe('a stream is lines', () => {
  it('starts with a byte-order mark or not', () => {
    expect(decode(yt, line(`\uFEFF${good}\n`))).toMatchObject({ refused: [], ordinals: [1] });
  });
  it('ends its lines with CRLF or LF, and the last one with neither', () => {
    expect(decode(yt, line(`${good}\r\n${good}\n\n${good}`))).toMatchObject({ refused: [], ordinals: [1, 2, 4] });
  });
  it('may be empty', () => {
    expect(decode(yt, line(''))).toMatchObject({ rows: [], refused: [] });
  });
  it('has a last line that was cut', () => {
    expect(decode(yt, line(`${good}\n${good.slice(0, 40)}`))).toMatchObject({ ordinals: [1], refused: [2] });
  });
  it('may hold a list of records on a line, of which those that do not fit are refused', () => {
    const bytes = line(`[${good}, ${good}]\n[]\n[${good}, {}, 5, ${good}]\n[${good}, ${good}\n${good}\n`);
    const { rows, refused, ordinals } = decode(yt, bytes);
    expect(ordinals).toEqual([1, 1, 3, 3, 5]);
    expect(refused).toEqual([3, 3, 4]);
    expect(readSlowly(yt, bytes)).toEqual({ rows, refused });
  });
  it('may hold more broken records on a line than are refused at a time', () => {
    const list = `[${Array.from({ length: 5000 }, () => '{}').join(',')}]`;
    expect(decode(yt, line(`${good}\n${list}\n${good}\n`)).refused).toHaveLength(5000);
  });
  it('may hold more records on a line than a batch has rows', () => {
    const list = `[${Array.from({ length: 20_000 }, () => good).join(',')}]`;
    expect(decode(yt, line(`${good}\n${list}\n${good}\n`), [100_000]).rows).toHaveLength(20_002);
  });
  it('may have a line longer than any buffer', () => {
    const long = good.replace('"a"', `"${'x'.repeat(3_000_000)}"`);
    const { rows, ordinals } = decode(yt, line(`${good}\n${long}\n${good}\n`), [65_536]);
    expect(ordinals).toEqual([1, 2, 3]);
    expect(rows[1]?.yt_channel_id).toHaveLength(3_000_000);
  });
  it('may nest deeply, but not without end', () => {
    const nested = (depth: number): string => `${good.slice(0, -1)}, "x": ${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(decode(yt, line(nested(400))).refused).toEqual([]);
    expect(decode(yt, line(nested(100_000))).refused).toEqual([1]);
  });
});

describe('any input, any chunking', () => {
  const scalars = fc.oneof(
    fc.constantFrom(
      'null',
      'true',
      'false',
      '1.0',
      '-0',
      '1e2',
      '1e400',
      '""',
      '"NaN"',
      '9007199254740993',
      '-9223372036854775808',
      '1e-3',
      '123456789012345678901234567890',
      '0.1',
      '2147483648',
      '1501639200000000',
      '[]',
      '{}',
      '["a","b"]',
      '{"user":1,"idle":null}',
      '{"user":1.5}',
      '{"a":1,"b":"c"}',
      '"a"',
      '"b"',
      '"\\u00e9"',
      '"2017-08-02T02:00:00"',
      '"2017-02-29"',
      '"2017-08-02 02:00:00.123456Z"',
      '"2017-08-02T02:00+02:00"',
      'nul',
      '"\\ud800"',
    ),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
    fc.string({ unit: 'grapheme' }).map((value) => JSON.stringify(value)),
  );
  const space = fc.constantFrom('', ' ', '  ', '\t');
  const record = (schema: RecordSchema): fc.Arbitrary<string> => {
    const names = [...schema.fields.map(({ name }) => name), 'unknown'];
    const pair = fc
      .tuple(fc.constantFrom(...names), scalars, space, space)
      .map(([name, value, a, b]) => `${a}"${name}"${b}:${a}${value}${b}`);
    return fc.array(pair, { maxLength: 14 }).map((pairs) => `{${pairs.join(',')}}`);
  };
  const likely = fc
    .record({
      id: fc.constantFrom('a', 'b', '\u00e9', 'x'.repeat(40)),
      day: fc.integer({ min: 1, max: 32 }),
      subs: fc.oneof(fc.integer(), fc.constant('"1"'), fc.double({ noNaN: true, noDefaultInfinity: true })),
    })
    .map(
      ({ id, day, subs }) =>
        `{"yt_channel_id": "${id}", "harvest_ts": "2017-08-${String(day).padStart(2, '0')}T02:00:00", "subs": ${subs}}`,
    );

  it.each([
    ['yt', yt],
    ['wide', wide],
  ])('reads what the slow way reads (%s)', (_name, schema) => {
    const lines = fc.array(
      fc.oneof(
        { weight: 3, arbitrary: record(schema) },
        { weight: 2, arbitrary: likely },
        { weight: 1, arbitrary: fc.string() },
      ),
      { maxLength: 12 },
    );
    const ending = fc.constantFrom('\n', '\r\n');
    const chunks = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(lines, ending, chunks, (texts, end, sizes) => {
        const bytes = line(texts.join(end));
        const { rows, refused } = decode(schema, bytes, sizes);
        expect({ rows, refused }).toEqual(readSlowly(schema, bytes));
      }),
      { numRuns: 400 },
    );
  });

  it('reads damaged bytes as the slow way reads them', () => {
    const base = Buffer.from(Array.from({ length: 6 }, () => `${good}\n`).join(''));
    const damage = fc.array(fc.tuple(fc.nat(base.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
    fc.assert(
      fc.property(damage, fc.integer({ min: 1, max: 90 }), (places, size) => {
        const bytes = Buffer.from(base);
        for (const [at, value] of places) bytes[at] = value;
        const { rows, refused } = decode(yt, bytes, [size]);
        expect({ rows, refused }).toEqual(readSlowly(yt, bytes));
      }),
      { numRuns: 1500 },
    );
  });
});
