import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import { zoneOf } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'all',
    fields: [
      { name: 'text', type: 'string' },
      { name: 'state', type: { type: 'enum', name: 'State', symbols: ['ON', 'OFF'] } },
      { name: 'ts', type: 'string' },
      { name: 'count', type: 'long' },
      { name: 'ratio', type: 'double' },
      { name: 'yes', type: 'boolean' },
      { name: 'raw', type: 'bytes' },
      { name: 'note', type: ['null', 'string'] },
      { name: 'tags', type: { type: 'array', items: ['null', 'string', 'bytes'] } },
      { name: 'inner', type: { type: 'record', name: 'Inner', fields: [{ name: 'x', type: 'int', default: 7 }] } },
      { name: 'any', type: ['null', 'int', 'string'] },
    ],
    freshet: { key: 'text', time: 'ts' },
  },
  'all',
);

const row: Row = {
  text: 'a',
  state: 'OFF',
  ts: '2017-08-02T02:00:00',
  count: 5,
  ratio: 0.5,
  yes: true,
  raw: Uint8Array.of(1, 255),
  note: null,
  tags: ['x', null, Uint8Array.of(200)],
  inner: { x: 3 },
  any: 'either',
};

describe('batchFromRows', () => {
  it('gives rows back', () => {
    const rows = [row, { ...row, note: 'é', any: null, count: -1, ts: '2017-08-02' }];
    expect([...rowsOf(batchFromRows(schema, rows))]).toEqual(rows.map((one) => ({ ...one, tags: ['x', null, 'È'] })));
  });

  it('has one kind of column for each type', () => {
    const { columns, length } = batchFromRows(schema, [row]);
    expect(length).toBe(1);
    expect([...columns.values()].map(({ kind }) => kind)).toEqual([
      'dictionary',
      'dictionary',
      'time',
      'float64',
      'float64',
      'bool',
      'bytes',
      'dictionary',
      'encoded',
      'encoded',
      'encoded',
    ]);
    expect(columns.get('note')?.nulls?.[0]).toBe(1);
    expect(columns.get('text')?.nulls).toBeUndefined();
  });

  it('keeps longs that a double does not hold, and only then has a column of bigints', () => {
    const rows = [row, { ...row, count: 2n ** 60n + 1n }];
    const { columns } = batchFromRows(schema, rows);
    expect(columns.get('count')).toMatchObject({ kind: 'int64', values: BigInt64Array.of(5n, 2n ** 60n + 1n) });
    expect([...rowsOf(batchFromRows(schema, rows))].map(({ count }) => count)).toEqual([5, 2n ** 60n + 1n]);
  });

  it('has columns of nested paths where they are asked for', () => {
    const batch = batchFromRows(schema, [row, { ...row, inner: {} }], { paths: ['inner.x', 'ts'] });
    expect([...rowsOf(batch)]).toEqual([
      { 'inner.x': 3, ts: '2017-08-02T02:00:00' },
      { 'inner.x': 7, ts: '2017-08-02T02:00:00' },
    ]);
  });

  it('reads wall-clock times in the zone', () => {
    const zone = zoneOf('Europe/Berlin');
    const rows = ['2017-08-02T02:00:00', '2017-03-26T02:30:00', '2017-08-02T02:00:00Z'].map((ts) => ({ ...row, ts }));
    const { columns } = batchFromRows(schema, rows, { zone });
    expect(columns.get('ts')).toMatchObject({
      millis: Float64Array.of(
        Date.parse('2017-08-02T00:00:00Z'),
        Date.parse('2017-03-26T01:30:00Z'),
        Date.parse('2017-08-02T02:00:00Z'),
      ),
    });
    expect([...rowsOf(batchFromRows(schema, rows, { zone }))].map(({ ts }) => ts)).toEqual(rows.map(({ ts }) => ts));
  });

  it('calls a row that does not fit a bug of whoever made it', () => {
    expect(() => batchFromRows(schema, [{ ...row, text: null }])).toThrow('row 0 has no text');
    expect(() => batchFromRows(schema, [{ ...row, count: 'five' }])).toThrow("count can't be string five");
    expect(() => batchFromRows(schema, [{ ...row, ts: '2017-02-30' }])).toThrow('not a time');
  });

  it('takes any times as they are written', () => {
    const times = fc.date({ min: new Date('1700-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.array(times.map((date) => ({ ...row, ts: date.toISOString() }))), (rows) => {
        expect([...rowsOf(batchFromRows(schema, rows))].map(({ ts }) => ts)).toEqual(rows.map(({ ts }) => ts));
      }),
    );
  });
});
