import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/records/time/civil-date.js';
import { BLOCK_DAYS } from '../../../src/records/time/day-cells.js';
import { ZoneBlock } from '../../../src/records/time/zone-block.js';

/** A clock that no zone has: offsets of up to 16 hours that change at any second, four days apart at least. */
class MadeUpClock {
  constructor(readonly segments: readonly { readonly from: number; readonly offset: number }[]) {}

  offsetAt(instant: number): number {
    return this.segments.findLast(({ from }) => from <= instant)?.offset ?? 0;
  }

  /** The instants at which the clock shows `wall`, in order. */
  shows(wall: number): number[] {
    return this.segments
      .map(({ offset }) => wall - offset)
      .filter((instant, at) => instant >= this.segments[at].from && this.offsetAt(instant) === this.segments[at].offset)
      .sort((a, b) => a - b);
  }

  toInstant(wall: number): number {
    const [shown] = this.shows(wall);
    if (shown !== undefined) return shown;
    const after = this.segments.findIndex(
      ({ from, offset }, at) => at > 0 && from + this.segments[at - 1].offset <= wall && wall < from + offset,
    );
    return wall - this.segments[after - 1].offset;
  }

  /** The first instant at which it shows `wall` or a later time: then, or at the change that skips it. */
  firstInstant(wall: number): number {
    const skips = this.segments.filter(({ from, offset }) => from + offset > wall).map(({ from }) => from);
    return Math.min(...this.shows(wall), ...skips);
  }

  latestWall(instant: number): number {
    const before = this.segments.filter(({ from }) => from <= instant && from > Number.NEGATIVE_INFINITY);
    const reached = before.map(({ from }) => from - 1 + this.offsetAt(from - 1));
    return Math.max(instant + this.offsetAt(instant), ...reached);
  }
}

const NUMBER = 17;
const START = NUMBER * BLOCK_DAYS * DAY_MS;
const END = START + BLOCK_DAYS * DAY_MS;

const anyOffset = fc.oneof(
  fc.integer({ min: -64, max: 64 }).map((quarters) => quarters * 900_000),
  fc.integer({ min: -57_600, max: 57_600 }).map((seconds) => seconds * 1000),
);
const daysApart = fc.oneof(fc.integer({ min: 4, max: 12 }), fc.integer({ min: 50, max: 300 }));
const anyClock = fc
  .tuple(
    anyOffset,
    fc.integer({ min: -3 * 86_400, max: 12 * 86_400 }),
    fc.array(fc.tuple(anyOffset, daysApart, fc.integer({ min: 0, max: 86_399 })), { minLength: 1, maxLength: 25 }),
  )
  .map(([first, start, changes]) => {
    let from = START + start * 1000;
    const segments = [{ from: Number.NEGATIVE_INFINITY, offset: first }];
    for (const [offset, days, seconds] of changes) {
      segments.push({ from, offset });
      from += days * DAY_MS + seconds * 1000;
    }
    return new MadeUpClock(segments.filter(({ offset }, at) => at === 0 || offset !== segments[at - 1].offset));
  });
const clockAndTimes = anyClock.chain((clock) => {
  const [, ...changes] = clock.segments;
  const near = fc
    .tuple(fc.constantFrom(START, END - 1, ...changes.map(({ from }) => from)), fc.integer({ min: -2880, max: 2880 }))
    .map(([from, minutes]) => from + minutes * 60_000);
  const any = fc.oneof(near, fc.integer({ min: START, max: END - 1 }));
  const times = fc.array(
    any.filter((time) => time >= START && time < END),
    { minLength: 10, maxLength: 30 },
  );
  return fc.tuple(fc.constant(clock), times);
});

describe('a block of a zone’s clock', () => {
  it('finds every change, and answers as the clock itself', () => {
    fc.assert(
      fc.property(clockAndTimes, ([clock, times]) => {
        const block = new ZoneBlock(NUMBER, (instant) => clock.offsetAt(instant));
        for (const time of times) {
          expect(block.offsetAt(time)).toBe(clock.offsetAt(time));
          expect(block.toInstant(time)).toBe(clock.toInstant(time));
          expect(block.isInGap(time)).toBe(clock.shows(time).length === 0);
          expect(block.firstInstant(time)).toBe(clock.firstInstant(time));
          expect(block.latestWall(time)).toBe(clock.latestWall(time));
          if (block.isInGap(time)) expect(block.gapTime(block.toInstant(time))).toBe(time);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives the days that need no search, which are all but those around a change', () => {
    fc.assert(
      fc.property(anyClock, (clock) => {
        const block = new ZoneBlock(NUMBER, (instant) => clock.offsetAt(instant));
        const [utcDays, clockDays] = [new Map<number, number>(), new Map<number, number>()];
        const fill = (days: Map<number, number>) => (first: number, end: number, offset: number) => {
          for (let day = first; day < end; day++) days.set(day * DAY_MS, offset);
        };
        block.steadyDays(fill(utcDays), fill(clockDays));
        const wrong: number[] = [];
        for (let day = START; day < END; day += DAY_MS) {
          const [utc, wall] = [utcDays.get(day), clockDays.get(day)];
          // Nothing happens between the first and the last millisecond of a day that the two do not show.
          for (const time of [day, day + DAY_MS - 1]) {
            if (utc !== undefined && clock.offsetAt(time) !== utc) wrong.push(time);
            if (utc !== undefined && clock.latestWall(time) !== time + utc) wrong.push(time);
            if (wall !== undefined && clock.shows(time)[0] !== time - wall) wrong.push(time);
          }
          const isQuiet = clock.segments.every(({ from }) => from < day - 3 * DAY_MS || from > day + 4 * DAY_MS);
          if (isQuiet && (utc === undefined || wall === undefined)) wrong.push(day);
        }
        expect(wrong).toEqual([]);
        expect([...utcDays.keys(), ...clockDays.keys()].every((day) => day >= START && day < END)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
