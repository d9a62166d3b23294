import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Parity } from '../../src/operators/parity.js';
import { loadSchema } from '../../src/pipeline/schema-files.js';
import { UsageError } from '../../src/records/errors.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import type { Row } from '../../src/records/value.js';

const pair = loadSchema('pair');
const outcome = loadSchema('outcome');

function outcomesOf(pairs: readonly (readonly [number | bigint, number | bigint])[]): unknown[] {
  const batch = batchFromRows(
    pair,
    pairs.map(([a, b]): Row => ({ a, b })),
  );
  const { rows, refused } = new Parity(pair, outcome).process(batch);
  expect(refused).toBeUndefined();
  if (rows === undefined) throw new Error('no rows');
  expect(rows.schema).toBe(outcome);
  return [...rowsOf(rows)].map((row) => row.outcome);
}

describe('Parity', () => {
  it('gives 1 for an even sum and 0 for an odd one', () => {
    expect(
      outcomesOf([
        [1, 2],
        [10, 20],
        [3, 5],
        [0, 0],
        [0, 1],
      ]),
    ).toEqual([0, 1, 1, 1, 0]);
  });

  it('takes negative numbers', () => {
    expect(
      outcomesOf([
        [-1, 2],
        [-1, -1],
        [-2, -1],
        [-9007199254740991, 9007199254740991],
      ]),
    ).toEqual([0, 1, 0, 1]);
  });

  it('takes longs beyond what a double holds, and sums beyond a long', () => {
    const largest = 9223372036854775807n;
    const least = -9223372036854775808n;
    expect(
      outcomesOf([
        [9007199254740993n, 0],
        [9007199254740993n, 1],
        [largest, largest],
        [largest, 2],
        [least, least],
        [least, largest],
      ]),
    ).toEqual([0, 1, 1, 0, 1, 0]);
  });

  it('agrees with exact integers, whatever the columns hold', () => {
    const long = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    fc.assert(
      fc.property(fc.array(fc.tuple(long, long), { maxLength: 50 }), (pairs) => {
        const even = pairs.map(([a, b]) => ((BigInt(a) + BigInt(b)) % 2n === 0n ? 1 : 0));
        expect(outcomesOf(pairs)).toEqual(even);
      }),
    );
  });

  it('reads only the rows that passed a filter, and keeps nothing from one batch to the next', () => {
    const parity = new Parity(pair, outcome);
    const rows: Row[] = [
      { a: 1, b: 1 },
      { a: 1, b: 2 },
      { a: 2, b: 2 },
      { a: 2, b: 3 },
    ];
    const batch = { ...batchFromRows(pair, rows), selection: Int32Array.of(1, 2) };
    const outcomes = (): Row[] => [...rowsOf(parity.process(batch).rows ?? batch)];
    expect(outcomes()).toEqual([{ outcome: 0 }, { outcome: 1 }]);
    expect(outcomes()).toEqual([{ outcome: 0 }, { outcome: 1 }]);
    expect([...parity.flush()]).toEqual([]);
    expect(parity.figures()).toEqual({ states: 0 });
  });

  it('refuses a pair that lacks a number', () => {
    const loose = parseSchema(
      {
        type: 'record',
        name: 'loose',
        fields: [
          { name: 'a', type: ['null', 'int'] },
          { name: 'b', type: ['null', 'long'] },
        ],
      },
      'loose',
    );
    const batch = batchFromRows(loose, [
      { a: 1, b: 1 },
      { a: null, b: 1 },
      { a: 1, b: null },
    ]);
    const { rows, refused } = new Parity(loose, outcome).process(batch);
    expect(rows && [...rowsOf(rows)]).toEqual([{ outcome: 1 }]);
    expect(refused).toEqual([
      { row: 1, late: false, reason: 'field a is null, so there is no sum' },
      { row: 2, late: false, reason: 'field b is null, so there is no sum' },
    ]);
  });

  it('tells of each outcome where its pair stood, with its bytes', () => {
    const lines = ['{"a":1,"b":2}', '{"a":3,"b":5}', '{"a":7,"b":0}'];
    const buffer = Buffer.from(lines.join('\n'));
    const starts = Int32Array.from(lines, (line) => buffer.indexOf(line));
    const ends = starts.map((start, row) => start + (lines[row]?.length ?? 0));
    const original = (row: number): Uint8Array | undefined => (row === 2 ? Buffer.from('{ "a":7, "b":0 }') : undefined);
    const records = { encoding: 'json' as const, buffer, starts, ends, original };
    const ordinal = (row: number): number => 100 + row;
    const origin = { source: 'pairs:3', partition: 3, unit: 'offset' as const, ordinal, records };
    const envelope = (offset: number) => ({ key: Buffer.from(`${offset}`), headers: [] });
    const batch = batchFromRows(
      pair,
      lines.map((line): Row => JSON.parse(line)),
      { origin },
    );
    const selected = { ...batch, selection: Int32Array.of(0, 2), envelope };
    const { rows } = new Parity(pair, outcome).process(selected);
    expect(rows && [...rowsOf(rows)]).toEqual([{ outcome: 0 }, { outcome: 0 }]);
    expect(rows?.origin).toMatchObject({ source: 'pairs:3', partition: 3, unit: 'offset' });
    expect([0, 1].map((row) => rows?.origin?.ordinal(row))).toEqual([100, 102]);
    const kept = rows?.origin?.records;
    const [start = 0, end = 0] = [kept?.starts[0], kept?.ends[0]];
    expect(kept?.buffer.subarray(start, end).toString()).toBe(lines[0]);
    expect([0, 1].map((row) => kept?.original?.(row)?.toString())).toEqual([undefined, '{ "a":7, "b":0 }']);
    expect(rows?.envelope?.(102)?.key?.toString()).toBe('102');
  });

  it.each(['yt', 'sensor'])('refuses records without two whole numbers: %s', (name) => {
    expect(() => new Parity(loadSchema(name), outcome)).toThrow(UsageError);
  });
});
