import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calendarOf,
  nests,
  PERIODS,
  type Period,
  parseLabel,
  periodOfLabel,
} from '../../../src/records/time/calendar.js';
import { zoneOf } from '../../../src/records/time/zone.js';
import { CHANGES, ODD_ZONES, SlowClock } from './slow-clock.js';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString().replace('.000Z', 'Z');
const anyPeriod = fc.constantFrom(...PERIODS);

/** The windows from one instant to another that are not empty: label, start, length in hours. */
function windows(period: Period, zone: string, from: string, to: string): [string, string, number][] {
  const calendar = calendarOf(period, zoneOf(zone));
  const found: [string, string, number][] = [];
  for (let window = calendar.windowOf(at(from)); calendar.start(window) < at(to); window++) {
    const [start, end] = [calendar.start(window), calendar.start(window + 1)];
    if (end > start) found.push([calendar.label(window), iso(start), (end - start) / HOUR]);
  }
  return found;
}

/** The obvious label: from the fields of a Date. */
function slowLabel(period: Period, wall: number): string {
  const text = new Date(wall).toISOString();
  if (period === 'weekly') {
    const thursday = new Date(wall);
    while (thursday.getUTCDay() !== 1) thursday.setUTCDate(thursday.getUTCDate() - 1);
    thursday.setUTCDate(thursday.getUTCDate() + 3);
    let week = 1;
    for (let day = new Date(thursday); day.getUTCFullYear() === thursday.getUTCFullYear(); week++) {
      day.setUTCDate(day.getUTCDate() - 7);
    }
    return `${thursday.toISOString().slice(0, 4)}-W${String(week - 1).padStart(2, '0')}`;
  }
  return text.slice(0, { hourly: 13, daily: 10, monthly: 7, yearly: 4 }[period]);
}

describe('the windows of UTC', () => {
  it('have the labels that the manual shows', () => {
    const labels = PERIODS.map((period) => {
      const calendar = calendarOf(period, zoneOf('UTC'));
      return calendar.label(calendar.windowOf(at('2017-08-02T14:30:00Z')));
    });
    expect(labels).toEqual(['2017-08-02T14', '2017-08-02', '2017-W31', '2017-08', '2017']);
  });

  it('are weeks of ISO 8601: from Monday, of the year of their Thursday', () => {
    expect(windows('weekly', 'UTC', '2020-12-28T00:00:00Z', '2021-01-05T00:00:00Z')).toEqual([
      ['2020-W53', '2020-12-28T00:00:00Z', 168],
      ['2021-W01', '2021-01-04T00:00:00Z', 168],
    ]);
    expect(windows('weekly', 'UTC', '2018-12-31T00:00:00Z', '2019-01-01T00:00:00Z')).toEqual([
      ['2019-W01', '2018-12-31T00:00:00Z', 168],
    ]);
  });

  it('reach from the first to the last year', () => {
    for (const period of PERIODS) {
      const calendar = calendarOf(period, zoneOf('UTC'));
      const [first, last] = [at('0001-01-01T00:00:00Z'), at('9999-12-31T23:59:59.999Z')];
      expect(calendar.start(calendar.windowOf(first))).toBe(first);
      expect(calendar.label(calendar.windowOf(first))).toBe(slowLabel(period, first));
      expect(calendar.label(calendar.windowOf(last))).toBe(slowLabel(period, last));
    }
  });

  it('contain their start and not their end, to the microsecond', () => {
    const calendar = calendarOf('hourly', zoneOf('UTC'));
    const start = at('2200-01-01T00:00:00Z');
    expect(calendar.windowOf(start - 0.001)).toBe(calendar.windowOf(start) - 1);
  });
});

describe('the windows of a zone', () => {
  it('are days of 23 and 25 hours when the clock is changed', () => {
    expect(windows('daily', 'America/New_York', '2017-03-11T05:00:00Z', '2017-03-13T10:00:00Z')).toEqual([
      ['2017-03-11', '2017-03-11T05:00:00Z', 24],
      ['2017-03-12', '2017-03-12T05:00:00Z', 23],
      ['2017-03-13', '2017-03-13T04:00:00Z', 24],
    ]);
    expect(windows('daily', 'America/New_York', '2017-11-05T05:00:00Z', '2017-11-05T06:00:00Z')).toEqual([
      ['2017-11-05', '2017-11-05T04:00:00Z', 25],
    ]);
  });

  it('leave out the hour that is skipped, and have the repeated one once, of two hours', () => {
    expect(windows('hourly', 'America/New_York', '2017-03-12T06:00:00Z', '2017-03-12T08:00:00Z')).toEqual([
      ['2017-03-12T01', '2017-03-12T06:00:00Z', 1],
      ['2017-03-12T03', '2017-03-12T07:00:00Z', 1],
    ]);
    expect(windows('hourly', 'America/New_York', '2017-11-05T04:00:00Z', '2017-11-05T08:00:00Z')).toEqual([
      ['2017-11-05T00', '2017-11-05T04:00:00Z', 1],
      ['2017-11-05T01', '2017-11-05T05:00:00Z', 2],
      ['2017-11-05T02', '2017-11-05T07:00:00Z', 1],
    ]);
  });

  it('are hours of half an hour and of one and a half where the clock is changed by a half', () => {
    expect(windows('hourly', 'Australia/Lord_Howe', '2017-09-30T14:30:00Z', '2017-09-30T16:30:00Z')).toEqual([
      ['2017-10-01T01', '2017-09-30T14:30:00Z', 1],
      ['2017-10-01T02', '2017-09-30T15:30:00Z', 0.5],
      ['2017-10-01T03', '2017-09-30T16:00:00Z', 1],
    ]);
    expect(windows('hourly', 'Australia/Lord_Howe', '2017-04-01T14:00:00Z', '2017-04-01T16:00:00Z')).toEqual([
      ['2017-04-02T01', '2017-04-01T14:00:00Z', 1.5],
      ['2017-04-02T02', '2017-04-01T15:30:00Z', 1],
    ]);
  });

  it('begin with the first time that the clock shows where midnight is skipped', () => {
    expect(windows('daily', 'America/Sao_Paulo', '2017-10-14T03:00:00Z', '2017-10-15T04:00:00Z')).toEqual([
      ['2017-10-14', '2017-10-14T03:00:00Z', 24],
      ['2017-10-15', '2017-10-15T03:00:00Z', 23],
    ]);
    // Toronto went from 23:30 to 00:30 the next day.
    expect(windows('daily', 'America/Toronto', '1919-03-30T05:00:00Z', '1919-03-31T05:00:00Z')).toEqual([
      ['1919-03-30', '1919-03-30T05:00:00Z', 23.5],
      ['1919-03-31', '1919-03-31T04:30:00Z', 23.5],
    ]);
  });

  it('do not have the day that Samoa left out', () => {
    expect(windows('daily', 'Pacific/Apia', '2011-12-29T10:00:00Z', '2011-12-31T10:00:00Z')).toEqual([
      ['2011-12-29', '2011-12-29T10:00:00Z', 24],
      ['2011-12-31', '2011-12-30T10:00:00Z', 24],
    ]);
  });

  it('do not go back to a day when the clock does: it then is of the next', () => {
    // At 00:01 St. John's went back to 23:01 of the day before.
    expect(windows('hourly', 'America/St_Johns', '2006-10-29T01:30:00Z', '2006-10-29T04:00:00Z')).toEqual([
      ['2006-10-28T23', '2006-10-29T01:30:00Z', 1],
      ['2006-10-29T00', '2006-10-29T02:30:00Z', 2],
    ]);
    // 23:30 for the second time.
    const shownAgain = at('2006-10-29T03:00:00Z');
    const labels = PERIODS.map((period) => {
      const calendar = calendarOf(period, zoneOf('America/St_Johns'));
      return calendar.label(calendar.windowOf(shownAgain));
    });
    expect(labels).toEqual(['2006-10-29T00', '2006-10-29', '2006-W43', '2006-10', '2006']);
  });

  const aroundChange = fc
    .tuple(
      fc.constantFrom(...CHANGES),
      fc.oneof(fc.integer({ min: -2 * 86_400, max: 2 * 86_400 }), fc.integer({ min: -7200, max: 7200 })),
    )
    .map(([[zone, change], seconds]): [string, number] => [zone, at(change) + seconds * 1000]);
  const anyTime = fc.tuple(
    fc.constantFrom(...ODD_ZONES),
    fc
      .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.getTime()),
  );

  it('begin when the clock first shows their first local time or a later one, and no instant is in an empty one', () => {
    const clocks = new Map(ODD_ZONES.map((zone) => [zone, new SlowClock(zone)]));
    fc.assert(
      fc.property(anyPeriod, fc.oneof(aroundChange, anyTime), (period, [zone, instant]) => {
        const [calendar, clock] = [calendarOf(period, zoneOf(zone)), clocks.get(zone) ?? new SlowClock(zone)];
        const window = calendar.windowOf(instant);
        const [start, end] = [calendar.start(window), calendar.start(window + 1)];
        expect(start).toBeLessThanOrEqual(instant);
        expect(end).toBeGreaterThan(instant);
        const label = calendar.label(window);
        const first = calendarOf(period, zoneOf('UTC')).start(window);
        expect(slowLabel(period, first)).toBe(label);
        expect(slowLabel(period, first - 1)).not.toBe(label);
        expect(clock.wallAt(start)).toBeGreaterThanOrEqual(first);
        expect(clock.latestBefore(start)).toBeLessThan(first);
      }),
      { numRuns: 500 },
    );
  });

  it('are what the label of the local time says, but for times that the clock shows again', () => {
    fc.assert(
      fc.property(anyPeriod, fc.oneof(aroundChange, anyTime), (period, [name, instant]) => {
        const [zone, clock] = [zoneOf(name), new SlowClock(name)];
        const wall = clock.wallAt(instant);
        const calendar = calendarOf(period, zone);
        if (zone.toInstant(wall) === instant) {
          expect(calendar.label(calendar.windowOf(instant))).toBe(slowLabel(period, wall));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are the same for a batch as for each instant', () => {
    const instants = fc.array(
      fc.oneof(aroundChange, anyTime).map(([, instant]) => instant),
      { maxLength: 50 },
    );
    fc.assert(
      fc.property(anyPeriod, fc.constantFrom('UTC', ...ODD_ZONES), instants, (period, zone, batch) => {
        const calendar = calendarOf(period, zoneOf(zone));
        const out = new Int32Array(batch.length + 1).fill(-7);
        calendar.assign(Float64Array.from([...batch, 0]), batch.length, out);
        expect([...out]).toEqual([...batch.map((instant) => calendar.windowOf(instant)), -7]);
      }),
    );
  });

  it('lie within one window of every period that they nest in', () => {
    fc.assert(
      fc.property(anyPeriod, anyPeriod, fc.oneof(aroundChange, anyTime), (inner, outer, [zone, instant]) => {
        fc.pre(nests(inner, outer));
        const [small, great] = [calendarOf(inner, zoneOf(zone)), calendarOf(outer, zoneOf(zone))];
        const window = small.windowOf(instant);
        expect(great.windowOf(small.start(window))).toBe(great.windowOf(instant));
        expect(great.windowOf(small.start(window + 1) - 1)).toBe(great.windowOf(instant));
      }),
    );
  });
});

it('takes whatever stands in rows that are null', () => {
  const millis = Float64Array.of(Number.NaN, 1e300, Number.NEGATIVE_INFINITY, at('2017-08-02T14:30:00Z'));
  for (const zone of ['UTC', 'Asia/Kathmandu']) {
    for (const period of PERIODS) {
      const calendar = calendarOf(period, zoneOf(zone));
      const out = new Int32Array(4);
      calendar.assign(millis, 4, out);
      expect(out[3]).toBe(calendar.windowOf(millis[3]));
    }
  }
});

it('only weeks nest in nothing greater', () => {
  const nested = PERIODS.map((inner) => [inner, PERIODS.filter((outer) => nests(inner, outer))]);
  expect(Object.fromEntries(nested)).toEqual({
    hourly: ['hourly', 'daily', 'weekly', 'monthly', 'yearly'],
    daily: ['daily', 'weekly', 'monthly', 'yearly'],
    weekly: ['weekly'],
    monthly: ['monthly', 'yearly'],
    yearly: ['yearly'],
  });
});

describe('a label', () => {
  it('names its window', () => {
    fc.assert(
      fc.property(
        anyPeriod,
        fc.integer({ min: at('0001-01-01T00:00:00Z'), max: at('9999-12-31T23:00:00Z') }),
        (period, instant) => {
          const calendar = calendarOf(period, zoneOf('UTC'));
          const window = calendar.windowOf(instant);
          const label = calendar.label(window);
          expect(label).toBe(slowLabel(period, instant));
          expect(parseLabel(period, label)).toBe(window);
          expect(periodOfLabel(label)).toBe(period);
        },
      ),
    );
  });

  it.each([
    ['hourly', '2017-08-02T24'],
    ['hourly', '2017-02-30T01'],
    ['hourly', '2017-08-02 01'],
    ['daily', '2017-02-30'],
    ['daily', '2017-8-2'],
    ['daily', '2017-08-02T00'],
    ['weekly', '2017-W53'],
    ['weekly', '2017-W00'],
    ['weekly', '2017-31'],
    ['monthly', '2017-13'],
    ['monthly', '2017-00'],
    ['monthly', '2017-08-02'],
    ['yearly', '17'],
    ['yearly', '+002017'],
    ['yearly', ''],
  ] as const)('of a %s window is not %j', (period, text) => {
    expect(parseLabel(period, text)).toBeUndefined();
  });

  it('of no period has none', () => {
    for (const text of ['2017-02-30', '2017-W60', 'yesterday', '']) expect(periodOfLabel(text)).toBeUndefined();
  });
});
