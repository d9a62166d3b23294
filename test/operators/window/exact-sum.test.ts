import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactQuotient } from '../../../src/operators/window/exact-quotient.js';
import { addSumToSum, addToSum } from '../../../src/operators/window/exact-sum.js';
import { exactOf, nearestDouble } from './exact-number.js';

function sumOf(values: readonly number[]): Float64Array {
  const sum = new Float64Array(2);
  for (const value of values) addToSum(sum, 0, value);
  return sum;
}

function exactSum(values: readonly number[]): bigint {
  return values.reduce((sum, value) => sum + exactOf(value), 0n);
}

/** Numbers such as sensors send: some decimals, so that doubles must round. */
const reading = fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((whole) => whole / 1000);
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const double = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('sums', () => {
  test('of readings are the exact sum, rounded once, in any order', () => {
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 300 }), (values) => {
        const [high, low] = sumOf(values);
        expect(exactOf(high) + exactOf(low)).toBe(exactSum(values));
        expect(high).toBe(nearestDouble(exactSum(values)));
        expect([...sumOf(values.toReversed())]).toEqual([high, low]);
      }),
    );
  });

  test('of integers up to 2^63 are exact', () => {
    fc.assert(
      fc.property(fc.array(long, { maxLength: 200 }), (longs) => {
        const halves = longs.flatMap((one) => [Number(one >> 32n) * 2 ** 32, Number(BigInt.asUintN(32, one))]);
        const [high, low] = sumOf(halves);
        expect(BigInt(high) + BigInt(low)).toBe(longs.reduce((sum, one) => sum + one, 0n));
      }),
    );
  });

  test('of any doubles are within 100 bits of the greatest partial sum', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e300, max: 1e300, noNaN: true }), { maxLength: 50 }), (values) => {
        const [high, low] = sumOf(values);
        const error = exactOf(high) + exactOf(low) - exactSum(values);
        const scale = values.reduce((sum, value) => sum + exactOf(Math.abs(value)), 0n);
        expect((error < 0n ? -error : error) << 100n).toBeLessThanOrEqual(scale);
      }),
    );
  });

  test('what is small is not lost beside what is large', () => {
    expect(sumOf([1e100, 1, -1e100])[0]).toBe(1);
    expect(sumOf([1e30, 1, -1e30])[0]).toBe(1);
    expect(sumOf(Array.from({ length: 10 }, () => 0.1))[0]).toBe(1);
  });

  test('of sums are the sum of all', () => {
    fc.assert(
      fc.property(fc.array(fc.array(reading, { maxLength: 50 }), { maxLength: 8 }), (parts) => {
        const all = new Float64Array(4);
        for (const part of parts) {
          all.set(sumOf(part), 2);
          addSumToSum(all, 0, all, 2);
        }
        expect(exactOf(all[0]) + exactOf(all[1])).toBe(exactSum(parts.flat()));
      }),
    );
  });

  test('infinities, NaN and overflow are those of IEEE 754', () => {
    const { POSITIVE_INFINITY: infinity } = Number;
    expect([...sumOf([1, infinity, 2])]).toEqual([infinity, 0]);
    expect([...sumOf([infinity, -infinity])]).toEqual([Number.NaN, 0]);
    expect([...sumOf([1e308, 1e308, 5])]).toEqual([infinity, 0]);
    const merged = Float64Array.of(1, 0, infinity, 0);
    addSumToSum(merged, 0, merged, 2);
    expect([...merged.subarray(0, 2)]).toEqual([infinity, 0]);
  });
});

describe('averages', () => {
  test('are the exact quotient, rounded once', () => {
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 100 }), (values) => {
        const [high, low] = sumOf(values);
        expect(exactQuotient(high, low, values.length)).toBe(nearestDouble(exactSum(values), BigInt(values.length)));
      }),
    );
  });

  test('of any pair of doubles and any count', () => {
    const count = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 2 ** 53 - 1 }));
    fc.assert(
      fc.property(double, fc.double({ min: -0.2, max: 0.2, noNaN: true }), count, (high, share, divisor) => {
        const pair = Float64Array.of(high, 0);
        addToSum(pair, 0, share * Math.abs(high) * 2 ** -52);
        const exact = exactOf(pair[0]) + exactOf(pair[1]);
        const expected = nearestDouble(exact, BigInt(divisor));
        expect(exactQuotient(pair[0], pair[1], divisor) + 0).toBe(expected + 0);
      }),
      { numRuns: 2000 },
    );
  });

  test('that lie next to the middle of two doubles are rounded by the last bit', () => {
    // (2^53 + 1) / 2 is representable; / 4, with one bit more or less below, is not.
    for (const low of [0, 2 ** -60, -(2 ** -60), 1, -1, 1 + 2 ** -52]) {
      for (const high of [2 ** 54 + 4, 2 ** 54 + 12, 2 ** 55 + 8]) {
        for (const divisor of [1, 2, 3, 4, 5, 7, 8, 1000]) {
          const expected = nearestDouble(exactOf(high) + exactOf(low), BigInt(divisor));
          expect(exactQuotient(high, low, divisor)).toBe(expected);
        }
      }
    }
  });

  test('of the least and the greatest doubles', () => {
    expect(exactQuotient(Number.MIN_VALUE, 0, 2)).toBe(0);
    expect(exactQuotient(Number.MIN_VALUE * 3, 0, 2)).toBe(Number.MIN_VALUE * 2);
    expect(exactQuotient(Number.MAX_VALUE, 0, 1)).toBe(Number.MAX_VALUE);
    expect(exactQuotient(Number.MAX_VALUE, 0, 3)).toBe(Number.MAX_VALUE / 3);
    expect(exactQuotient(Number.POSITIVE_INFINITY, 0, 3)).toBe(Number.POSITIVE_INFINITY);
  });
});
