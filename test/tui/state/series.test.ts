import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Series } from '../../../src/tui/state/series.js';

/** A series whose slots have these periods. */
function seriesOf(periods: readonly number[]): Series {
  return new Series((left, right) => (periods[left] ?? 0) - (periods[right] ?? 0));
}

describe('the periods of a key', () => {
  it('are in their order, whichever come and go', () => {
    const step = fc.record({
      period: fc.integer({ min: 0, max: 9999 }),
      goes: fc.constantFrom('first', 'any', 'none'),
    });
    fc.assert(
      fc.property(fc.uniqueArray(step, { maxLength: 60, selector: ({ period }) => period }), (steps) => {
        const periods = steps.map(({ period }) => period);
        const series = seriesOf(periods);
        let model: number[] = [];
        for (const [slot, { period, goes }] of steps.entries()) {
          series.add(slot, '');
          model.push(slot);
          model.sort((a, b) => (periods[a] ?? 0) - (periods[b] ?? 0));
          const gone = goes === 'none' ? undefined : model[goes === 'first' ? 0 : period % model.length];
          if (gone !== undefined) series.remove(gone, '');
          model = model.filter((one) => one !== gone);
          for (const [at, one] of model.entries()) {
            expect(series.slots(one)).toEqual(model);
            expect(series.before(one)).toBe(model[at - 1]);
            expect(series.upTo(one, 3)).toEqual(model.slice(Math.max(0, at - 2), at + 1));
          }
        }
      }),
    );
  });

  it('are looked at a few times for each that comes and makes room, however many there are', () => {
    const [kept, count] = [5000, 20_000];
    let looks = 0;
    const series = new Series((left, right) => {
      looks++;
      return left - right;
    });
    for (let slot = 0; slot < count; slot++) {
      series.add(slot, '');
      if (slot >= kept) series.remove(slot - kept, '');
    }
    expect(looks).toBeLessThan(2 * count);
    const last = count - 1;
    const all = Array.from({ length: kept }, (_, at) => count - kept + at);
    expect(series.slots(last)).toEqual(all);
    const copy = series.copy((left, right) => left - right);
    series.remove(last, '');
    copy.remove(count - kept, '');
    expect(series.slots(last - 1)).toEqual(all.slice(0, -1));
    expect(copy.slots(last)).toEqual(all.slice(1));
    expect(copy.before(last)).toBe(last - 1);
  });
});
