import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ISO_DATE, ISO_SECONDS, isWallForm, numberForm, TIME_UNITS } from '../../../src/records/time/form.js';
import { parseTimeNumber, parseTimeText } from '../../../src/records/time/parse-time.js';
import { timeNumber } from '../../../src/records/time/time-number.js';
import { timeNumberProblem, timeProblem } from '../../../src/records/time/time-problem.js';
import { anyTimeText } from './written-times.js';

const utc = (text: string): number => Date.parse(`${text}Z`);

describe('a time text', () => {
  it.each([
    ['2017-08-02', utc('2017-08-02T00:00:00'), true],
    ['2017-08-02T02:00', utc('2017-08-02T02:00:00'), true],
    ['2017-08-02 02:00:00', utc('2017-08-02T02:00:00'), true],
    ['2017-08-02T02:00:00Z', utc('2017-08-02T02:00:00'), false],
    ['2017-08-02T02:00:00.5Z', utc('2017-08-02T02:00:00.500'), false],
    ['2017-08-02T02:00:00.123456', utc('2017-08-02T02:00:00.123') + 0.456, true],
    ['2017-08-02T02:00:00+02:00', utc('2017-08-02T00:00:00'), false],
    ['2017-08-02T02:00:00-0530', utc('2017-08-02T07:30:00'), false],
    ['2017-08-02T02:00-05', utc('2017-08-02T07:00:00'), false],
    ['2017-08-02T02:00:00-00:00', utc('2017-08-02T02:00:00'), false],
    ['2016-02-29', utc('2016-02-29T00:00:00'), true],
    ['0001-01-01', utc('0001-01-01T00:00:00'), true],
    ['9999-12-31T23:59:59.999', utc('9999-12-31T23:59:59.999'), true],
  ])('%s is %d ms from the epoch', (text, millis, isWall) => {
    const time = parseTimeText(text);
    expect(time?.millis).toBe(millis);
    expect(time && isWallForm(time.form)).toBe(isWall);
    expect(timeProblem(text)).toBeUndefined();
  });

  it('has a form that says how it was written', () => {
    expect(parseTimeText('2017-08-02')?.form).toBe(ISO_DATE);
    expect(parseTimeText('2017-08-02T02:00:00')?.form).toBe(ISO_SECONDS);
    // 2 seconds, 9 digits, ±hh:mm, −330 minutes, 789 ns.
    expect(parseTimeText('2017-08-02T02:00:00.123456789-05:30')?.form).toBe(
      (2 | (9 << 3) | (3 << 7) | ((2048 - 330) << 10) | (789 << 22)) >>> 0,
    );
  });

  it.each([
    ['2017-02-30', '2017-02-30 does not exist'],
    ['2017-02-29T00:00:00', '2017-02-29 does not exist'],
    ['1900-02-29', '1900-02-29 does not exist'],
    ['2017-13-01', '2017-13-01 does not exist'],
    ['2017-00-01', '2017-00-01 does not exist'],
    ['2017-04-31', '2017-04-31 does not exist'],
    ['2017-08-00', '2017-08-00 does not exist'],
    ['0000-01-01', '0000-01-01 is before the year 0001'],
    ['2017-08-02T24:00:00', '24:00:00 is not a time of the day'],
    ['2017-08-02T23:60:00', '23:60:00 is not a time of the day'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:60Z is a leap second, which epoch time does not have'],
    ['2017-08-02T02:00:61', '02:00:61 is not a time of the day'],
    ['2017-08-02T02:00:00+24:00', '+24:00 is not an offset from UTC'],
    ['2017-08-02T02:00:00+02:60', '+02:60 is not an offset from UTC'],
    ['2017-08-02T02:00:00-0000', '-0000 is not an offset from UTC; +00:00, -00:00 and Z are'],
    ['2017-08-02T02:00-00', '-00 is not an offset from UTC; +00:00, -00:00 and Z are'],
    ['2017-08-02T02:00:00.0123456789', '2017-08-02T02:00:00.0123456789 is finer than a nanosecond'],
    ['2017-08-02T02:00.5', '2017-08-02T02:00.5 has a fraction of a minute'],
    [
      '2300-01-01T00:00:00.000001',
      '2300-01-01T00:00:00.000001 is finer than a millisecond, which is kept from 1692 to 2247 only',
    ],
    ['', '"" is not a time such as 2017-08-02T02:00:00'],
    ['now', '"now" is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-2', '"2017-08-2" is not a time such as 2017-08-02T02:00:00'],
    ['17-08-02', '"17-08-02" is not a time such as 2017-08-02T02:00:00'],
    ['12017-08-02', '"12017-08-02" is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-02T', '"2017-08-02T" is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-02T02', '"2017-08-02T02" is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-02t02:00:00', '"2017-08-02t02:00:00" is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-02T02:00:00z', '"2017-08-02T02:00:00z" is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-02Z', '"2017-08-02Z" is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-02T02:00:00.', '"2017-08-02T02:00:00." is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-02T02:00:00,5', '"2017-08-02T02:00:00,5" is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-02T02:00:0', '"2017-08-02T02:00:0" is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-02T02:00:00+2', '"2017-08-02T02:00:00+2" is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-02T02:00:00+02:00Z', '"2017-08-02T02:00:00+02:00Z" is not a time such as 2017-08-02T02:00:00'],
    ['2017-08-02T02:00:00 ', '"2017-08-02T02:00:00 " is not a time such as 2017-08-02T02:00:00'],
    ['２017-08-02', '"２017-08-02" is not a time such as 2017-08-02T02:00:00'],
    ['x'.repeat(50), `"${'x'.repeat(40)}…" is not a time such as 2017-08-02T02:00:00`],
  ])('%j is none', (text, problem) => {
    expect(parseTimeText(text)).toBeUndefined();
    expect(parseTimeText(Buffer.from(text))).toBeUndefined();
    expect(timeProblem(text)).toBe(problem);
  });

  it('is what Date.parse() reads', () => {
    fc.assert(
      fc.property(anyTimeText, (text) => {
        const time = parseTimeText(text);
        const [, date, clock = '', fraction = '', zone = ''] =
          /^(.{10})(?:.(\d\d:\d\d(?::\d\d)?))?(\.\d+)?(.*)$/.exec(text) ?? [];
        const offset =
          zone === ''
            ? 'Z'
            : zone.replace(/^([+-]\d\d)(?::?(\d\d))?$/, (_, hours, minutes = '00') => `${hours}:${minutes}`);
        const seconds = Date.parse(clock === '' ? date : `${date}T${clock}${offset}`);
        const micros = Number(fraction.slice(1, 7).padEnd(6, '0'));
        expect(time?.millis).toBe(seconds + Math.floor(micros / 1000) + (micros % 1000) / 1000);
        expect(parseTimeText(Buffer.from(text))).toEqual(time);
        expect(timeProblem(text)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it('has a problem exactly when it is none', () => {
    const damaged = fc
      .tuple(anyTimeText, fc.nat(34), fc.constantFrom(...'0139-:.+ TZtzé', ''))
      .map(([text, at, character]) => text.slice(0, at) + character + text.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(damaged, fc.string()), (text) => {
        expect(timeProblem(text) === undefined).toBe(parseTimeText(text) !== undefined);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a time number', () => {
  it.each([
    [17_380, 'd', Date.UTC(2017, 7, 2), 0],
    [1_501_639_200, 's', 1_501_639_200_000, 0],
    [1_501_639_200.5, 's', 1_501_639_200_500, 0],
    [1_501_639_200.123456, 's', 1_501_639_200_123.456, 0],
    [1e-9, 's', 0, 1],
    [1_501_639_200_123, 'ms', 1_501_639_200_123, 0],
    [1_501_639_200_123.25, 'ms', 1_501_639_200_123.25, 0],
    [-0.001, 'ms', -1 + 0.999, 0],
    [1_501_639_200_123_456, 'us', 1_501_639_200_123.456, 0],
    [1_501_639_200_123_456_789n, 'ns', 1_501_639_200_123.456, 789],
    [-1, 'ns', -1 + 0.999, 999],
    [-1, 'us', -1 + 0.999, 0],
    [253_402_300_799, 's', 253_402_300_799_000, 0],
    [253_402_300_799_999_000n, 'us', 253_402_300_799_999, 0],
  ] as const)('%d %s', (value, unit, millis, nanos) => {
    const time = parseTimeNumber(value, unit);
    expect(time).toEqual({ millis, form: numberForm(unit, nanos) });
    expect(time && timeNumber(time.millis, time.form)).toBe(value);
    expect(timeNumberProblem(value, unit)).toBeUndefined();
  });

  it.each([
    [253_402_300_800, 's', '253402300800 s is outside of the years 0001 to 9999'],
    [-62_135_596_801, 's', '-62135596801 s is outside of the years 0001 to 9999'],
    [1e20, 'ms', '100000000000000000000 ms is outside of the years 0001 to 9999'],
    [3_000_000, 'd', '3000000 d is outside of the years 0001 to 9999'],
    [2n ** 70n, 'ns', '1180591620717411303424 ns is outside of the years 0001 to 9999'],
    [Number.NaN, 's', 'NaN s is outside of the years 0001 to 9999'],
    [Number.POSITIVE_INFINITY, 's', 'Infinity s is outside of the years 0001 to 9999'],
    [0.5, 'd', '0.5 is not a whole number of days'],
    [0.5, 'ns', '0.5 ns is finer than a nanosecond'],
    [0.1 + 0.2, 's', '0.30000000000000004 s is finer than a nanosecond'],
    [
      10_000_000_000_000_001n,
      'us',
      '10000000000000001 us is finer than a millisecond, which is kept from 1692 to 2247 only',
    ],
  ] as const)('%d %s is none', (value, unit, problem) => {
    expect(parseTimeNumber(value, unit)).toBeUndefined();
    expect(timeNumberProblem(value, unit)).toBe(problem);
  });

  it('comes back as the same number', () => {
    const units = fc.constantFrom(...TIME_UNITS.filter((unit) => unit !== 'iso'));
    const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const value = fc.oneof(
      fc.maxSafeInteger(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).filter((double) => !Object.is(double, -0)),
      fc.double({ min: -1e10, max: 1e10, noNaN: true }).map((double) => Math.round(double * 1e6) / 1e6 + 0),
      long.filter((wide) => !Number.isSafeInteger(Number(wide))),
    );
    fc.assert(
      fc.property(value, units, (number, unit) => {
        const time = parseTimeNumber(number, unit);
        fc.pre(time !== undefined);
        const back = time === undefined ? undefined : timeNumber(time.millis, time.form);
        // A double beyond 2^53 stands for a long, and comes back as one.
        expect(typeof back === typeof number ? back : BigInt(back ?? 0)).toBe(
          typeof back === typeof number ? number : BigInt(number),
        );
        expect(timeNumberProblem(number, unit)).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });
});
