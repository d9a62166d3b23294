import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StateNumbers } from '../../../src/operators/rollup/state-numbers.js';

function taken(windows: readonly number[]): { readonly numbers: number[]; readonly top: number } {
  const numbers = new StateNumbers();
  return { numbers: windows.map((window) => numbers.take(window)), top: numbers.top };
}

describe('numbers of states', () => {
  it('are given out once, and few of them are held back', () => {
    const near = fc.integer({ min: -100, max: 100 });
    const far = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 9, arbitrary: near }, far), { maxLength: 5000, size: 'max' }),
        (windows) => {
          const { numbers, top } = taken(windows);
          expect(new Set(numbers).size).toBe(numbers.length);
          expect(Math.max(-1, ...numbers)).toBeLessThan(top);
          expect(top).toBeLessThanOrEqual(numbers.length * 1.125);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('of a window with many states lie side by side, whatever comes between them', () => {
    const windows = Array.from({ length: 200_000 }, (_, at) => (at * 7919) % 60);
    const { numbers } = taken(windows);
    const own = numbers.filter((_, at) => windows[at] === 0);
    const steps = own.slice(1).filter((number, at) => number !== (own[at] ?? 0) + 1);
    expect(own.length / steps.length).toBeGreaterThan(40);
  });
});
