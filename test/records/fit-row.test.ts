import { describe, expect, it } from 'vitest';
import { fitRow } from '../../src/records/fit-row.js';
import { parseSchema } from '../../src/records/parse-schema.js';

const schemaWith = (type: unknown, unit: string, path = 'ts') =>
  parseSchema(
    {
      type: 'record',
      name: 'r',
      fields: [
        { name: 'ts', type },
        {
          name: 'in',
          type: { type: 'record', name: 'In', fields: [{ name: 'ts', type: ['null', 'string'] }] },
          default: { ts: null },
        },
      ],
      freshet: { time: { field: path, unit } },
    },
    'r',
  );

describe('fitRow', () => {
  it('takes a time that exists', () => {
    expect(fitRow(schemaWith('string', 'iso'), { ts: '2017-08-02' })).toEqual({
      value: { ts: '2017-08-02', in: { ts: null } },
    });
    expect(fitRow(schemaWith('long', 's'), { ts: 1 }).problem).toBeUndefined();
    expect(fitRow(schemaWith(['null', 'string'], 'iso'), {}).problem).toBeUndefined();
  });

  it.each([
    [schemaWith('string', 'iso'), { ts: '2017-02-30' }, 'field ts is not a time: 2017-02-30 does not exist'],
    [schemaWith('string', 'iso'), { ts: 5 }, 'field ts must be a string, not 5'],
    [
      schemaWith('long', 'ms'),
      { ts: 1e15 },
      'field ts is not a time: 1000000000000000 ms is outside of the years 0001 to 9999',
    ],
    [
      schemaWith('long', 'iso', 'in.ts'),
      { ts: 1, in: { ts: 'now' } },
      'field in.ts is not a time: "now" is not a time such as 2017-08-02T02:00:00',
    ],
  ])('refuses one that does not', (schema, row, problem) => {
    expect(fitRow(schema, row)).toEqual({ problem });
  });
});
