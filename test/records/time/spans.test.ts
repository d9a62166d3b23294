import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spansOf } from '../../../src/records/time/spans.js';
import { UTC, zoneOf } from '../../../src/records/time/zone.js';
import { CHANGES, SlowClock } from './slow-clock.js';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const at = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString();

const anySize = fc.oneof(
  fc.constantFrom(1, 250, 1000, 10_000, MINUTE, HOUR, 7 * HOUR, DAY, 36 * HOUR, 7 * DAY, 30 * DAY),
  fc.integer({ min: 1, max: 40 * DAY }),
);
const anyInstant = fc.oneof(
  fc.integer({ min: at('1900-01-01'), max: at('2100-01-01') }),
  fc
    .constantFrom(...CHANGES)
    .chain(([, change]) => fc.integer({ min: -2 * DAY, max: 2 * DAY }).map((millis) => at(change) + millis)),
);
const anyZone = fc.constantFrom('UTC', ...CHANGES.map(([zone]) => zone)).map((name) => zoneOf(name));

describe('spans', () => {
  it('of less than a day begin at multiples of the size from the epoch, in any zone', () => {
    for (const zone of [UTC, zoneOf('Asia/Kathmandu')]) {
      const spans = spansOf(HOUR, zone);
      expect(iso(spans.start(spans.windowOf(at('2017-08-02T14:31:00Z'))))).toBe('2017-08-02T14:00:00.000Z');
    }
  });

  it('of days begin at midnight of the zone, also when the clock is changed', () => {
    const spans = spansOf(DAY, zoneOf('America/New_York'));
    const window = spans.windowOf(at('2017-03-12T12:00:00Z'));
    expect([window, window + 1, window + 2].map((one) => iso(spans.start(one)))).toEqual([
      '2017-03-12T05:00:00.000Z',
      '2017-03-13T04:00:00.000Z',
      '2017-03-14T04:00:00.000Z',
    ]);
  });

  it('of several days are counted from 1970-01-01', () => {
    expect(iso(spansOf(7 * DAY, UTC).start(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(iso(spansOf(7 * DAY, zoneOf('Asia/Tokyo')).start(0))).toBe('1969-12-31T15:00:00.000Z');
    expect(iso(spansOf(7 * DAY, zoneOf('Asia/Tokyo')).start(1))).toBe('1970-01-07T15:00:00.000Z');
  });

  it('of days and a half are exact lengths of time in any zone', () => {
    const spans = spansOf(36 * HOUR, zoneOf('America/New_York'));
    expect(spans.start(11_492)).toBe(11_492 * 36 * HOUR);
  });

  it('follow each other, and every instant is in one', () => {
    fc.assert(
      fc.property(anySize, anyZone, anyInstant, (size, zone, instant) => {
        const spans = spansOf(size, zone);
        const window = spans.windowOf(instant);
        expect(spans.start(window)).toBeLessThanOrEqual(instant);
        expect(spans.start(window + 1)).toBeGreaterThan(instant);
      }),
    );
  });

  it('of days hold the local days that the clock shows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(...CHANGES),
        fc.integer({ min: -48, max: 48 }),
        (days, [name, change], hours) => {
          const [zone, clock, instant] = [zoneOf(name), new SlowClock(name), at(change) + hours * HOUR];
          const wall = clock.wallAt(instant);
          if (zone.toInstant(wall) === instant) {
            expect(spansOf(days * DAY, zone).windowOf(instant)).toBe(Math.floor(wall / (days * DAY)));
          }
        },
      ),
    );
  });

  it('are the same for a batch as for each instant', () => {
    fc.assert(
      fc.property(anySize, anyZone, fc.array(anyInstant), (size, zone, instants) => {
        const spans = spansOf(size, zone);
        const out = spans.int32 ? new Int32Array(instants.length) : new Float64Array(instants.length);
        spans.assign(Float64Array.from(instants), instants.length, out);
        expect([...out]).toEqual(instants.map((instant) => spans.windowOf(instant)));
      }),
    );
  });

  it('say where an int32 holds every number', () => {
    const last = at('9999-12-31T23:59:59Z');
    for (const [size, int32] of [
      [1, false],
      [1000, false],
      [100_000, false],
      [2 * MINUTE, true],
      [DAY, true],
    ] as const) {
      expect([size, spansOf(size, UTC).int32]).toEqual([size, int32]);
      if (int32) expect(spansOf(size, UTC).windowOf(last)).toBeLessThan(2 ** 31);
    }
  });

  it('have a size', () => {
    for (const size of [0, -1, 0.5, Number.NaN]) expect(() => spansOf(size, UTC)).toThrow(RangeError);
  });
});
