import { describe, expect, it } from 'vitest';
import { checkSchema } from '../../src/records/check-schema.js';
import { UsageError } from '../../src/records/errors.js';
import { fitRow } from '../../src/records/fit-row.js';
import { inferSchema } from '../../src/records/infer-schema.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { schemaJson } from '../../src/records/schema-json.js';
import type { Row } from '../../src/records/value.js';

/** The types of the fields as Avro JSON has them. */
const types = (samples: Row[], fromText = false): unknown =>
  Object.fromEntries(
    (schemaJson(inferSchema('s', samples, { fromText })).fields as { name: string; type: unknown }[]).map(
      ({ name, type }) => [name, type],
    ),
  );

describe('inferSchema', () => {
  it('finds the types of values', () => {
    expect(
      types([
        { whole: 1, real: 1.5, mixed: 1, big: 2n ** 60n, text: 'a', yes: true, raw: Uint8Array.of(1), nothing: null },
        { whole: -2, real: 2, mixed: 0.5, big: 3, text: 'b', yes: false, raw: Uint8Array.of(2), nothing: null },
      ]),
    ).toEqual({
      whole: 'long',
      real: 'double',
      mixed: 'double',
      big: 'long',
      text: 'string',
      yes: 'boolean',
      raw: 'bytes',
      nothing: ['null', 'string'],
    });
  });

  it('takes what is null or missing in a sample for nullable', () => {
    const schema = inferSchema('s', [{ a: 1 }, { a: null, b: 2 }, { a: 3 }]);
    expect(schema.fields).toMatchObject([
      { name: 'a', nullable: true, nullBranch: 0, fallback: null },
      { name: 'b', nullable: true },
    ]);
  });

  it('makes a union of several types', () => {
    expect(
      types([
        { a: 1, b: 'x' },
        { a: 'one', b: 2 },
        { a: 2, b: null },
      ]),
    ).toEqual({ a: ['long', 'string'], b: ['null', 'long', 'string'] });
  });

  it('enters nested objects and lists', () => {
    const record = (name: string, ...fields: unknown[]) => ({ type: 'record', name, fields });
    expect(
      types([{ o: { x: 1, y: { z: 'a' } }, list: [1, null], rows: [{ k: 1 }, { k: 2, l: 'a' }], empty: [] }]),
    ).toEqual({
      o: record(
        's_o',
        { name: 'x', type: 'long' },
        { name: 'y', type: record('s_o_y', { name: 'z', type: 'string' }) },
      ),
      list: { type: 'array', items: ['null', 'long'] },
      rows: {
        type: 'array',
        items: record(
          's_rows_item',
          { name: 'k', type: 'long' },
          { name: 'l', type: ['null', 'string'], default: null },
        ),
      },
      empty: { type: 'array', items: 'string' },
    });
  });

  it('takes objects whose names are no fields for maps', () => {
    expect(
      types([
        { a: { 'x y': 1 }, b: { k1: 1 } },
        { a: {}, b: { k2: 2.5 } },
        { a: {}, b: { k3: null } },
      ]),
    ).toEqual({
      a: { type: 'map', values: 'long' },
      b: { type: 'map', values: ['null', 'double'] },
    });
  });

  it('recognises numbers and booleans in text, where all of a column are', () => {
    const samples = [
      {
        n: '1',
        d: '1.5',
        e: '-2e3',
        code: '007',
        mixed: '1',
        yes: 'true',
        gap: '5',
        none: '',
        big: '9007199254740993',
      },
      { n: '-20', d: '3', e: '4', code: '010', mixed: 'x', yes: 'false', gap: '', none: '', big: '1' },
    ];
    expect(types(samples, true)).toEqual({
      n: 'long',
      d: 'double',
      e: 'double',
      code: 'string',
      mixed: 'string',
      yes: 'boolean',
      gap: ['null', 'long'],
      none: ['null', 'string'],
      big: 'long',
    });
    expect(types(samples)).toMatchObject({ n: 'string', yes: 'string' });
  });

  it('takes the first field that is a time in every sample for the time', () => {
    const time = (...samples: Row[]) => inferSchema('s', samples).time;
    expect(
      time(
        { a: 'x', sometimes: '2017-08-02', at: '2017-08-02T02:00:00', b: '2017-08-02' },
        { a: 'y', sometimes: null, at: '2017-08-02', b: '2017' },
      ),
    ).toEqual({ path: 'at', unit: 'iso' });
    expect(time({ o: { ts: '2017-08-02' } })).toEqual({ path: 'o.ts', unit: 'iso' });
    expect(time({ a: 1501639200, created_at: 1501639200000 })).toEqual({ path: 'created_at', unit: 'ms' });
    expect(time({ timestamp: 1501639200 })).toEqual({ path: 'timestamp', unit: 's' });
    expect(time({ ts: 1501639200000000 })).toEqual({ path: 'ts', unit: 'us' });
    expect(time({ ts: 1501639200000000000n })).toEqual({ path: 'ts', unit: 'ns' });
    expect(time({ ts: 5 })).toBeUndefined();
    expect(time({ day: '2017-02-30' })).toBeUndefined();
    expect(time({ date: 'Jan 1 2000' })).toBeUndefined();
  });

  it('takes the one field of text that repeats for the key', () => {
    const samples = (make: (at: number) => Row): Row[] => Array.from({ length: 12 }, (_, at) => make(at));
    const key = (make: (at: number) => Row) => inferSchema('s', samples(make)).key;
    expect(key((at) => ({ id: `id${at}`, channel: `c${at % 3}`, ts: '2017-08-02', n: 1 }))).toEqual(['channel']);
    expect(key((at) => ({ a: `a${at % 3}`, b: `b${at % 2}` }))).toEqual([]);
    expect(key(() => ({ constant: 'x' }))).toEqual([]);
    expect(inferSchema('s', [{ a: 'x' }, { a: 'x' }, { a: 'y' }]).key).toEqual([]);
  });

  it('goes by what it is told', () => {
    const samples = [{ carrier: 'AA', day: '2017-08-02', stamp: 5, other: '2017-08-02' }];
    expect(inferSchema('s', samples, { key: ['carrier'], time: 'other' })).toMatchObject({
      key: ['carrier'],
      time: { path: 'other', unit: 'iso' },
    });
    expect(inferSchema('s', samples, { time: 'stamp' }).time).toEqual({ path: 'stamp', unit: 'ms' });
  });

  it.each<[string, Row[], object, string]>([
    ['no samples', [], {}, 'there is no record'],
    ['a key that is no field', [{ a: 1 }], { key: ['b'] }, 'the records have no field b'],
    ['a time that is no field', [{ a: 1 }], { time: 'b' }, 'the records have no field b'],
    [
      'a time that is none',
      [{ a: 'Jan 1 2000' }],
      { time: 'a' },
      'field a can\'t be the time: "Jan 1 2000" is not ISO 8601',
    ],
    [
      'a name that Avro does not allow',
      [{ 'Miles per Gallon': 1 }],
      {},
      '"Miles per Gallon" can\'t be the name of a field',
    ],
  ])('refuses %s', (_, samples, hints, message) => {
    expect(() => inferSchema('s', samples, hints)).toThrow(UsageError);
    expect(() => inferSchema('s', samples, hints)).toThrow(message);
  });

  it('gives a schema that is valid Avro and that its samples fit', () => {
    const samples: Row[] = [
      {
        id: 'a',
        ts: '2017-08-02',
        o: { x: 1, deep: [{ y: 'a' }, { y: null }] },
        m: { 'a b': 1 },
        u: 1,
        many: [[1], [2.5]],
      },
      { id: 'b', ts: '2017-08-03', o: { x: null, deep: [] }, m: {}, u: 'one', many: [] },
    ];
    const schema = inferSchema('2nd-sample', samples);
    expect(schema.name).toBe('_2nd_sample');
    const json = JSON.parse(JSON.stringify(schemaJson(schema)));
    expect(checkSchema(json)).toEqual([]);
    expect(parseSchema(json, 'inferred')).toEqual(schema);
    for (const sample of samples) expect(fitRow(schema, sample).problem).toBeUndefined();
  });
});
