import { daysInMonth } from './civil-date.js';
import { EXACT_MICRO_MS } from './exact-millis.js';
import type { TimeUnit } from './form.js';
import { parseTimeText } from './parse-time.js';
import { END_MS, FIRST_MS, parseTimeNumber } from './time-number.js';

const SHAPE =
  /^(?<date>(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d))(?:[T ](?<clock>\d\d:\d\d(?::\d\d)?)(?<fraction>\.\d+)?(?<zone>Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** Why a text is no time, as a sentence without a full stop: `2017-02-30 does not exist`. Undefined where it is one. */
export function timeProblem(text: string): string | undefined {
  if (parseTimeText(text) !== undefined) return undefined;
  const parts = SHAPE.exec(text)?.groups;
  if (parts === undefined) return `${quoted(text)} is not a time such as 2017-08-02T02:00:00`;
  const [year, month, day] = [Number(parts.year), Number(parts.month), Number(parts.day)];
  if (year === 0) return `${parts.date} is before the year 0001`;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return `${parts.date} does not exist`;
  const { clock, fraction, zone } = parts;
  if (clock.endsWith(':60') && clock.length === 8) return `${text} is a leap second, which epoch time does not have`;
  if (!/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(clock)) return `${clock} is not a time of the day`;
  if (fraction !== undefined && clock.length < 8) return `${text} has a fraction of a minute`;
  if (fraction !== undefined && fraction.length > 10) return `${text} is finer than a nanosecond`;
  if (zone !== undefined && !/^(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)$/.test(zone)) {
    return `${zone} is not an offset from UTC`;
  }
  if (zone === '-0000' || zone === '-00') return `${zone} is not an offset from UTC; +00:00, -00:00 and Z are`;
  return `${text} is finer than a millisecond, which is kept from 1692 to 2247 only`;
}

/** Why a number is no time of a unit, as a sentence without a full stop. Undefined where it is one. */
export function timeNumberProblem(value: number | bigint, unit: Exclude<TimeUnit, 'iso'>): string | undefined {
  if (parseTimeNumber(value, unit) !== undefined) return undefined;
  const millis = Number(value) * { d: 86_400_000, s: 1000, ms: 1, us: 1e-3, ns: 1e-6 }[unit];
  if (!(millis >= FIRST_MS && millis < END_MS)) return `${value} ${unit} is outside of the years 0001 to 9999`;
  if (unit === 'd') return `${value} is not a whole number of days`;
  if (Math.abs(millis) > EXACT_MICRO_MS - 1)
    return `${value} ${unit} is finer than a millisecond, which is kept from 1692 to 2247 only`;
  return `${value} ${unit} is finer than a nanosecond`;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
