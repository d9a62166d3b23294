import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/records/errors.js';
import { isInGap, UTC, zoneOf } from '../../../src/records/time/zone.js';
import { CHANGES, ODD_ZONES, SlowClock } from './slow-clock.js';

const wall = (text: string): number => Date.parse(`${text}Z`);
const iso = (instant: number): string => new Date(instant).toISOString();

describe('a name', () => {
  it('is one of the IANA database, in any case, and gives the same zone each time', () => {
    expect(zoneOf('Europe/Berlin').name).toBe('Europe/Berlin');
    expect(zoneOf('europe/BERLIN')).toBe(zoneOf('Europe/Berlin'));
    expect(zoneOf('Asia/Kolkata').name).toBe('Asia/Kolkata');
    expect(zoneOf('US/Eastern').offsetAt(Date.UTC(2017, 7, 1))).toBe(-4 * 3_600_000);
  });

  it('of UTC gives UTC', () => {
    for (const name of ['UTC', 'utc', 'Etc/UTC', 'GMT', 'Etc/GMT', 'Zulu', 'Etc/GMT+0']) expect(zoneOf(name)).toBe(UTC);
    expect(UTC.offsetAt(0)).toBe(0);
    expect(UTC.toInstant(5)).toBe(5);
    expect(isInGap(UTC, 5)).toBe(false);
  });

  it.each([
    ['Europe/Berln', 'Did you mean Europe/Berlin?'],
    ['Berlin', 'Did you mean Europe/Berlin?'],
    ['new york', 'Did you mean America/New_York?'],
    ['Europe/Kyev', 'Did you mean Europe/Kyiv?'],
    ['+02:00', 'For a fixed offset give Etc/GMT-2 (its sign is the other way round).'],
    ['-5', 'For a fixed offset give Etc/GMT+5 (its sign is the other way round).'],
    ['+00:00', 'Give UTC.'],
    ['', 'Give a name of the IANA time zone database, such as Europe/Berlin, or UTC.'],
    ['xyzzyplugh', 'Give a name of the IANA time zone database, such as Europe/Berlin, or UTC.'],
    ['local', undefined],
    ['+05:45', undefined],
  ])('%j is none', (name, next) => {
    let error: unknown;
    try {
      zoneOf(name);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message: `there is no time zone "${name}"`, status: 2 });
    if (next !== undefined) expect(error).toMatchObject({ next });
  });
});

describe('a wall-clock time', () => {
  it.each([
    // New York left 02:00 to 03:00 out in March, and had 01:00 to 02:00 twice in November.
    ['America/New_York', '2017-03-12T01:59:59', '2017-03-12T06:59:59.000Z', false],
    ['America/New_York', '2017-03-12T02:00:00', '2017-03-12T07:00:00.000Z', true],
    ['America/New_York', '2017-03-12T02:30:00', '2017-03-12T07:30:00.000Z', true],
    ['America/New_York', '2017-03-12T03:00:00', '2017-03-12T07:00:00.000Z', false],
    ['America/New_York', '2017-11-05T00:59:59', '2017-11-05T04:59:59.000Z', false],
    ['America/New_York', '2017-11-05T01:30:00', '2017-11-05T05:30:00.000Z', false],
    ['America/New_York', '2017-11-05T02:00:00', '2017-11-05T07:00:00.000Z', false],
    // Lord Howe changes by half an hour.
    ['Australia/Lord_Howe', '2017-10-01T02:15:00', '2017-09-30T15:45:00.000Z', true],
    ['Australia/Lord_Howe', '2017-10-01T02:30:00', '2017-09-30T15:30:00.000Z', false],
    ['Australia/Lord_Howe', '2017-04-02T01:45:00', '2017-04-01T14:45:00.000Z', false],
    // In Sao Paulo the day began at 01:00.
    ['America/Sao_Paulo', '2017-10-15T00:00:00', '2017-10-15T03:00:00.000Z', true],
    // Samoa had no December 30th.
    ['Pacific/Apia', '2011-12-30T12:00:00', '2011-12-30T22:00:00.000Z', true],
    // Before standard time offsets had seconds.
    ['Africa/Monrovia', '1960-01-01T00:00:00', '1960-01-01T00:44:30.000Z', false],
    ['America/New_York', '1850-01-01T00:00:00', '1850-01-01T04:56:02.000Z', false],
    ['Asia/Kathmandu', '2017-08-02T00:00:00', '2017-08-01T18:15:00.000Z', false],
    ['America/New_York', '0001-01-01T00:00:00', '0001-01-01T04:56:02.000Z', false],
    [
      'America/New_York',
      '9999-07-31T23:00:00',
      '+010000-01-01T03:00:00.000Z'.replace('+010000-01-01', '9999-08-01'),
      false,
    ],
  ])('in %s, %s is %s', (name, text, instant, gap) => {
    const zone = zoneOf(name);
    expect(iso(zone.toInstant(wall(text)))).toBe(instant);
    expect(isInGap(zone, wall(text))).toBe(gap);
  });

  it('keeps its microseconds to the last bit, so that equal instants are equal numbers', () => {
    const zone = zoneOf('Asia/Tokyo');
    // 09:00 there is midnight of UTC; in plain doubles 32400000.001 − 32400000 is 0.000999998301267624.
    expect(zone.toInstant(9 * 3_600_000 + 0.001)).toBe(0.001);
  });

  it('agrees with a search through the hours around it, at every kind of change', () => {
    const clocks = new Map(CHANGES.map(([zone]) => [zone, new SlowClock(zone)]));
    const anyChange = fc.constantFrom(...CHANGES);
    fc.assert(
      fc.property(anyChange, fc.integer({ min: -26 * 3600, max: 26 * 3600 }), ([name, change], seconds) => {
        const [zone, slow] = [zoneOf(name), clocks.get(name) ?? new SlowClock(name)];
        const local = slow.wallAt(Date.parse(change)) + seconds * 1000;
        expect([zone.toInstant(local), isInGap(zone, local)]).toEqual([
          slow.toInstant(local),
          slow.shows(local) === undefined,
        ]);
      }),
      { numRuns: 400 },
    );
  });

  it('agrees with it at any time from 1900 to 2100', () => {
    const clocks = ODD_ZONES.map((zone) => new SlowClock(zone));
    fc.assert(
      fc.property(
        fc.constantFrom(...clocks),
        fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        (slow, date) => {
          expect(zoneOf(slow.zone).toInstant(date.getTime())).toBe(slow.toInstant(date.getTime()));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('an offset', () => {
  const between = (from: string, to: string) =>
    fc.date({ min: new Date(from), max: new Date(to), noInvalidDate: true }).map((date) => date.getTime());

  it('is what Intl says, in every zone', () => {
    const clocks = new Map<string, SlowClock>();
    fc.assert(
      fc.property(
        fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
        between('1900-01-01', '2100-01-01'),
        (name, instant) => {
          const slow = clocks.get(name) ?? new SlowClock(name);
          clocks.set(name, slow);
          expect(zoneOf(name).offsetAt(instant)).toBe(slow.wallAt(instant) - instant);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('changes at the very millisecond', () => {
    for (const [name, change] of CHANGES) {
      const [zone, slow, instant] = [zoneOf(name), new SlowClock(name), Date.parse(change)];
      for (const at of [instant - 1, instant]) expect([name, zone.offsetAt(at)]).toEqual([name, slow.wallAt(at) - at]);
      expect(zone.offsetAt(instant), `${name} changes at ${change}`).not.toBe(zone.offsetAt(instant - 1));
    }
  });

  it('is that of the nearest known day beyond the calendar, and no number has none', () => {
    const zone = zoneOf('America/New_York');
    expect(zone.offsetAt(8.64e15)).toBe(zone.offsetAt(Date.UTC(9999, 11, 31)));
    expect(zone.offsetAt(-8.64e15)).toBe(zone.offsetAt(Date.UTC(1800, 1, 1)));
    expect(zone.toInstant(Number.NaN)).toBeNaN();
  });
});
