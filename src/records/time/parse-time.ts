import { DAY_MS, dayOf, daysInMonth } from './civil-date.js';
import { EXACT_MICRO_MS } from './exact-millis.js';
import { PRECISION, ZONE_STYLE } from './form.js';

export { parseTimeNumber } from './time-number.js';

/** A time as it was written: milliseconds and the form (time/form.ts) that gives back its text or number. */
export interface ParsedTime {
  /**
   * Milliseconds since the epoch with the microseconds as their fraction. A text without an offset is a wall-clock
   * time (isWallForm() of the form): its milliseconds are as if in UTC, and Zone.toInstant() gives the instant.
   */
  readonly millis: number;
  readonly form: number;
}

/** `2017-08-02T02:00:00.123456789+02:00` */
const LONGEST = 35;
const NONE = -1;
const [DASH, DOT, COLON, PLUS, SPACE, T, Z] = Buffer.from('-.:+ TZ');

const scratch = new Uint8Array(LONGEST);

/**
 * Reads an ISO 8601 (RFC 3339) time: `YYYY-MM-DD`, or with `T` or a space `hh:mm[:ss[.f]]`, f being 1 to 9 digits,
 * and then nothing, `Z`, `±hh:mm`, `±hhmm` or `±hh`. Only dates and times that exist, in the years 0001 to 9999; no
 * hour 24, no second 60. `-00:00` (RFC 3339: the offset is not known) is read as UTC and kept.
 * @returns undefined for anything else (timeProblem() says why), and for a fraction finer than a millisecond on a
 *   time whose microsecond a double can't hold: more than EXACT_MICRO_MS from the epoch (before 1691, after 2248)
 */
export function parseTimeText(text: string | Uint8Array): ParsedTime | undefined {
  const length = text.length;
  if (length < 10 || length > LONGEST) return undefined;
  if (typeof text !== 'string') return parse(text, length);
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) return undefined;
    scratch[at] = unit;
  }
  return parse(scratch, length);
}

function parse(bytes: Uint8Array, length: number): ParsedTime | undefined {
  const day = dateAt(bytes);
  if (Number.isNaN(day)) return undefined;
  let millis = day * DAY_MS;
  if (length === 10) return { millis, form: PRECISION.date };
  let form: number = PRECISION.minutes;
  if (bytes[10] === SPACE) form |= 4;
  else if (bytes[10] !== T) return undefined;
  const hour = length < 16 ? NONE : twoDigits(bytes, 11);
  const minute = length < 16 ? NONE : twoDigits(bytes, 14);
  if (hour < 0 || hour > 23 || bytes[13] !== COLON || minute < 0 || minute > 59) return undefined;
  millis += (hour * 60 + minute) * 60_000;
  let at = 16;
  let nanos = 0;
  if (at < length && bytes[at] === COLON) {
    const second = length < 19 ? NONE : twoDigits(bytes, 17);
    if (second < 0 || second > 59) return undefined;
    millis += second * 1000;
    form ^= PRECISION.minutes | PRECISION.seconds;
    at = 19;
    if (at < length && bytes[at] === DOT) {
      const digits = countDigits(bytes, at + 1, length);
      if (digits === 0 || digits > 9) return undefined;
      nanos = decimal(bytes, at + 1, digits) * 10 ** (9 - digits);
      if (nanos % 1_000_000 !== 0 && Math.abs(millis) > EXACT_MICRO_MS) return undefined;
      form |= (digits << 3) | ((nanos % 1000) << 22);
      at += 1 + digits;
    }
  }
  if (at < length) {
    const zone = zoneFormAt(bytes, at, length);
    if (zone === NONE) return undefined;
    form |= zone;
    const offset = zone >>> 10;
    if (offset !== 0) millis -= (offset - 2048) * 60_000;
  }
  millis += Math.floor(nanos / 1_000_000);
  return { millis: millis + (Math.floor(nanos / 1000) % 1000) / 1000, form: form >>> 0 };
}

/** The day of `YYYY-MM-DD` at the front, NaN where there is none. */
function dateAt(bytes: Uint8Array): number {
  const century = twoDigits(bytes, 0);
  const rest = twoDigits(bytes, 2);
  const month = twoDigits(bytes, 5);
  const day = twoDigits(bytes, 8);
  const year = century * 100 + rest;
  if (century < 0 || rest < 0 || year === 0 || bytes[4] !== DASH || bytes[7] !== DASH) return Number.NaN;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return Number.NaN;
  return dayOf(year, month, day);
}

/** The bits of a form for `Z` or an offset from `at` to the end; NONE where there is neither. */
function zoneFormAt(bytes: Uint8Array, at: number, length: number): number {
  const sign = bytes[at];
  const left = length - at;
  if (sign === Z) return left === 1 ? ZONE_STYLE.z << 7 : NONE;
  if (sign !== PLUS && sign !== DASH) return NONE;
  const style =
    left === 6 && bytes[at + 3] === COLON ? ZONE_STYLE.colon : left === 5 ? ZONE_STYLE.plain : ZONE_STYLE.hours;
  if (style === ZONE_STYLE.hours && left !== 3) return NONE;
  const hours = twoDigits(bytes, at + 1);
  const minutes = style === ZONE_STYLE.hours ? 0 : twoDigits(bytes, length - 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return NONE;
  const offset = hours * 60 + minutes;
  if (sign === DASH && offset === 0) return style === ZONE_STYLE.colon ? ZONE_STYLE.minusZero << 7 : NONE;
  return (style << 7) | (((sign === DASH ? -offset : offset) + 2048) << 10);
}

/** The number of two digits, NONE where they are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at] - 48;
  const ones = bytes[at + 1] - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NONE;
}

function countDigits(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] >= 48 && bytes[at] <= 57) at++;
  return at - from;
}

function decimal(bytes: Uint8Array, from: number, digits: number): number {
  let value = 0;
  for (let at = from; at < from + digits; at++) value = value * 10 + bytes[at] - 48;
  return value;
}
