import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/endpoints/produce/random.js';

describe('Random', () => {
  it("is xoshiro128** 1.1: the first numbers of its authors' C program for the state 1, 2, 3, 4", () => {
    const random = new Random([1, 2, 3, 4]);
    const numbers = Array.from({ length: 10 }, () => random.bits() >>> 0);
    expect(numbers).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it('gives the same numbers for the same seed and purpose', () => {
    const numbers = (): number[] => {
      const random = Random.for(7, 'yt');
      return Array.from({ length: 4 }, () => random.bits() >>> 0);
    };
    expect(numbers()).toEqual(numbers());
    expect(numbers()).toMatchInlineSnapshot(`
      [
        3083882217,
        3741072333,
        2416011499,
        2983578095,
      ]
    `);
  });

  it('differs by seed and by purpose', () => {
    const first = (seed: number, purpose: string): number => Random.for(seed, purpose).bits();
    const firsts = [first(1, 'yt'), first(2, 'yt'), first(-1, 'yt'), first(1, 'delays'), first(2 ** 53 - 1, 'yt')];
    expect(new Set(firsts).size).toBe(5);
  });

  it('below() stays within its bound, and reaches all of it', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 20 }), (seed, bound) => {
        const random = Random.for(seed, 'test');
        const seen = new Set(Array.from({ length: 1000 }, () => random.below(bound)));
        expect(Math.min(...seen)).toBe(0);
        expect(Math.max(...seen)).toBe(bound - 1);
        expect(seen.size).toBe(bound);
      }),
      { numRuns: 20 },
    );
  });

  it('chance() is true for its share: never for 0, always for 1', () => {
    const random = Random.for(1, 'test');
    const count = (share: number): number =>
      Array.from({ length: 10_000 }, () => random.chance(share)).filter(Boolean).length;
    expect(count(0)).toBe(0);
    expect(count(1)).toBe(10_000);
    expect(count(0.25)).toBeGreaterThan(2300);
    expect(count(0.25)).toBeLessThan(2700);
  });
});
