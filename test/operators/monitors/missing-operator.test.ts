import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchFromRows } from '../../../src/records/row-batch.js';
import type { Row } from '../../../src/records/value.js';
import { asTexts, batches, delayed, inOrder, LATENESS, plain, type Sample, samples } from './arrivals.js';
import { bounds, flushed, inBatches, missing, sample, take } from './monitors.js';

const SILENCE = 60_000;
const expected = batchFromRows(sample, [{ node: 'a' }, { node: 'z' }], { paths: ['node'] });

/** Each node's records in order: a gap that is too long is a silence. */
function modelOf(rows: readonly Sample[], expects: readonly string[]): unknown[] {
  const found: unknown[] = [];
  const times = rows.map(({ at }) => at);
  const [first, end] = [Math.min(...times), Math.max(...times)];
  for (const node of new Set([...rows.map((row) => row.node), ...expects])) {
    const own = rows.filter((row) => row.node === node).map(({ at }) => at);
    const seen = [...(expects.includes(node) ? [null] : []), ...own.sort((a, b) => a - b)];
    for (const [place, last] of seen.entries()) {
      const start = last ?? first;
      const next = seen[place + 1];
      if ((next ?? end) - start > SILENCE) {
        found.push({ node, start, end: start + SILENCE, status: 'breach', last, silence: SILENCE });
        if (next !== undefined && next !== null) {
          found.push({ node, start, end: next, status: 'ok', last, silence: next - start });
        }
      } else if (last === null && next === undefined) {
        found.push({ node, start, end, status: 'breach', last, silence: end - start });
      }
    }
  }
  return found;
}

/** As records come: one that is further behind the newest than a silence says nothing. */
function modelOfArrivals(rows: readonly Sample[]): unknown[] {
  const found: unknown[] = [];
  const lasts = new Map<string, number>();
  const silent = new Set<string>();
  let newest = Number.NEGATIVE_INFINITY;
  for (const { node, at } of rows) {
    newest = Math.max(newest, at);
    for (const [other, start] of lasts) {
      if (start + SILENCE >= newest || silent.has(other)) continue;
      silent.add(other);
      const end = start + SILENCE;
      found.push({ node: other, start, end, status: 'breach', last: start, silence: SILENCE });
    }
    const last = lasts.get(node);
    if (at + SILENCE < newest || (last !== undefined && at <= last)) continue;
    if (silent.delete(node) && last !== undefined) {
      found.push({ node, start: last, end: at, status: 'ok', last, silence: at - last });
    }
    lasts.set(node, at);
  }
  return found;
}

const asModel = (row: Row): unknown => {
  const { node, status, last_seen: last, silence } = row;
  return { node, ...bounds(row), status, last: last === null ? null : Date.parse(String(last)), silence };
};

const some = samples.filter((rows) => rows.length > 0);

describe('monitor missing', () => {
  it('tells each silence and each return, and what never came', () => {
    fc.assert(
      fc.property(some, batches, fc.boolean(), fc.boolean(), (rows, sizes, ticks, expects) => {
        const operator = missing(expects ? { expected } : {});
        const given = inBatches(operator, inOrder(rows).map(plain), sizes, ticks);
        expect(asTexts(given.map(asModel))).toEqual(asTexts(modelOf(rows, expects ? ['a', 'z'] : [])));
      }),
    );
  });

  it('gives the same where records come out of order, within the allowed lateness', () => {
    fc.assert(
      fc.property(some, batches, fc.boolean(), (rows, sizes, ticks) => {
        const operator = missing({ expected, allowedLateness: LATENESS });
        const given = inBatches(operator, delayed(rows).map(plain), sizes, ticks);
        const straight = inBatches(
          missing({ expected, allowedLateness: LATENESS }),
          inOrder(rows).map(plain),
          [1000],
          false,
        );
        expect(given).toEqual(straight);
      }),
    );
  });

  it('gives the same rows, byte for byte, whatever the batches', () => {
    fc.assert(
      fc.property(some, batches, fc.constantFrom(0, LATENESS), (rows, sizes, allowedLateness) => {
        const make = () => missing({ expected, allowedLateness });
        const all = rows.map(plain);
        expect(inBatches(make(), all, sizes, true)).toEqual(inBatches(make(), all, [1000], false));
      }),
    );
  });

  it('takes a record that comes out of order for a sign of life', () => {
    const operator = missing();
    expect(take(operator, [row('a', 0), row('b', 60_000), row('a', 50_000), row('b', 100_000)])).toEqual([]);
    expect(flushed(operator)).toEqual([]);
  });

  it('raises nothing for a record that is further behind than a silence, and tells a return once', () => {
    const operator = missing({ silence: 10_000 });
    const behind = [1, 2, 3, 4, 5].map((seconds) => row('b', seconds * 1000));
    const late = 'late: it came more than 10s behind the others';
    expect(take(operator, [row('b', 0), row('a', 100_000), ...behind, row('c', 1000)])).toEqual(Array(6).fill(late));
    expect(flushed(operator)).toMatchObject([{ node: 'b', status: 'breach' }]);
    expect(take(operator, [row('b', 95_000), row('a', 100_001)])).toEqual([]);
    expect(flushed(operator)).toMatchObject([{ node: 'b', status: 'ok', reason: 'it is back after 95s' }]);
  });

  it('tells what it could tell as records came, where none are waited for', () => {
    fc.assert(
      fc.property(some, batches, fc.boolean(), (rows, sizes, ticks) => {
        const given = inBatches(missing(), rows.map(plain), sizes, ticks);
        expect(asTexts(given.map(asModel))).toEqual(asTexts(modelOfArrivals(rows)));
      }),
    );
  });

  it('gives the same rows whenever a partition ends', () => {
    const given = [false, true].map((ticks) => {
      const operator = missing({ silence: 10_000, partitions: 2 });
      take(operator, [row('b', 50_000), row('a', 100_000)]);
      operator.ended(1);
      const rows = ticks ? flushed(operator) : [];
      take(operator, [row('b', 95_000)]);
      return [...rows, ...flushed(operator, 'end')];
    });
    expect(given[0]).toEqual(given[1]);
    expect(given[0].map(({ node, status }) => `${node} ${status}`)).toEqual(['b breach', 'b ok']);
  });

  it('waits for the partition that is furthest behind', () => {
    const operator = missing({ silence: 10_000, partitions: 2 });
    const seconds = Array.from({ length: 60 }, (_, second) => second * 1000);
    for (const at of seconds) take(operator, [row('a', at)], sample, 0);
    for (const at of seconds) expect(take(operator, [row('b', at)], sample, 1)).toEqual([]);
    expect(flushed(operator, 'end')).toEqual([]);
  });

  it('says of an input without a record that what was expected never came', () => {
    const operator = missing({ expected, now: () => 5000 });
    const given = flushed(operator, 'end');
    expect(given.map(asModel)).toEqual(
      ['a', 'z'].map((node) => ({ node, start: 5000, end: 5000, status: 'breach', last: null, silence: 0 })),
    );
  });
});

describe('a live stream that is quiet', () => {
  const clock = { now: 1_000_000 };
  const live = (more: Parameters<typeof missing>[0] = {}) => {
    clock.now = 1_000_000;
    return missing({ live: true, now: () => clock.now, ...more });
  };

  it('is told by the clock', () => {
    const operator = live();
    take(operator, [row('a', 999_000)]);
    clock.now += SILENCE;
    expect(flushed(operator)).toEqual([]);
    clock.now += 1;
    expect(flushed(operator).map(asModel)).toEqual([
      { node: 'a', start: 999_000, end: 1_059_000, status: 'breach', last: 999_000, silence: SILENCE },
    ]);
    take(operator, [row('a', 1_070_000)]);
    expect(flushed(operator)).toMatchObject([{ status: 'ok', reason: 'it is back after 71s' }]);
  });

  it('is not told by the clock where its records are old: a replay gives the same at any speed', () => {
    const operator = live();
    take(operator, [row('a', 1_000_000 - SILENCE - 1)]);
    clock.now += 10 * SILENCE;
    expect(flushed(operator)).toEqual([]);
  });

  it('is told where nothing that was expected has come at all', () => {
    const operator = live({ expected });
    clock.now += SILENCE + 1;
    expect(flushed(operator).map(({ node }) => node)).toEqual(['a', 'z']);
    clock.now += SILENCE;
    expect(flushed(operator)).toEqual([]);
    take(operator, [row('a', clock.now)]);
    expect(flushed(operator)).toMatchObject([{ node: 'a', status: 'ok', reason: 'it has come' }]);
  });

  it.each([{ partitions: 2 }, { allowedLateness: 30_000 }])('has brought what is held, with %o', (more) => {
    const operator = live({ expected, silence: 10_000, ...more });
    const told: unknown[] = [];
    for (let seconds = 0; seconds <= 45; seconds++) {
      take(operator, [row('a', clock.now)]);
      told.push(...flushed(operator).map(({ node, reason }) => ({ seconds, node, reason })));
      clock.now += 1000;
    }
    // The first record has begun its silence.
    expect(told).toEqual([{ seconds: expect.any(Number), node: 'z', reason: 'it was expected and never came' }]);
  });

  it('has brought the one record that is held', () => {
    const operator = live({ expected, silence: 20_000, partitions: 2 });
    clock.now += 19_000;
    take(operator, [row('a', clock.now)]);
    clock.now += 11_000;
    expect(flushed(operator)).toEqual([]);
  });

  it('does not wait for partitions without records for ever', () => {
    const operator = live({ partitions: 2 });
    take(operator, [row('a', 1_000_000), row('b', 1_000_000)]);
    for (let seconds = 1; seconds <= 50; seconds++) {
      clock.now += 1000;
      take(operator, [row('b', clock.now)]);
    }
    expect(flushed(operator)).toEqual([]);
    clock.now += 10_001;
    expect(flushed(operator)).toMatchObject([{ node: 'a', status: 'breach' }]);
  });
});

function row(node: string, at: number): Row {
  return { node, x: null, at };
}
