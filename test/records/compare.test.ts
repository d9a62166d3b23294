import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTexts, compareValues } from '../../src/records/compare.js';
import type { FieldType } from '../../src/records/schema.js';
import type { Value } from '../../src/records/value.js';

/** Sorted by compareValues, whatever the order before. */
const sorted = (type: FieldType, values: Value[], nullable = false): Value[] =>
  [...values].reverse().sort((a, b) => compareValues(type, nullable, a, b));

describe('compareValues', () => {
  it.each<[string, FieldType, Value[]]>([
    ['false before true', { kind: 'boolean' }, [false, true]],
    ['longs, exactly', { kind: 'long' }, [-5n, 3, 9007199254740992n, 9007199254740993n]],
    [
      'doubles, with NaN last',
      { kind: 'double' },
      [Number.NEGATIVE_INFINITY, -1.5, -0, 0, 2, Number.POSITIVE_INFINITY, Number.NaN],
    ],
    ['strings by code point', { kind: 'string' }, ['', 'a', 'ab', 'b', 'é', '\uffff', '😀']],
    ['bytes unsigned', { kind: 'bytes' }, [Uint8Array.of(), Uint8Array.of(1), Uint8Array.of(1, 0), Uint8Array.of(200)]],
    ['enums by position', { kind: 'enum', name: 'e', symbols: ['low', 'high', 'a'] }, ['low', 'high', 'a']],
    ['arrays by item, then length', { kind: 'array', items: { kind: 'int' } }, [[], [1], [1, 2], [2]]],
    ['maps by entry', { kind: 'map', values: { kind: 'int' } }, [{}, { a: 1 }, { b: 1, a: 2 }, { b: 0 }]],
    [
      'unions by branch, then value',
      { kind: 'union', branches: [{ kind: 'string' }, { kind: 'int' }] },
      ['a', 'b', 0, 1],
    ],
  ])('orders %s', (_, type, values) => {
    expect(sorted(type, values)).toEqual(values);
  });

  it('orders records by their fields, in the order of the schema', () => {
    const field = (name: string, kind: 'int' | 'string', nullBranch: 0 | 1) =>
      ({ name, type: { kind }, nullable: true, nullBranch }) as const;
    const type: FieldType = { kind: 'record', name: 'r', fields: [field('b', 'int', 0), field('a', 'string', 1)] };
    const values = [
      { b: null, a: 'z' },
      { b: 1, a: 'x' },
      { b: 1, a: null },
      { b: 2, a: 'a' },
    ];
    expect(sorted(type, values)).toEqual(values);
  });

  it('puts null first, or last where its branch is the second', () => {
    expect(sorted({ kind: 'int' }, [null, 1], true)).toEqual([null, 1]);
    expect(compareValues({ kind: 'int' }, true, null, 1, 1)).toBeGreaterThan(0);
    expect(compareValues({ kind: 'int' }, true, null, null)).toBe(0);
  });

  it('compares texts as their UTF-8 bytes compare', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareTexts(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});
