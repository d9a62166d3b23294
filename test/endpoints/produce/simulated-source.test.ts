import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SensorSimulation } from '../../../src/endpoints/produce/sensor-simulation.js';
import { SimulatedSource, type SimulatedSourceOptions } from '../../../src/endpoints/produce/simulated-source.js';
import type { Simulation } from '../../../src/endpoints/produce/simulation.js';
import { YtSimulation } from '../../../src/endpoints/produce/yt-simulation.js';
import { loadSchema } from '../../../src/pipeline/schema-files.js';
import { rowsOf } from '../../../src/records/rows.js';
import { ManualClock } from './manual-clock.js';
import { bytesOf, linesOf, recordsOf, STORIES } from './produced.js';

const yt = loadSchema('yt');
const share = fc.constantFrom(0, 0.01, 0.3, 1);
const anyStory = fc.constantFrom(...Object.values(STORIES));

const secondsOf = ({ timestamp }: { timestamp?: unknown }): number => Date.parse(String(timestamp)) / 1000;
const sensors = (): Simulation => new SensorSimulation(loadSchema('sensor'), { nodes: 1, step: 1000 });

describe('SimulatedSource', () => {
  it('sends the same bytes whatever the size of its batches and its pace', () => {
    const options = fc.record({
      seed: fc.integer(),
      count: fc.integer({ min: 0, max: 400 }),
      disorder: share,
      late: share,
      duplicates: share,
      broken: share,
    });
    const pace = fc.record({
      batchRows: fc.integer({ min: 1, max: 50 }),
      rate: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
      interval: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(anyStory, options, pace, (story, wanted, { batchRows, rate, interval }) => {
        const whole = bytesOf(story(wanted.seed), wanted);
        const clock = new ManualClock();
        const paced = {
          ...wanted,
          batchRows,
          clock,
          ...(rate === undefined ? {} : { rate }),
          ...(interval === undefined ? {} : { interval }),
        };
        expect(clock.drain(new SimulatedSource('produce', story(wanted.seed), paced)).equals(whole)).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  it('sends other records for another seed', () => {
    for (const story of Object.values(STORIES)) {
      expect(bytesOf(story(1), { count: 10 })).not.toEqual(bytesOf(story(2), { count: 10 }));
    }
  });

  it('tells so many records of the story, or all of its days', () => {
    expect(linesOf(STORIES.yt(), { count: 5000 })).toHaveLength(5000);
    expect(linesOf(new YtSimulation(yt, { days: 2 }), { count: 5000 })).toHaveLength(18);
    expect(linesOf(STORIES.yt(), { count: 0 })).toEqual([]);
  });

  it('loses none of them by disorder and lateness, and changes none', () => {
    fc.assert(
      fc.property(anyStory, fc.nat(3000), share, share, (story, count, disorder, late) => {
        const disturbed = linesOf(story(), { count, disorder, late });
        expect(disturbed.sort()).toEqual(linesOf(story(), { count }).sort());
      }),
      { numRuns: 40 },
    );
  });

  it('sends the same story with and without broken records in it', () => {
    const sound = linesOf(STORIES.yt(), { count: 500 });
    const partly = linesOf(STORIES.yt(), { count: 500, broken: 0.2 });
    expect(partly).toHaveLength(500);
    const kept = partly.filter((line, at) => line === sound[at]).length;
    expect(kept).toBeGreaterThan(350);
    expect(kept).toBeLessThan(450);
  });

  it('holds records that are out of order back by up to --disorder-by', () => {
    const times = recordsOf(sensors(), { count: 5000, disorder: 0.2, disorderBy: 60_000 }).map(secondsOf);
    let greatest = 0;
    const behind = times.map((time) => {
      greatest = Math.max(greatest, time);
      return greatest - time;
    });
    const outOfOrder = behind.filter((seconds) => seconds > 0).length / times.length;
    expect(outOfOrder).toBeGreaterThan(0.15);
    expect(outOfOrder).toBeLessThan(0.25);
    expect(Math.max(...behind)).toBeLessThanOrEqual(60);
    expect(Math.max(...behind)).toBeGreaterThan(50);
  });

  it('holds late records back by more than --late-by', () => {
    const times = recordsOf(sensors(), { count: 20_000, late: 0.01, lateBy: 600_000 }).map(secondsOf);
    let greatest = 0;
    const behind: number[] = [];
    for (const time of times) {
      // What is still held back at the end of the story comes at once.
      if (time > greatest) greatest = time;
      else behind.push(greatest - time);
    }
    expect(behind.length).toBeGreaterThan(140);
    expect(behind.length).toBeLessThan(260);
    const inTheStory = behind.slice(0, 100);
    expect(Math.min(...inTheStory)).toBeGreaterThanOrEqual(599);
    expect(Math.max(...inTheStory)).toBeLessThanOrEqual(1200);
  });

  it('sends some records twice: one behind the other, or apart where there is disorder', () => {
    const lines = linesOf(STORIES.yt(), { count: 2000, duplicates: 0.1 });
    const story = linesOf(STORIES.yt(), { count: 2000 });
    const repeated = lines.filter((line, at) => line === lines[at - 1]);
    expect(repeated.length).toBe(lines.length - 2000);
    expect(repeated.length).toBeGreaterThan(150);
    expect(repeated.length).toBeLessThan(250);
    expect([...new Set(lines)]).toEqual(story);

    const apart = linesOf(STORIES.yt(), { count: 2000, duplicates: 0.1, disorder: 0.5 });
    expect(new Set(apart)).toEqual(new Set(story));
    expect(apart.filter((line, at) => line === apart[at - 1]).length).toBeLessThan(repeated.length);
    expect(linesOf(STORIES.yt(), { count: 100, duplicates: 1 })).toHaveLength(200);
  });

  it('is endless and keeps its columns where nothing ends it', () => {
    const source = new SimulatedSource('produce yt', STORIES.yt(), { disorder: 0.5, late: 0.5 });
    expect(source.finite).toBe(false);
    let rows = 0;
    while (rows < 3_000_000) {
      const batch = source.take();
      if (typeof batch === 'string') throw new Error(batch);
      rows += batch.length;
      expect(batch.length).toBe(4096);
    }
  });

  it('tells where its rows come from', () => {
    const source = new SimulatedSource('produce yt', STORIES.yt(), { count: 5, batchRows: 3 });
    expect(source.finite).toBe(true);
    source.take();
    const batch = source.take();
    if (typeof batch === 'string') throw new Error(batch);
    expect([...rowsOf(batch)]).toHaveLength(2);
    expect([0, 1].map((row) => batch.origin?.ordinal(row))).toEqual([4, 5]);
    expect(batch.origin?.source).toBe('produce yt');
    expect(source.take()).toBe('end');
  });

  it.each<[string, SimulatedSourceOptions]>([
    ['disorder', { disorder: 1.1 }],
    ['late', { late: -0.1 }],
    ['duplicates', { duplicates: Number.NaN }],
    ['broken', { broken: 2 }],
    ['disorder-by', { disorder: 0.1, disorderBy: 0 }],
    ['count', { count: -1 }],
    ['rate', { rate: 0 }],
    ['interval', { interval: -5 }],
  ])('refuses a wrong --%s', (flag, options) => {
    expect(() => new SimulatedSource('produce yt', STORIES.yt(), options)).toThrow(`--${flag} is `);
  });
});

describe('the pace of a SimulatedSource', () => {
  /** How many records were sent at which millisecond. */
  const sentAt = (simulation: Simulation, options: SimulatedSourceOptions, until: number): [number, number][] => {
    const clock = new ManualClock();
    return clock.record(new SimulatedSource('produce', simulation, { ...options, clock }), until);
  };

  it('sends --rate records a second, evenly', () => {
    expect(sentAt(STORIES.yt(), { rate: 4 }, 1000)).toEqual([
      [0, 1],
      [250, 1],
      [500, 1],
      [750, 1],
      [1000, 1],
    ]);
  });

  it('sends a few together where the rate is high', () => {
    const sent = sentAt(STORIES.yt(), { rate: 100_000 }, 1000);
    const total = sent.reduce((sum, [, count]) => sum + count, 0);
    expect(total).toBeGreaterThan(99_000);
    expect(total).toBeLessThan(101_000);
    expect(sent.length).toBeGreaterThan(100);
    expect(sent.length).toBeLessThanOrEqual(1000);
  });

  it('counts duplicates and broken records in', () => {
    const sent = sentAt(STORIES.yt(), { rate: 100, duplicates: 1, broken: 0.5 }, 10_000);
    const total = sent.reduce((sum, [, count]) => sum + count, 0);
    expect(total).toBe(1001);
  });

  it('tells a step each --interval: a day, a round of readings, a pair', () => {
    const nodes = new SensorSimulation(loadSchema('sensor'), { nodes: 7 });
    expect(sentAt(STORIES.yt(), { interval: 1000 }, 2500)).toEqual([
      [0, 9],
      [1000, 9],
      [2000, 9],
    ]);
    expect(sentAt(nodes, { interval: 500 }, 1000)).toEqual([
      [0, 7],
      [500, 7],
      [1000, 7],
    ]);
    expect(sentAt(STORIES.pairs(), { interval: 10, count: 2 }, 100)).toEqual([
      [0, 1],
      [10, 1],
    ]);
  });

  it("sends a reader that stalled one second's records at most, when it is back", () => {
    const clock = new ManualClock();
    const source = new SimulatedSource('produce', STORIES.yt(), { rate: 10, clock });
    clock.advance(60_000);
    expect(clock.record(source, 60_200)).toEqual([
      [60_000, 10],
      [60_100, 1],
      [60_200, 1],
    ]);
  });

  it('ends at once when it is stopped, also while it waits', async () => {
    const clock = new ManualClock();
    const source = new SimulatedSource('produce', STORIES.yt(), { interval: 60_000, disorder: 0.5, clock });
    source.take();
    expect(source.take()).toBe('wait');
    const ready = source.ready();
    expect(ready).toBeInstanceOf(Promise);
    source.stop();
    await ready;
    expect(clock.waiting).toBe(0);
    expect(source.ready()).toBeUndefined();
    expect(source.take()).toBe('end');
    await source.close();
  });
});
