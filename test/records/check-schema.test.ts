import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSchema } from '../../src/records/check-schema.js';

const record = (...fields: unknown[]) => ({ type: 'record', name: 'r', fields });

describe('checkSchema', () => {
  it('finds nothing wrong with a good schema', () => {
    expect(checkSchema({ ...record({ name: 'a', type: 'string' }), freshet: { key: 'a' } })).toEqual([]);
  });

  it('finds nothing wrong with a default beyond 2^53 of a long, and tells of one beyond 2^63', () => {
    const long = (value: bigint) => record({ name: 'a', type: ['long', 'null'], default: value });
    for (const value of [-(2n ** 63n), 2n ** 53n - 1n]) expect(checkSchema(long(value))).toEqual([]);
    expect(checkSchema(long(2n ** 63n))).toEqual([expect.stringContaining('not valid Avro')]);
    const int = record({ name: 'a', type: 'int', default: 2n ** 53n + 1n });
    expect(checkSchema(int)).toEqual([expect.stringContaining('not valid Avro')]);
  });

  it.each(readdirSync(join(import.meta.dirname, '../../schemas')))('finds nothing wrong with schemas/%s', (file) => {
    const json = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas', file), 'utf8'));
    expect(checkSchema(json)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['no record', 'string', 'not an Avro record schema (no "type": "record")'],
    ['an unknown type', record({ name: 'a', type: 'strng' }), 'field a: unknown type "strng"'],
    ['a default of another type', record({ name: 'a', type: 'int', default: 'x' }), 'not valid Avro: '],
    [
      'a symbol twice',
      record({ name: 'a', type: { type: 'enum', name: 'E', symbols: ['A', 'A'] } }),
      'not valid Avro: ',
    ],
    ['a field twice', record({ name: 'a', type: 'int' }, { name: 'a', type: 'long' }), 'two fields are named a'],
    ['a field that is none', record('a'), 'not a field, which is an object with a "name" and a "type": "a"'],
    [
      'a name that Avro does not allow',
      record({ name: 'dep delay', type: 'int' }),
      '"dep delay" can\'t be the name of a field: letters, digits and _ can, not a digit first; perhaps dep_delay',
    ],
    [
      'a name that begins with a digit, within a record',
      record({ name: 'r1', type: { type: 'record', name: 'x', fields: [{ name: '2017', type: 'int' }] } }),
      'field r1: "2017" can\'t be the name of a field: letters, digits and _ can, not a digit first; perhaps _2017',
    ],
    [
      'a key that is no field',
      { ...record({ name: 'carrier', type: 'int' }), freshet: { key: 'carier' } },
      'key field carier does not exist; did you mean carrier?',
    ],
  ])('tells of %s', (_, json, problem) => {
    const problems = checkSchema(json);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it('tells all that is wrong with the types and with the annotation', () => {
    const fields = [
      { name: 'carrier', type: 'strng' },
      { name: 'dep.time', type: 'string' },
      { name: 'delay', type: 'boolean' },
    ];
    const freshet = {
      key: ['carier', 'origin'],
      time: { field: 'delay', unit: 'h' },
      tables: { dayly: { name: 't' }, daily: { columns: {} } },
    };
    expect(checkSchema({ ...record(...fields), freshet })).toEqual([
      'field carrier: unknown type "strng"',
      '"dep.time" can\'t be the name of a field: letters, digits and _ can, not a digit first; perhaps dep_time',
      'key field carier does not exist; did you mean carrier?',
      'key field origin does not exist',
      expect.stringContaining('"freshet.time" has the unit "h"'),
      expect.stringContaining('"freshet.tables" names dayly'),
      'a table needs a "name"',
    ]);
  });
});
