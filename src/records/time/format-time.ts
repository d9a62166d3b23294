import { civilOf, DAY_MS, dayOfMonth, monthOf, yearOf, yearText } from './civil-date.js';
import { microsOf } from './exact-millis.js';
import { nanosOf, PRECISION, ZONE_STYLE } from './form.js';
import { timeNumber } from './time-number.js';
import type { Zone } from './zone.js';

/** Room that a time's text needs at most: 35 bytes, and 3 more for a year that four digits do not hold. */
export const MAX_TIME_BYTES = 38;

const DASH = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const PLUS = 0x2b;
const SPACE = 0x20;
const T = 0x54;
const Z = 0x5a;
const scratch = Buffer.alloc(MAX_TIME_BYTES);

/**
 * Dates that were written, each in the place of its day modulo 256: streams have few distinct dates. A date is the
 * bytes of its year and those of its month and day, the first being the lowest.
 */
const DATE_SLOTS = 256;
const dateDays = new Int32Array(DATE_SLOTS).fill(-0x80000000);
const dateYears = new Int32Array(DATE_SLOTS);
const dateMonthDays = new Int32Array(DATE_SLOTS);
const dateScratch = Buffer.alloc(16);

/**
 * The text or number that a time came as: the inverse of parseTimeText(), Zone.toInstant() and parseTimeNumber().
 * @param millis the instant
 * @param zone the zone whose clock a text without an offset shows
 */
export function formatTime(millis: number, form: number, zone: Zone): string | number | bigint {
  if ((form & 3) === PRECISION.number) return timeNumber(millis, form);
  return scratch.toString('latin1', 0, writeTime(scratch, 0, millis, form, zone));
}

/**
 * An instant in ISO 8601 with seconds, for what freshet computes (`window_start`): `2017-08-02T02:00:00Z` in UTC,
 * `2017-08-02T04:00:00+02:00` in other zones; milliseconds only where they are not 0. Before standard time offsets
 * had seconds, which ISO 8601 can't say; such an instant is written in UTC, so that it stays exact.
 */
export function formatIso(instant: number, zone: Zone): string {
  const offset = zone.offsetAt(instant);
  const style = zone.isUtc || offset % 60_000 !== 0 ? ZONE_STYLE.z : ZONE_STYLE.colon;
  const digits = Math.floor(instant) % 1000 === 0 ? 0 : 3;
  const form = PRECISION.seconds | (digits << 3) | (style << 7) | ((offset / 60_000 + 2048) << 10);
  return scratch.toString('latin1', 0, writeTime(scratch, 0, instant, form, zone));
}

/**
 * Writes the text that a time came as, as ASCII, at `at`: formatTime() for hot output. A number's digits are written
 * without quotes.
 * @param target has room for MAX_TIME_BYTES from `at` on
 * @returns the position behind what was written
 */
export function writeTime(target: Uint8Array, at: number, millis: number, form: number, zone: Zone): number {
  const precision = form & 3;
  if (precision === PRECISION.number) return writeAscii(target, at, String(timeNumber(millis, form)));
  const whole = Math.floor(millis);
  const wall = wallOf(whole, form, zone);
  const day = Math.floor(wall / DAY_MS) | 0;
  let end = writeDate(target, at, day);
  if (precision === PRECISION.date) return end;
  const inDay = (wall - day * DAY_MS) | 0;
  const seconds = (inDay / 1000) | 0;
  const minutes = (seconds / 60) | 0;
  target[end] = (form & 4) === 0 ? T : SPACE;
  end = writeTwo(target, end + 1, (minutes / 60) | 0);
  target[end] = COLON;
  end = writeTwo(target, end + 1, minutes % 60);
  if (precision === PRECISION.seconds) {
    target[end] = COLON;
    end = writeTwo(target, end + 1, seconds % 60);
    const digits = (form >>> 3) & 15;
    if (digits !== 0) {
      const micros = (inDay - seconds * 1000) * 1000 + (whole === millis ? 0 : microsOf(millis));
      end = writeFraction(target, end, micros * 1000 + nanosOf(form), digits);
    }
  }
  const style = (form >>> 7) & 7;
  return style <= ZONE_STYLE.gap ? end : writeZone(target, end, form, style);
}

/** What the clock of the form shows at an instant of whole milliseconds. */
function wallOf(whole: number, form: number, zone: Zone): number {
  switch ((form >>> 7) & 7) {
    case ZONE_STYLE.none:
      return zone.isUtc ? whole : whole + zone.offsetAt(whole);
    case ZONE_STYLE.gap:
      return zone.clock?.gapTime(whole) ?? whole + zone.offsetAt(whole);
    case ZONE_STYLE.colon:
    case ZONE_STYLE.plain:
    case ZONE_STYLE.hours:
      return whole + offsetOf(form) * 60_000;
    default:
      return whole;
  }
}

/**
 * What a text's clock is ahead of UTC by at every instant, in milliseconds; undefined where that changes with the time.
 */
export function fixedOffset(form: number, zone: Zone): number | undefined {
  const style = (form >>> 7) & 7;
  if (style === ZONE_STYLE.gap || (style === ZONE_STYLE.none && !zone.isUtc)) return undefined;
  return wallOf(0, form, zone);
}

/** Minutes. */
function offsetOf(form: number): number {
  return ((form >>> 10) & 0xfff) - 2048;
}

function writeDate(target: Uint8Array, at: number, day: number): number {
  const slot = day & (DATE_SLOTS - 1);
  if (dateDays[slot] !== day && !rememberDate(slot, day)) return writeCivil(target, at, civilOf(day));
  const year = dateYears[slot];
  const monthDay = dateMonthDays[slot];
  target[at] = year;
  target[at + 1] = year >> 8;
  target[at + 2] = year >> 16;
  target[at + 3] = year >> 24;
  target[at + 4] = DASH;
  target[at + 5] = monthDay;
  target[at + 6] = monthDay >> 8;
  target[at + 7] = DASH;
  target[at + 8] = monthDay >> 16;
  target[at + 9] = monthDay >> 24;
  return at + 10;
}

/** False for a year that four digits do not hold. */
function rememberDate(slot: number, day: number): boolean {
  if (writeCivil(dateScratch, 0, civilOf(day)) !== 10) return false;
  dateDays[slot] = day;
  dateYears[slot] = dateScratch.readInt32LE(0);
  dateMonthDays[slot] = dateScratch.readUInt16LE(5) | (dateScratch.readUInt16LE(8) << 16);
  return true;
}

function writeCivil(target: Uint8Array, at: number, civil: number): number {
  let end = writeAscii(target, at, yearText(yearOf(civil)));
  target[end] = DASH;
  end = writeTwo(target, end + 1, monthOf(civil));
  target[end] = DASH;
  return writeTwo(target, end + 1, dayOfMonth(civil));
}

function writeTwo(target: Uint8Array, at: number, value: number): number {
  const tens = (value / 10) | 0;
  target[at] = 48 + tens;
  target[at + 1] = 48 + value - tens * 10;
  return at + 2;
}

function writeFraction(target: Uint8Array, at: number, nanos: number, digits: number): number {
  target[at] = DOT;
  let rest = nanos | 0;
  for (let place = 9; place > 0; place--) {
    const tenth = (rest / 10) | 0;
    if (place <= digits) target[at + place] = 48 + rest - tenth * 10;
    rest = tenth;
  }
  return at + 1 + digits;
}

function writeZone(target: Uint8Array, at: number, form: number, style: number): number {
  if (style === ZONE_STYLE.z) {
    target[at] = Z;
    return at + 1;
  }
  const offset = style === ZONE_STYLE.minusZero ? 0 : offsetOf(form);
  const size = Math.abs(offset);
  target[at] = offset < 0 || style === ZONE_STYLE.minusZero ? DASH : PLUS;
  let end = writeTwo(target, at + 1, (size / 60) | 0);
  if (style === ZONE_STYLE.hours) return end;
  if (style !== ZONE_STYLE.plain) target[end++] = COLON;
  return writeTwo(target, end, size % 60);
}

function writeAscii(target: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i);
  return at + text.length;
}
