import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldRows } from '../../../src/endpoints/produce/held-rows.js';
import { simulatedRows } from '../../../src/endpoints/produce/simulation.js';

describe('HeldRows', () => {
  it('gives rows out by their release, equal ones in the order in which they came: like a sorted list', () => {
    const step = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant('take' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const held = new HeldRows(1000);
        const row = simulatedRows(1);
        const model: { release: number; number: number }[] = [];
        for (const [number, one] of steps.entries()) {
          if (one !== 'take') {
            row.subject[0] = number;
            row.millis[0] = number * 2;
            row.value[0] = number * 3;
            held.put(row, 0, one);
            model.push({ release: one, number });
            model.sort((a, b) => a.release - b.release || a.number - b.number);
          } else if (model.length > 0) {
            expect(held.release).toBe(model[0]?.release);
            held.take(row, 0);
            const number = model.shift()?.number ?? -1;
            expect([row.subject[0], row.millis[0], row.value[0]]).toEqual([number, number * 2, number * 3]);
          }
          expect(held.size).toBe(model.length);
        }
      }),
    );
  });

  it('knows when it is full', () => {
    const held = new HeldRows(100);
    const row = simulatedRows(1);
    for (let count = 0; count < 100; count++) {
      expect(held.full).toBe(false);
      held.put(row, 0, count);
    }
    expect(held.full).toBe(true);
    expect(new HeldRows(1).release).toBe(Infinity);
  });
});
