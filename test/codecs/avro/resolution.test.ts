import avro from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avroCodec } from '../../../src/codecs/avro/avro-codec.js';
import { checkCompatible } from '../../../src/codecs/avro/compatible.js';
import { UsageError } from '../../../src/records/errors.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { Row } from '../../../src/records/value.js';
import { contextOf, decodeAll } from '../decode-all.js';
import { anyType } from './arbitrary-schema.js';
import { avscFile, buffered, fileOf, plain } from './files.js';

const record = (...fields: unknown[]): unknown => ({ type: 'record', name: 'r', fields });

/** What a reader makes of rows that a writer wrote. */
async function read(writer: unknown, reader: unknown, rows: Row[], paths?: string[]) {
  const schema = parseSchema(reader, 'reader');
  return decodeAll(avroCodec, contextOf(schema, paths === undefined ? {} : { paths }), await avscFile(writer, rows));
}

const E = { type: 'enum', name: 'E', symbols: ['A', 'B', 'C'] };

describe('Avro schema resolution', () => {
  it.each<[string, unknown, unknown, unknown, unknown]>([
    ['int to long', 'int', 'long', 5, 5],
    ['int to double', 'int', 'double', -7, -7],
    ['int to float, rounded', 'int', 'float', 16777217, 16777216],
    ['long to double', 'long', 'double', 2 ** 40, 2 ** 40],
    ['float to double', 'float', 'double', 0.5, 0.5],
    ['string to bytes', 'string', 'bytes', 'é', Uint8Array.of(0xc3, 0xa9)],
    ['bytes to string', 'bytes', 'string', Uint8Array.of(0xc3, 0xa9), 'é'],
    ['a type to a nullable one', 'int', ['null', 'long'], 5, 5],
    ['a nullable type to one whose null stands elsewhere', ['null', 'string'], ['string', 'null'], null, null],
    ['a union to one of its types', ['null', 'int'], 'long', 5, 5],
    ['a type to a union', 'int', ['string', 'double', 'null'], 5, 5],
    ['a union to another', ['int', 'string'], ['null', 'string', 'long'], 'a', 'a'],
    ['a union of one', ['int'], 'int', 5, 5],
    ['an enum', E, { ...E, symbols: ['C', 'A'] }, 'A', 'A'],
    ['items', { type: 'array', items: 'int' }, { type: 'array', items: ['null', 'double'] }, [1, 2], [1, 2]],
    [
      'a map',
      { type: 'map', values: 'string' },
      { type: 'map', values: 'bytes' },
      { a: 'x' },
      { a: Uint8Array.of(120) },
    ],
    [
      'nested records',
      {
        type: 'record',
        name: 'I',
        fields: [
          { name: 'x', type: 'int' },
          { name: 'y', type: 'string' },
        ],
      },
      {
        type: 'record',
        name: 'I',
        fields: [
          { name: 'y', type: ['null', 'string'] },
          { name: 'z', type: 'int', default: 9 },
        ],
      },
      { x: 1, y: 'a' },
      { y: 'a', z: 9 },
    ],
    [
      'a record of another name',
      { type: 'record', name: 'I', fields: [] },
      ['null', { type: 'record', name: 'J', fields: [] }],
      {},
      {},
    ],
  ])('takes %s', async (_, from, to, value, expected) => {
    const rows = [{ before: 'x', f: value, after: 1 }] as Row[];
    const writer = record(
      { name: 'before', type: 'string' },
      { name: 'f', type: from },
      { name: 'after', type: 'int' },
    );
    const { rows: got, rejects } = await read(
      writer,
      record({ name: 'after', type: 'int' }, { name: 'f', type: to }),
      rows,
    );
    expect(rejects).toEqual([]);
    expect(plain(got)).toEqual([{ after: 1, f: expected }]);
  });

  it('fills in what the writer lacks', async () => {
    const reader = record(
      { name: 'f', type: 'int' },
      { name: 'text', type: 'string', default: 'none' },
      { name: 'none', type: ['null', 'int'] },
      { name: 'list', type: { type: 'array', items: 'int' }, default: [1, 2] },
      { name: 'raw', type: 'bytes', default: 'ÿ' },
      {
        name: 'in',
        type: { type: 'record', name: 'I', fields: [{ name: 'x', type: 'int', default: 3 }] },
        default: {},
      },
    );
    const { rows } = await read(record({ name: 'f', type: 'int' }), reader, [{ f: 1 }, { f: 2 }]);
    const filled = { text: 'none', none: null, list: [1, 2], raw: Uint8Array.of(255), in: { x: 3 } };
    expect(plain(rows)).toEqual([
      { f: 1, ...filled },
      { f: 2, ...filled },
    ]);
  });

  it('enters nested records, null ones too', async () => {
    const inner = (...fields: unknown[]) => ['null', { type: 'record', name: 'I', fields }];
    const writer = record({ name: 'i', type: inner({ name: 'gone', type: 'string' }, { name: 'x', type: 'int' }) });
    const reader = record({
      name: 'i',
      type: inner({ name: 'x', type: 'long' }, { name: 'y', type: 'int', default: 4 }),
    });
    const rows = [{ i: { gone: 'a', x: 1 } }, { i: null }, { i: { gone: 'b', x: 2 } }];
    const decoded = await read(writer, reader, rows, ['i.x', 'i.y', 'i']);
    expect(plain(decoded.rows)).toEqual([
      { 'i.x': 1, 'i.y': 4, i: { x: 1, y: 4 } },
      { 'i.x': null, 'i.y': null, i: null },
      { 'i.x': 2, 'i.y': 4, i: { x: 2, y: 4 } },
    ]);
  });

  it('reads types that contain themselves', async () => {
    const tree = (x: string) =>
      record(
        { name: 'x', type: x },
        { name: 'next', type: ['null', 'r'] },
        { name: 'all', type: { type: 'array', items: 'r' } },
      );
    const leaf = { x: 1, next: null, all: [] };
    const rows = [{ x: 3, next: { x: 2, next: leaf, all: [leaf] }, all: [leaf, leaf] }];
    expect(plain((await read(tree('int'), tree('long'), rows)).rows)).toEqual(rows);
  });

  it.each([['decoded', undefined] as const, ['by columns', ['new', 'e']] as const])(
    'knows aliases of fields, and the default of an enum, %s',
    async (_, paths) => {
      const reader = record(
        { name: 'new', type: 'int', aliases: ['older', 'old'] },
        { name: 'e', type: { ...E, symbols: ['A', 'Z'], default: 'Z' } },
      );
      const rows = [
        { old: 5, e: 'B' },
        { old: 6, e: 'A' },
      ];
      const writer = record({ name: 'old', type: 'int' }, { name: 'e', type: E });
      const read = decodeAll(
        avroCodec,
        contextOf(parseSchema(reader, 'reader'), paths === undefined ? {} : { paths: [...paths] }),
        await avscFile(writer, rows),
      );
      expect(read.rows).toEqual([
        { new: 5, e: 'Z' },
        { new: 6, e: 'A' },
      ]);
    },
  );

  it('prefers a field of the own name to one of an alias', async () => {
    const reader = record({ name: 'new', type: 'int', aliases: ['old'] });
    const writer = record({ name: 'old', type: 'int' }, { name: 'new', type: 'int' });
    expect((await read(writer, reader, [{ old: 1, new: 2 }])).rows).toEqual([{ new: 2 }]);
  });

  it('knows the alias of a record in a union', async () => {
    const inner = (name: string, type: string, more: object = {}) => ({
      type: 'record',
      name,
      fields: [{ name: 'x', type }],
      ...more,
    });
    const reader = record({ name: 'f', type: [inner('Other', 'string'), inner('New', 'int', { aliases: ['Old'] })] });
    const writer = record({ name: 'f', type: inner('Old', 'int') });
    expect((await read(writer, reader, [{ f: { x: 1 } }])).rows).toEqual([{ f: { x: 1 } }]);
  });

  it('refuses a decimal of another scale, whose bytes would mean another number', () => {
    const decimal = (scale: number) =>
      record({ name: 'f', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale } });
    const reader = parseSchema(decimal(3), 'reader');
    expect(checkCompatible(reader, decimal(2), 'old')).toEqual([
      "old can't be read as r: field f is a decimal of scale 2 there and of scale 3 in the schema",
    ]);
    expect(checkCompatible(reader, decimal(3), 'old')).toEqual([]);
  });

  it.each<[string, unknown, unknown, unknown[], string]>([
    ['null', ['null', 'int'], 'int', [null, 1], 'field f is null, which the schema does not allow'],
    ['a branch', ['int', 'string'], ['null', 'int'], ['a', 1], 'field f is a string, which the schema does not allow'],
    ['a symbol', E, { ...E, symbols: ['B', 'C'] }, ['A', 'C'], 'field f has A, which the schema does not allow'],
  ])('refuses only the records with %s that the reader lacks', async (_, from, to, values, reason) => {
    const f = (type: unknown) => record({ name: 'f', type }, { name: 'n', type: 'int' });
    const { rows, rejects, ordinals } = await read(
      f(from),
      f(to),
      values.map((value, n) => ({ f: value, n })) as Row[],
    );
    expect(rows).toEqual([{ f: values[1], n: 1 }]);
    expect(ordinals).toEqual([2]);
    expect(rejects).toMatchObject([{ reason, at: 'record 1' }]);
  });

  it.each<[unknown, unknown, string]>([
    [
      [{ name: 'f', type: 'string' }],
      [{ name: 'f', type: 'long' }],
      'field f is a string there and a long in the schema',
    ],
    [
      [{ name: 'f', type: 'double' }],
      [{ name: 'f', type: 'int' }],
      'field f is a double there and an int in the schema',
    ],
    [[{ name: 'g', type: 'int' }], [{ name: 'f', type: 'int' }], 'field f is not there and has no default'],
    [
      [{ name: 'f', type: { type: 'array', items: 'string' } }],
      [{ name: 'f', type: { type: 'array', items: 'int' } }],
      'field f[] is a string there and an int in the schema',
    ],
    [
      [{ name: 'f', type: { type: 'record', name: 'I', fields: [] } }],
      [{ name: 'f', type: { type: 'record', name: 'I', fields: [{ name: 'x', type: 'int' }] } }],
      'field f.x is not there and has no default',
    ],
  ])('says which field stands in the way: %j', async (from, to, what) => {
    const [writer, reader] = [record(...(from as unknown[])), record(...(to as unknown[]))];
    const file = fileOf(parseSchema(writer, 'writer'), []);
    const schema = parseSchema(reader, 'reader');
    expect(() => decodeAll(avroCodec, contextOf(schema), file)).toThrow(UsageError);
    expect(() => decodeAll(avroCodec, contextOf(schema), file)).toThrow(`test can't be read as r: ${what}`);
    expect(checkCompatible(schema, writer, 'it')).toEqual([`it can't be read as r: ${what}`]);
  });

  it('gives what avsc gives', async () => {
    const kept = fc.tuple(anyType(1), fc.constantFrom('keep', 'drop', 'widen', 'nullable'));
    const evolved = fc.array(kept, { minLength: 1, maxLength: 5 }).chain((fields) =>
      fc.record({
        writer: fc.constant(record(...fields.map(([{ schema }], at) => ({ name: `f${at}`, type: schema })))),
        reader: fc
          .shuffledSubarray(
            fields.flatMap(([{ schema }, change], at) =>
              change === 'drop' ? [] : [{ name: `f${at}`, type: evolve(schema, change) }],
            ),
            { minLength: fields.filter(([, change]) => change !== 'drop').length },
          )
          .map((list) => record(...list, { name: 'added', type: 'string', default: 'new' })),
        rows: fc.array(fc.tuple(...fields.map(([{ values }]) => values)), { maxLength: 10 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(evolved, async ({ writer, reader, rows }) => {
        const objects = rows.map((row) => Object.fromEntries(row.map((value, at) => [`f${at}`, value])));
        const written = avro.Type.forSchema(writer as avro.Schema);
        const resolver = avro.Type.forSchema(reader as avro.Schema);
        const expected = objects.map((row) => {
          const bytes = written.toBuffer(buffered(row));
          return resolver.fromBuffer(bytes, resolver.createResolver(written));
        });
        const { rows: got, rejects } = await read(writer, reader, objects);
        expect(rejects).toEqual([]);
        expect(plain(got)).toEqual(plain(expected));
      }),
    );
  });
});

function evolve(type: unknown, change: string): unknown {
  if (change === 'widen') {
    if (type === 'int') return 'long';
    if (type === 'long' || type === 'float') return 'double';
  }
  if (change === 'nullable' && !Array.isArray(type)) return ['null', type];
  return type;
}
