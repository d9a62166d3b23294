import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCodec } from '../../../src/codecs/csv/csv-codec.js';
import { NdjsonDecoder } from '../../../src/codecs/ndjson/decoder.js';
import { NdjsonRecordDecoder } from '../../../src/codecs/ndjson/record-decoder.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { rowsOf } from '../../../src/records/rows.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { UTC } from '../../../src/records/time/zone.js';
import type { Value } from '../../../src/records/value.js';
import { decode } from './decode.js';
import { readSlowly } from './read-slowly.js';

const A = { type: 'record', name: 'A', fields: [{ name: 'a', type: 'int' }] };
const B = { type: 'record', name: 'B', fields: [{ name: 'b', type: 'int' }] };
const ON = { type: 'enum', name: 'On', symbols: ['ON', 'OFF'] };
const UP = { type: 'enum', name: 'Up', symbols: ['UP', 'DOWN'] };
const ONE = { type: 'fixed', name: 'One', size: 1 };
const TWO = { type: 'fixed', name: 'Two', size: 2 };
const array = (items: Value): Value => ({ type: 'array', items });
const map = (values: Value): Value => ({ type: 'map', values });

/** Unions, and texts of JSON that fit them. */
const unions: [string, Value[], string[]][] = [
  ['two records', [A, B], ['{"a":1}', '{"b":1}', '{"a":1,"b":2}']],
  ['two records and a long', ['null', A, 'long', B], ['null', '{"b":1}', '9007199254740993']],
  ['an array and a map', [array('int'), map('string')], ['[1]', '{"q":"s"}', '[]', '{}']],
  ['an array and a record', [array('int'), A], ['[1]', '{"a":1}']],
  ['a record and a map', [A, map('string')], ['{"a":1}', '{"q":"s"}', '{"a":"s"}']],
  ['an enum and bytes', [ON, 'bytes'], ['"ON"', '"qq"', '"\\u00e9"']],
  ['a symbol beyond bytes', [{ type: 'enum', name: 'Far', symbols: ['\u0394'] }, 'bytes'], ['"\u0394"', '"q"']],
  ['two enums', [ON, UP], ['"OFF"', '"UP"', '"\\u0055P"']],
  ['a double and an enum', ['double', ON], ['"ON"', '"NaN"', '1.5']],
  ['a float and a double', ['float', 'double'], ['"-Infinity"', '1e300']],
  ['two fixed', [ONE, TWO], ['"A"', '"qq"', '"\\u0001"']],
  ['a fixed and bytes', [ONE, 'bytes'], ['"A"', '"qqq"']],
  ['a fixed and an enum', ['null', TWO, ON], ['"OFF"', '"ON"', '"qq"']],
  ['texts of every kind', ['bytes', ON, ONE, 'double', 'string'], ['"\u0394"', '"NaN"', '1', '"ON"']],
  ['null, a long and a string', ['null', 'long', 'string'], ['null', '5', '"s"']],
  ['unions in a union', [map(['null', A, B]), array([ON, 'double'])], ['{"q":{"b":1},"r":null}', '["NaN","ON",2]']],
];
const pool = [
  ...new Set(unions.flatMap(([, , fitting]) => fitting)),
  ...[
    'true',
    '{"a":1.5}',
    '{"b":"s"}',
    '{"q":[{}]}',
    '[1.5]',
    '["s"]',
    '"\\u0394"',
    '""',
    '"Infinity"',
    '1e400',
    '{"a":',
  ],
];

function schemaOf(union: Value[]): RecordSchema {
  const within = { type: 'record', name: 'Within', fields: [{ name: 'x', type: union }] };
  const fields: Value[] = [
    { name: 'k', type: 'int' },
    { name: 'x', type: union },
    { name: 'list', type: array(union), default: [] },
    { name: 'map', type: ['null', map(union)], default: null },
    { name: 'within', type: ['null', within], default: null },
  ];
  // A type may have one definition only.
  const defined = new Set<string>();
  const named = (type: Value): Value => {
    if (Array.isArray(type)) return type.map(named);
    if (typeof type !== 'object' || type === null || type instanceof Uint8Array) return type;
    const { name } = type;
    if (typeof name === 'string' && 'type' in type && ['enum', 'fixed', 'record'].includes(String(type.type))) {
      if (defined.has(name)) return name;
      defined.add(name);
    }
    return Object.fromEntries(Object.entries(type).map(([key, value]) => [key, key === 'name' ? value : named(value)]));
  };
  return parseSchema(named({ type: 'record', name: 'r', fields }), 'r');
}

/** The values of `k` of the records that fit, where nothing else is asked for. */
function keysOf(schema: RecordSchema, bytes: Uint8Array): Value[] {
  const projection = { paths: ['k'], records: false };
  const decoder = new NdjsonDecoder({ schema, projection, zone: UTC, source: 'test', partition: 0 });
  decoder.space(bytes.length).set(bytes);
  decoder.filled(bytes.length);
  decoder.end();
  const keys: Value[] = [];
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
    keys.push(...[...rowsOf(batch)].map(({ k }) => k ?? null));
  }
  decoder.close();
  return keys;
}

describe.each(unions)('a union of %s', (_name, union, fitting) => {
  const schema = schemaOf(union);

  it('takes what fits a branch', () => {
    const lines = fitting.map((text, k) => `{"k":${k},"x":${text},"list":[${fitting}],"map":{"m":${text}}}`);
    const bytes = Buffer.from(lines.join('\n'));
    const { rows, refused } = decode(schema, bytes);
    expect(refused).toEqual([]);
    expect(rows).toEqual(readSlowly(schema, bytes).rows);
    expect(rows).toHaveLength(fitting.length);
  });

  it('takes what fits a branch from cells, and refuses what does not', () => {
    const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const texts = [...fitting, '{"none":{}}', '[true]'];
    const bytes = Buffer.from(`k,x\n${texts.map((text, k) => `${k},${cell(text)}\n`).join('')}`);
    const projection = { paths: ['k'], records: false };
    const decoder = csvCodec.decoder({ schema, projection, zone: UTC, source: 'test', partition: 0 });
    decoder.space(bytes.length).set(bytes);
    decoder.filled(bytes.length);
    decoder.end();
    const keys: Value[] = [];
    for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
      keys.push(...[...rowsOf(batch)].map(({ k }) => k ?? null));
    }
    decoder.close?.();
    const json = Buffer.from(texts.map((text, k) => `{"k":${k},"x":${text}}`).join('\n'));
    expect(keys).toEqual(readSlowly(schema, json).rows.map(({ k }) => k));
  });

  it('is read back from records', () => {
    const records = fitting.map((text, k) => `{"k":${k},"x":${text}}`);
    const text = records.join('');
    const buffer = new Uint8Array(text.length * 2 + 64);
    buffer.set(Buffer.from(text));
    const ends = Int32Array.from(records, (_, at) => Buffer.byteLength(records.slice(0, at + 1).join('')));
    const starts = Int32Array.from(records, (_, at) => Buffer.byteLength(records.slice(0, at).join('')));
    const decoder = new NdjsonRecordDecoder({ schema, zone: UTC });
    const rows = [...rowsOf(decoder.decode(buffer, starts, ends, records.length))];
    expect(rows).toEqual(readSlowly(schema, Buffer.from(records.join('\n'))).rows);
  });

  it('is read as the slow way reads it, whether anybody wants it or not', () => {
    const value = fc.oneof(fc.constantFrom(...fitting), fc.constantFrom(...pool));
    const values = fc.array(value, { maxLength: 3 });
    const record = fc.record({ k: fc.nat(9), x: value, list: values, within: value });
    const records = fc.array(record, { maxLength: 6 }).map((all) =>
      all.map(({ k, x, list, within }) => {
        const entries = list.map((text, at) => `"${at % 2}":${text}`);
        return `{"k":${k},"x":${x},"list":[${list}],"map":{${entries}},"within":{"x":${within}}}`;
      }),
    );
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 200 }), (lines, size) => {
        const bytes = Buffer.from(lines.join('\n'));
        const slow = readSlowly(schema, bytes);
        const { rows, refused } = decode(schema, bytes, [size]);
        expect({ rows, refused }).toEqual(slow);
        expect(keysOf(schema, bytes)).toEqual(slow.rows.map(({ k }) => k));
      }),
      { numRuns: 60 },
    );
  });
});

it('a type that contains itself in a union of records may nest deeply', () => {
  const schema = parseSchema(
    {
      type: 'record',
      name: 'Sum',
      fields: [
        {
          name: 'of',
          type: array([{ type: 'record', name: 'Literal', fields: [{ name: 'n', type: 'int' }] }, 'Sum']),
        },
      ],
    },
    'Sum',
  );
  const nested = (inner: string): string => `${'{"of":['.repeat(200)}${inner}${']}'.repeat(200)}`;
  const bytes = Buffer.from(`${nested('{"n":1}')}\n${nested('{"m":1}')}\n`);
  const { rows, refused } = decode(schema, bytes);
  expect([rows.length, refused]).toEqual([1, [2]]);
});
