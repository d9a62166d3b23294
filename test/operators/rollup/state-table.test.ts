import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StateTable } from '../../../src/operators/rollup/state-table.js';

/** Pairs so far apart that a grid of them would be mostly empty. */
const pair = fc.tuple(
  fc.nat(3000),
  fc.nat(3000).map((window) => window * 1000),
);

describe('a table of states', () => {
  it('finds a pair again until it is removed, however many there are', () => {
    const adding = fc.array(pair, { minLength: 1, maxLength: 6000, size: 'max' });
    fc.assert(
      fc.property(fc.array(fc.tuple(adding, fc.nat(3)), { minLength: 1, maxLength: 4 }), (rounds) => {
        const table = new StateTable();
        const model = new Map<string, number>();
        for (const [pairs, nth] of rounds) {
          const keys = Int32Array.from(pairs, ([key]) => key);
          const windows = Int32Array.from(pairs, ([, window]) => window);
          const states = new Int32Array(pairs.length);
          table.locate(keys, 3001, windows, pairs.length, states);
          for (const [at, state] of states.entries()) {
            expect([table.keys[state], table.windows[state]]).toEqual(pairs[at]);
            const known = model.get(String(pairs[at]));
            if (known !== undefined) expect(state).toBe(known);
            model.set(String(pairs[at]), state);
          }
          expect(table.size).toBe(model.size);
          for (const [at, [text, state]] of [...model].entries()) {
            if (at % 4 !== nth) continue;
            table.remove(state);
            model.delete(text);
          }
          expect([...table.all()].sort((a, b) => a - b)).toEqual([...model.values()].sort((a, b) => a - b));
        }
      }),
      { numRuns: 20 },
    );
  });
});
