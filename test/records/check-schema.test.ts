import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSchema } from '../../src/records/check-schema.js';

const record = (...fields: unknown[]) => ({ type: 'record', name: 'r', fields });

describe('checkSchema', () => {
  it('finds nothing wrong with a good schema', () => {
    expect(checkSchema({ ...record({ name: 'a', type: 'string' }), freshet: { key: 'a' } }, 'a.avsc')).toEqual([]);
  });

  it.each(readdirSync(join(import.meta.dirname, '../../schemas')))('finds nothing wrong with schemas/%s', (file) => {
    const json = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas', file), 'utf8'));
    expect(checkSchema(json, file)).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['no record', 'string', 'a.avsc: not an Avro record schema (no "type": "record")'],
    ['an unknown type', record({ name: 'a', type: 'strng' }), 'a.avsc: not valid Avro: '],
    ['a default of another type', record({ name: 'a', type: 'int', default: 'x' }), 'a.avsc: not valid Avro: '],
    [
      'a symbol twice',
      record({ name: 'a', type: { type: 'enum', name: 'E', symbols: ['A', 'A'] } }),
      'a.avsc: not valid Avro: ',
    ],
    [
      'a key that is no field',
      { ...record({ name: 'a', type: 'int' }), freshet: { key: 'b' } },
      'a.avsc: key field b does not exist',
    ],
  ])('tells of %s', (_, json, problem) => {
    expect(checkSchema(json, 'a.avsc').join('\n')).toContain(problem);
  });
});
