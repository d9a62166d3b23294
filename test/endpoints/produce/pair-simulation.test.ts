import { describe, expect, it } from 'vitest';
import { PairSimulation } from '../../../src/endpoints/produce/pair-simulation.js';
import { loadSchema } from '../../../src/pipeline/schema-files.js';
import { linesOf, recordsOf } from './produced.js';

const pair = loadSchema('pair');

describe('PairSimulation', () => {
  it('gives the same first pairs for the same seed on every machine', () => {
    expect(linesOf(new PairSimulation(pair, { seed: 7 }), { count: 4 })).toMatchInlineSnapshot(`
      [
        "{"a":727,"b":967}",
        "{"a":102,"b":323}",
        "{"a":57,"b":415}",
        "{"a":-409,"b":-207}",
      ]
    `);
  });

  it.each([0, 0.2, 0.5, 1])('has an odd sum in %d of the pairs', (oddShare) => {
    const pairs = recordsOf(new PairSimulation(pair, { oddShare }), { count: 10_000 });
    const odd = pairs.filter(({ a, b }) => (Number(a) + Number(b)) % 2 !== 0).length / 10_000;
    expect(Math.abs(odd - oddShare)).toBeLessThan(oddShare % 1 === 0 ? 1e-9 : 0.02);
    expect(pairs.every(({ a, b }) => Math.abs(Number(a)) < 1000 && Math.abs(Number(b)) < 1000)).toBe(true);
    expect(pairs.some(({ a }) => Number(a) < 0)).toBe(true);
  });

  it('refuses a share that is none', () => {
    expect(() => new PairSimulation(pair, { oddShare: 2 })).toThrow('--odd-share is 2');
  });
});
