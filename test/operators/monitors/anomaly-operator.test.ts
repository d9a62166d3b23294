import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnomalyOptions } from '../../../src/operators/monitors/anomaly-operator.js';
import { ValueHistory } from '../../../src/operators/monitors/value-history.js';
import type { Row } from '../../../src/records/value.js';
import { asTexts, batches, delayed, inOrder, LATENESS, plain, type Sample, samples } from './arrivals.js';
import { anomaly, bounds, flushed, inBatches, take } from './monitors.js';

type Checks = Pick<AnomalyOptions, 'low' | 'high' | 'zScore' | 'change' | 'warmUp'>;

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [before = 0, at = 0] = [sorted[half - 1], sorted[half]];
  return sorted.length % 2 === 1 ? at : before / 2 + at / 2;
};

function scoreOf(values: readonly number[], value: number): number {
  const center = median(values);
  const distances = values.map((one) => Math.abs(one - center));
  const mad = median(distances);
  if (mad > 0) return (0.6745 * (value - center)) / mad;
  const mean = distances.reduce((sum, one) => sum + one, 0) / distances.length;
  return mean > 0 ? (value - center) / (1.253314 * mean) : 0;
}

/** Each node's values in order, each with all those before it. */
function modelOf(rows: readonly Sample[], { low, high, zScore, change, warmUp }: Checks): unknown[] {
  const found: unknown[] = [];
  for (const node of ['a', 'b', 'ü']) {
    const own = rows.filter((row) => row.node === node).sort((a, b) => a.at - b.at || a.x - b.x);
    let wasBreached = false;
    for (const [place, { x, at }] of own.entries()) {
      const before = own.slice(0, place);
      const last = before.at(-1);
      const checks: string[] = [];
      if (low !== undefined && x < low) checks.push('low');
      if (high !== undefined && x > high) checks.push('high');
      const history = before.slice(-(zScore?.history ?? 1)).map((one) => one.x);
      if (zScore !== undefined && history.length > 0 && Math.abs(scoreOf(history, x)) > zScore.max)
        checks.push('z-score');
      if (change !== undefined && last !== undefined && at > last.at) {
        if (Math.abs(((x - last.x) / (at - last.at)) * change.per) > change.max) checks.push('change');
      }
      const isBreach = place >= warmUp && checks.length > 0;
      if (isBreach) found.push({ node, start: at, end: at, status: 'breach', value: x, check: checks[0] });
      else if (wasBreached) found.push({ node, start: at, end: at, status: 'ok', value: x, check: null });
      wasBreached = isBreach;
    }
  }
  return found;
}

const asModel = (row: Row): unknown => {
  const { node, status, value, check } = row;
  return { node, ...bounds(row), status, value, check };
};

const checks: fc.Arbitrary<Checks> = fc.record(
  {
    low: fc.constantFrom(-10, 1),
    high: fc.constantFrom(2, 10),
    zScore: fc.record({ max: fc.constantFrom(1, 3.5), history: fc.integer({ min: 3, max: 8 }) }),
    change: fc.record({ max: fc.constantFrom(1, 5), per: fc.constantFrom(5000, 60_000) }),
    warmUp: fc.integer({ min: 0, max: 5 }),
  },
  { requiredKeys: ['warmUp'] },
);

describe('monitor anomaly', () => {
  it('finds what is out of bounds, far from the others, or changing too fast', () => {
    fc.assert(
      fc.property(samples, checks, batches, fc.boolean(), (rows, some, sizes, ticks) => {
        const ordered = rows.toSorted((a, b) => a.at - b.at || a.x - b.x);
        const given = inBatches(anomaly(some), ordered.map(plain), sizes, ticks);
        expect(asTexts(given.map(asModel))).toEqual(asTexts(modelOf(rows, some)));
      }),
    );
  });

  it('gives the same where records come out of order, within the allowed lateness', () => {
    fc.assert(
      fc.property(samples, checks, batches, fc.boolean(), (rows, some, sizes, ticks) => {
        const operator = anomaly({ ...some, allowedLateness: LATENESS });
        const given = inBatches(operator, delayed(rows).map(plain), sizes, ticks);
        const straight = anomaly({ ...some, allowedLateness: LATENESS });
        expect(given).toEqual(inBatches(straight, inOrder(rows).map(plain), [1000], false));
        expect(asTexts(given.map(asModel))).toEqual(asTexts(modelOf(rows, some)));
      }),
    );
  });

  it('gives the same rows, byte for byte, whatever the batches', () => {
    fc.assert(
      fc.property(samples, checks, batches, fc.constantFrom(0, LATENESS), (rows, some, sizes, allowedLateness) => {
        const make = () => anomaly({ ...some, allowedLateness });
        const all = rows.map(plain);
        expect(inBatches(make(), all, sizes, true)).toEqual(inBatches(make(), all, [1000], false));
      }),
    );
  });

  it('refuses what is older than the last value of its node, and what is no number', () => {
    const operator = anomaly({ high: 1 });
    expect(
      take(operator, [row(0, 1000), row(5, 500), row(Number.NaN, 2000), { node: 'a', x: null, at: 3000 }]),
    ).toEqual(['late: newer records of its group were taken before', 'field x is NaN, which compares with nothing']);
    expect(flushed(operator, 'end')).toEqual([]);
  });

  it('explains every check that a value fails', () => {
    const operator = anomaly({ high: 10, zScore: { max: 3.5, history: 5 }, change: { max: 5, per: 60_000 } });
    take(
      operator,
      [1, 2, 3, 2, 40].map((x, at) => row(x, at * 10_000)),
    );
    expect(flushed(operator).map(({ reason }) => reason)).toEqual([
      'x rose by 1 in 10s, more than 5 in 1m',
      'x rose by 1 in 10s, more than 5 in 1m',
      'x fell by 1 in 10s, more than 5 in 1m',
      'x is 40, more than 10, and is 40, 51.26 robust deviations from the median 2 of the last 4 values, more than 3.5, and rose by 38 in 10s, more than 5 in 1m',
    ]);
  });
});

it('takes −0 for 0', () => {
  const operator = anomaly({ high: -1 });
  take(operator, [{ node: 'a', x: -0, at: 0 }]);
  expect(flushed(operator)).toMatchObject([{ value: 0 }]);
});

describe('the last values', () => {
  it('have the median and the spread of a list that is sorted anew', () => {
    // Of the two zeros either may be in the middle.
    const value = fc
      .oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e9, max: 1e9, noNaN: true }))
      .map((one) => (one === 0 ? 0 : one));
    /** Next to a spread that is next to nothing a score is as large as doubles are. */
    const isNear = (a: number, b: number): boolean =>
      a === b || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (values, length) => {
          const history = new ValueHistory(length);
          expect(history.scoreOf(1)).toBe(undefined);
          for (const [place, one] of values.entries()) {
            history.add(one);
            const last = values.slice(0, place + 1).slice(-length);
            expect(history.values).toEqual(last);
            expect(history.scoreOf(1)?.median).toBe(median(last));
            const [score, expected] = [history.scoreOf(1)?.score ?? Number.NaN, scoreOf(last, 1)];
            expect(isNear(score, expected), `${score} for ${expected}`).toBe(true);
          }
        },
      ),
    );
  });

  it('tell nothing where all of them are equal', () => {
    const history = new ValueHistory(5);
    for (let at = 0; at < 9; at++) history.add(7);
    expect(history.scoreOf(1000)).toEqual({ median: 7, score: 0 });
  });

  it('are compared by their mean distance where more than half are equal', () => {
    const history = new ValueHistory(5);
    for (const value of [7, 7, 7, 7, 12]) history.add(value);
    expect(history.scoreOf(12)?.score).toBeCloseTo(5 / (1.253314 * 1), 12);
  });
});

function row(x: number, at: number): Row {
  return { node: 'a', x, at };
}
