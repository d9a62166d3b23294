import { describe, expect, it } from 'vitest';
import { branchOf, fallbackOf, fitRecord, fitValue } from '../../src/records/fit-value.js';
import type { Field, FieldType } from '../../src/records/schema.js';
import type { Row, Value } from '../../src/records/value.js';

const field = (name: string, type: FieldType, more: Partial<Field> = {}): Field => ({
  name,
  type,
  nullable: false,
  nullBranch: 0,
  ...more,
});

describe('fitValue', () => {
  it.each<[FieldType, Value, Value]>([
    [{ kind: 'int' }, 1, 1],
    [{ kind: 'int' }, -0, 0],
    [{ kind: 'long' }, 1e18, 1000000000000000000n],
    [{ kind: 'long' }, 5n, 5],
    [{ kind: 'long' }, -9223372036854775808n, -9223372036854775808n],
    [{ kind: 'double' }, 9007199254740993n, 9007199254740992],
    [{ kind: 'double' }, 'NaN', Number.NaN],
    [{ kind: 'bytes' }, 'Aÿ', Uint8Array.of(65, 255)],
    [{ kind: 'fixed', name: 'f', size: 1 }, Uint8Array.of(1), Uint8Array.of(1)],
    [{ kind: 'union', branches: [{ kind: 'bytes' }, { kind: 'string' }] }, 'a', 'a'],
    [{ kind: 'map', values: { kind: 'int' } }, { a: 1 }, { a: 1 }],
  ])('fits %j %s', (type, value, fitted) => {
    expect(fitValue(type, value, 'x')).toEqual({ value: fitted });
  });

  it.each<[FieldType, Value, string]>([
    [{ kind: 'int' }, 2 ** 31, 'field x must be an int, not 2147483648'],
    [{ kind: 'int' }, 1.5, 'field x must be an int, not 1.5'],
    [{ kind: 'long' }, '7', 'field x must be a long, not "7"'],
    [{ kind: 'long' }, 9223372036854775808n, 'field x must be a long, not 9223372036854775808'],
    [{ kind: 'boolean' }, 1, 'field x must be a boolean, not 1'],
    [{ kind: 'string' }, null, 'field x must be a string, not null'],
    [{ kind: 'string' }, '\ud800', 'field x has a lone surrogate'],
    [{ kind: 'enum', name: 'e', symbols: ['A', 'B'] }, 'C', 'field x must be one of A, B, not "C"'],
    [{ kind: 'bytes' }, '€', 'field x must be bytes, not "€"'],
    [{ kind: 'fixed', name: 'f', size: 2 }, 'a', 'field x must be 2 bytes, not "a"'],
    [{ kind: 'array', items: { kind: 'int' } }, [1, [2]], 'field x[1] must be an int, not [2]'],
    [{ kind: 'union', branches: [{ kind: 'int' }, { kind: 'null' }] }, 'a', 'field x must be an int or null, not "a"'],
  ])('refuses %j %s', (type, value, problem) => {
    expect(fitValue(type, value, 'x')).toEqual({ problem });
  });

  it('shows no more of a value than an error needs', () => {
    const { problem } = fitValue({ kind: 'int' }, 'x'.repeat(100_000), 'x');
    expect(problem?.length).toBeLessThan(80);
  });
});

describe('fitRecord', () => {
  const inner: FieldType = { kind: 'record', name: 'i', fields: [field('b', { kind: 'int' })] };
  const fields = [
    field('a', { kind: 'int' }),
    field('n', { kind: 'string' }, { nullable: true }),
    field('d', { kind: 'bytes' }, { fallback: 'ÿ' }),
    field('r', inner, { nullable: true }),
  ];

  it('fills in what is missing and leaves out what is unknown', () => {
    expect(fitRecord(fields, { a: 1, zzz: 2 })).toEqual({ value: { a: 1, n: null, d: Uint8Array.of(255), r: null } });
  });

  it.each<[Row, string]>([
    [{}, 'field a is missing'],
    [{ a: null }, 'field a must be an int, not null'],
    [{ a: 1, r: { b: true } }, 'field r.b must be an int, not true'],
    [{ a: 1, r: {} }, 'field r.b is missing'],
  ])('refuses %j', (row, problem) => {
    expect(fitRecord(fields, row)).toEqual({ problem });
  });
});

describe('fallbackOf', () => {
  it('is undefined where a field may not be missing', () => {
    expect(fallbackOf(field('a', { kind: 'int' }))).toBeUndefined();
    expect(fallbackOf(field('a', { kind: 'int' }, { nullable: true }))).toBeNull();
    expect(fallbackOf(field('a', { kind: 'int' }, { nullable: true, fallback: 3 }))).toBe(3);
  });
});

describe('branchOf', () => {
  it('prefers the branch of the value’s own kind', () => {
    const branches: FieldType[] = [{ kind: 'bytes' }, { kind: 'int' }, { kind: 'double' }, { kind: 'string' }];
    expect([Uint8Array.of(), 1, 1.5, 'a', true].map((value) => branchOf(branches, value))).toEqual([0, 1, 2, 3, -1]);
  });
});
