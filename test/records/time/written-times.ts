import fc from 'fast-check';
import { daysInMonth } from '../../../src/records/time/civil-date.js';
import { CHANGES, SlowClock } from './slow-clock.js';

const two = (value: number): string => String(value).padStart(2, '0');
const digits = (value: number, length: number): string => String(value).padStart(length, '0');

/** Every way to write a time that exists; fractions finer than a millisecond only where a double can hold them. */
export const anyTimeText: fc.Arbitrary<string> = fc
  .record({
    year: fc.oneof(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1692, max: 2247 })),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 31 }),
    precision: fc.constantFrom('date', 'minutes', 'seconds', 'fraction'),
    separator: fc.constantFrom('T', ' '),
    second: fc.integer({ min: 0, max: 86_399 }),
    fraction: fc
      .integer({ min: 1, max: 9 })
      .chain((length) => fc.integer({ min: 0, max: 10 ** length - 1 }).map((value) => digits(value, length))),
    zone: fc.oneof(
      fc.constantFrom('', 'Z', '-00:00'),
      fc
        .tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
        .chain(([sign, hours, minutes]) =>
          fc.constantFrom(
            `${sign}${two(hours)}:${two(minutes)}`,
            `${sign}${two(hours)}${two(minutes)}`,
            `${sign}${two(hours)}`,
          ),
        )
        .filter((zone) => zone !== '-0000' && zone !== '-00'),
    ),
  })
  .map(({ year, month, day, precision, separator, second, fraction, zone }) => {
    const date = `${digits(year, 4)}-${two(month)}-${two(Math.min(day, daysInMonth(year, month)))}`;
    if (precision === 'date') return date;
    const minutes = `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}`;
    if (precision === 'minutes') return `${date}${separator}${minutes}${zone}`;
    const seconds = `${date}${separator}${minutes}:${two(second % 60)}`;
    if (precision === 'seconds') return seconds + zone;
    const far = year < 1692 || year > 2247;
    return `${seconds}.${far ? fraction.slice(0, 3) : fraction}${zone}`;
  });

/** Wall-clock times around changes of clocks, as texts without an offset. */
export const textsAroundChanges: fc.Arbitrary<readonly [zone: string, text: string]> = fc
  .tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -26 * 60, max: 26 * 60 }))
  .map(([[zone, change], minutes]) => {
    const wall = new SlowClock(zone).wallAt(Date.parse(change)) + minutes * 60_000;
    return [zone, new Date(wall).toISOString().slice(0, 19)] as const;
  });
