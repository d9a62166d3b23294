import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSchema } from '../../../src/pipeline/schema-files.js';
import type { Row } from '../../../src/records/value.js';
import { batches, delayed, inOrder, LATENESS, plain, type Sample, samples } from './arrivals.js';
import { bounds, flushed, inBatches, ratio, take } from './monitors.js';

interface Model {
  readonly size: number;
  readonly slide: number;
  readonly max: number;
  readonly minSamples: number;
  readonly breaches: number;
}

/** Every window of every node is tried; breaches in a row are counted behind one another. */
function modelOf(rows: readonly Sample[], { size, slide, max, minSamples, breaches }: Model): unknown[] {
  const found: unknown[] = [];
  const runs = new Map<string, number>();
  for (let start = -size; start <= 600_000; start += slide) {
    for (const node of ['a', 'b', 'ü']) {
      const own = rows.filter((row) => row.node === node && row.at >= start && row.at < start + size);
      if (own.length === 0) continue;
      const bad = own.filter(({ x }) => x === 0).length;
      const value = bad / own.length;
      const run = (runs.get(node) ?? 0) + 1;
      if (own.length >= minSamples) runs.set(node, value > max ? run : 0);
      const status = own.length >= minSamples && value > max && run >= breaches ? 'breach' : 'ok';
      found.push({ node, start, end: start + size, status, bad, total: own.length, ratio: value });
    }
  }
  return found;
}

const asModel = (row: Row): unknown => {
  const { node, status, bad, total, ratio: value } = row;
  return { node, ...bounds(row), status, bad, total, ratio: value };
};

const models: fc.Arbitrary<Model> = fc.record({
  size: fc.constantFrom(60_000, 120_000),
  slide: fc.constantFrom(20_000, 60_000),
  max: fc.constantFrom(0, 0.3, 0.5, 1),
  minSamples: fc.integer({ min: 1, max: 3 }),
  breaches: fc.integer({ min: 1, max: 3 }),
});

describe('monitor ratio', () => {
  it('gives the ratio of every window, and breaches in a row', () => {
    fc.assert(
      fc.property(samples, models, batches, fc.boolean(), (rows, model, sizes, ticks) => {
        const given = inBatches(ratio(model), inOrder(rows).map(plain), sizes, ticks);
        expect(given.map(asModel)).toEqual(modelOf(rows, model));
      }),
    );
  });

  it('gives the same where records come out of order, within the allowed lateness', () => {
    fc.assert(
      fc.property(samples, models, batches, fc.boolean(), (rows, model, sizes, ticks) => {
        const operator = ratio({ ...model, allowedLateness: LATENESS });
        const given = inBatches(operator, delayed(rows).map(plain), sizes, ticks);
        expect(given.map(asModel)).toEqual(modelOf(rows, model));
      }),
    );
  });

  it('gives the same rows, byte for byte, whatever the batches', () => {
    fc.assert(
      fc.property(samples, models, batches, (rows, model, sizes) => {
        const some = rows.map(plain);
        expect(inBatches(ratio(model), some, sizes, true)).toEqual(inBatches(ratio(model), some, [1000], false));
      }),
    );
  });

  it('keeps nothing of a group whose windows are closed, where single breaches count', () => {
    const states = [1, 2].map((breaches) => {
      const operator = ratio({ breaches });
      for (let at = 0; at < 100; at++) take(operator, [{ node: `n${at}`, x: 0, at: at * 60_000 }]);
      expect(flushed(operator)).toHaveLength(99);
      return operator.figures().states;
    });
    expect(states).toEqual([1, 100]);
  });

  it('takes a window of too few records for none: it neither ends breaches in a row nor is one', () => {
    const operator = ratio({ minSamples: 2, breaches: 2 });
    const record = (at: number, x: number): Row => ({ node: 'a', x, at });
    take(operator, [record(0, 0), record(1, 0), record(60_000, 1), record(120_000, 0), record(120_001, 0)]);
    expect(flushed(operator, 'end').map(({ status, reason }) => [status, reason])).toEqual([
      ['ok', 'the ratio 1 is over 0.3: 2 of 2 are bad, 1 of 2 windows in a row'],
      ['ok', '1 of at least 2 records: too few to tell'],
      ['breach', 'the ratio 1 is over 0.3: 2 of 2 are bad, 2 windows in a row'],
    ]);
  });

  it('does not count a record as bad of which the condition says nothing', () => {
    const operator = ratio({ by: '' });
    take(operator, [
      { node: 'a', x: null, at: 1 },
      { node: 'a', x: 0, at: 2 },
    ]);
    expect(flushed(operator, 'end')).toMatchObject([{ bad: 1, total: 2, ratio: 0.5 }]);
  });

  it('takes a ratio that is equal to the maximum for none that is over it', () => {
    const operator = ratio({ by: '' });
    take(
      operator,
      Array.from({ length: 10 }, (_, at) => ({ node: 'a', x: at < 3 ? 0 : 1, at })),
    );
    expect(flushed(operator, 'end')).toMatchObject([{ ratio: 0.3, status: 'ok', reason: null }]);
  });
});

describe('records that are stamped on arrival', () => {
  const outcome = loadSchema('outcome');

  it('are in windows that end by the clock, also if nothing more comes', () => {
    let now = 90_000;
    const operator = ratio({ schema: outcome, by: '', bad: 'outcome = 0', now: () => now });
    take(operator, [{ outcome: 0 }, { outcome: 1 }], outcome);
    now = 119_999;
    expect(flushed(operator)).toEqual([]);
    now = 120_000;
    expect(flushed(operator).map(bounds)).toEqual([{ start: 60_000, end: 120_000 }]);
    expect(flushed(operator)).toEqual([]);
  });

  it('wait as long for late ones as it was said', () => {
    let now = 0;
    const operator = ratio({ schema: outcome, by: '', bad: 'outcome = 0', allowedLateness: 10_000, now: () => now });
    take(operator, [{ outcome: 0 }], outcome);
    now = 69_999;
    expect(flushed(operator)).toEqual([]);
    now = 70_000;
    expect(flushed(operator)).toHaveLength(1);
  });

  it('are told from such as have times: a replay of these does not look at the clock', () => {
    const operator = ratio({ now: () => 1e12 });
    take(operator, [{ node: 'a', x: 0, at: 1000 }]);
    expect(flushed(operator)).toEqual([]);
    take(operator, [{ node: 'a', x: 0, at: 2000 }]);
    expect(flushed(operator, 'end')).toMatchObject([{ total: 2 }]);
  });
});

describe('a live stream with quiet partitions', () => {
  it('does not wait for them longer than it was said', () => {
    let now = 1_000_000;
    const operator = ratio({ partitions: 2, behindClock: 5000, now: () => now });
    take(operator, [{ node: 'a', x: 0, at: 1_000_000 }]);
    for (; now < 1_040_000; now += 1000) take(operator, [{ node: 'a', x: 1, at: now }]);
    expect(flushed(operator).map(bounds)).toEqual([{ start: 960_000, end: 1_020_000 }]);
  });

  it('waits for them as long as it takes where records are old', () => {
    let now = 1_000_000;
    const operator = ratio({ partitions: 2, behindClock: 5000, now: () => now });
    for (; now < 1_040_000; now += 1000) take(operator, [{ node: 'a', x: 1, at: now - 5001 }]);
    expect(flushed(operator)).toEqual([]);
  });
});
