import { describe, expect, test } from 'vitest';
import { groupFields, parseFieldList } from '../../src/expressions/field-list.js';
import { parseSelect } from '../../src/expressions/select.js';
import { FreshetError } from '../../src/records/errors.js';
import { parseSchema } from '../../src/records/parse-schema.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'sensor',
    fields: [
      { name: 'node_name', type: 'string' },
      { name: 'temperature', type: 'float' },
      { name: 'reads', type: ['null', 'int'], default: null },
      { name: 'ts', type: 'long' },
      { name: 'ok', type: 'boolean' },
      { name: 'raw', type: 'bytes' },
      { name: 'state', type: { type: 'enum', name: 'State', symbols: ['ON', 'OFF'] } },
      { name: 'tags', type: { type: 'array', items: 'string' } },
      {
        name: 'stat',
        type: {
          type: 'record',
          name: 'Stat',
          fields: [{ name: 'cpu', type: { type: 'record', name: 'Cpu', fields: [{ name: 'user', type: 'long' }] } }],
        },
      },
    ],
    freshet: { key: 'node_name', time: 'ts' },
  },
  'the test',
);

function problem(act: () => unknown): { message: string; next: string | undefined } {
  try {
    act();
  } catch (error) {
    if (error instanceof FreshetError) return { message: error.message.split('\n')[0], next: error.next };
    throw error;
  }
  return expect.fail('it was taken');
}

describe('--select', () => {
  test('names, types and nullability of what is selected', () => {
    const text =
      'count(), count(*) as n, COUNT(tags), sum(reads), sum(temperature), avg(stat.cpu.user), min(ts), max(state), latest(ok) AS ok';
    expect(
      parseSelect(text, schema).map(({ fn, path, name, type, nullable }) => [fn, path, name, type.kind, nullable]),
    ).toEqual([
      ['count', undefined, 'count', 'long', false],
      ['count', undefined, 'n', 'long', false],
      ['count', 'tags', 'count_tags', 'long', false],
      ['sum', 'reads', 'sum_reads', 'long', true],
      ['sum', 'temperature', 'sum_temperature', 'double', false],
      ['avg', 'stat.cpu.user', 'avg_stat_cpu_user', 'double', false],
      ['min', 'ts', 'min_ts', 'long', false],
      ['max', 'state', 'max_state', 'enum', false],
      ['latest', 'ok', 'ok', 'boolean', false],
    ]);
  });

  test.each([
    ['', 'an aggregate such as avg(field) is expected at the end', undefined],
    ['temperature', 'an aggregate such as avg(field) is expected before temperature', undefined],
    [
      'avgg(temperature)',
      'there is no aggregate avgg',
      'Did you mean avg? The aggregates are count, sum, avg, min, max, latest.',
    ],
    ['median(temperature)', 'there is no aggregate median', 'The aggregates are count, sum, avg, min, max, latest.'],
    ['avg(temprature)', 'there is no field temprature in sensor', 'Did you mean temperature?'],
    ['avg()', 'a field is expected before )', undefined],
    ['sum(node_name)', 'sum needs numbers, and node_name is a string', 'min, max, latest and count take it.'],
    ['avg(ts)', 'avg needs numbers, and ts is a time', 'min, max, latest and count take it.'],
    ['max(tags)', 'tags is an array and has no single value', undefined],
    ['max(stat)', 'stat is a record and has no single value', 'Name a field inside of it, as stat.cpu.user.'],
    ['max(raw)', "max can't be taken of raw, which is bytes", undefined],
    ['count(), count()', 'two aggregates are named count', 'Name one of them: f(field) as name.'],
    ['count() as "a b"', 'a name is letters, digits and _, with no digit first', undefined],
    ['count() n', 'a comma or `as` is expected before n', undefined],
    ['count(', ') is expected at the end', undefined],
  ])('%s is refused', (text, message, next) => {
    if (text === 'count(')
      expect(problem(() => parseSelect(text, schema)).message).toBe('a field is expected at the end');
    else expect(problem(() => parseSelect(text, schema))).toEqual({ message, next });
  });
});

describe('--by', () => {
  test('paths in their order, quotes allowed', () => {
    expect(parseFieldList('node_name, "stat".cpu.user,ts', schema)).toEqual(['node_name', 'stat.cpu.user', 'ts']);
    expect(groupFields(schema, ['node_name', 'stat.cpu.user']).map((field) => [field.name, field.type.kind])).toEqual([
      ['node_name', 'string'],
      ['stat_cpu_user', 'long'],
    ]);
  });

  test.each([
    ['', 'a field is expected at the end', undefined],
    ['node', 'there is no field node in sensor', 'Did you mean node_name?'],
    ['node_name,', 'a field is expected at the end', undefined],
    ['node_name ts', 'a comma is expected before ts', undefined],
    ['ts,ts', 'ts is named twice', undefined],
    ['stat', 'stat is a record and has no single value', 'Name a field inside of it, as stat.cpu.user.'],
  ])('%s is refused', (text, message, next) => {
    expect(problem(() => parseFieldList(text, schema))).toEqual({ message, next });
  });
});
