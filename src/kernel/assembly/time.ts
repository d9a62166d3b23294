// ISO 8601 texts and numbers to epoch milliseconds and a form (records/time/form.ts has the bits).
import { FORM_UNSET, Node, UNIT_D, UNIT_MS, UNIT_NS, UNIT_S, UNIT_US } from './node';

const MS_PER_DAY: f64 = 86400000.0;
/** 0001-01-01T00:00:00Z and 10000-01-01T00:00:00Z. */
const FIRST_MS: f64 = -62135596800000.0;
const LAST_MS: f64 = 253402300800000.0;
/** Beyond this a double does not tell one microsecond from the next (records/time/exact-millis.ts). */
const EXACT_MICRO_MS: f64 = 8796000000000.0;

const ISO_SECONDS: u32 = 2;
const DATE_CACHE = memory.data(16 * 1024);

// @ts-ignore: decorator
@inline
function twoDigits(p: usize): u32 {
  const tens = (<u32>load<u8>(p)) - 48;
  const ones = (<u32>load<u8>(p, 1)) - 48;
  return tens > 9 || ones > 9 ? 255 : tens * 10 + ones;
}

/** Days since the epoch of a civil date (Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

const NO_DAY: i32 = i32.MIN_VALUE;

/** Days since the epoch of `YYYY-MM-DD` at p, NO_DAY if there is no such date. */
function parseDate(p: usize): i32 {
  const century = twoDigits(p);
  const rest = twoDigits(p + 2);
  const month = twoDigits(p + 5);
  const day = twoDigits(p + 8);
  if (century > 99 || rest > 99 || load<u8>(p, 4) != 0x2d || load<u8>(p, 7) != 0x2d) return NO_DAY;
  const year = century * 100 + rest;
  if (year == 0 || month == 0 || month > 12 || day == 0 || day > 31) return NO_DAY;
  if (day > 28) {
    const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const last: u32 = month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    if (day > last) return NO_DAY;
  }
  return daysFromCivil(year, month, day);
}

/** parseDate() with a direct-mapped cache: streams have few distinct dates. The 0x10000 tells an entry from none. */
// @ts-ignore: decorator
@inline
function cachedDate(p: usize): i32 {
  const head = load<u64>(p);
  const tail = (<u32>load<u16>(p, 8)) | 0x10000;
  const mixed = (head ^ ((<u64>tail) << 44)) * 0x9e3779b97f4a7c15;
  const entry = DATE_CACHE + ((<usize>(mixed >> 54)) << 4);
  if (load<u64>(entry) == head && load<u32>(entry, 8) == tail) return load<i32>(entry, 12);
  const days = parseDate(p);
  store<u64>(entry, head);
  store<u32>(entry, tail, 8);
  store<i32>(entry, days, 12);
  return days;
}

/** Milliseconds of `hh:mm:ss` at p, or a negative number. */
// @ts-ignore: decorator
@inline
function clock(p: usize): i32 {
  const x = load<u64>(p) ^ 0x30303a30303a3030;
  if (((x | (x + 0x0606000606000606)) & 0xf0f0fff0f0fff0f0) != 0) return -1;
  const hour = (<i32>(x & 15)) * 10 + <i32>((x >> 8) & 15);
  const minute = (<i32>((x >> 24) & 15)) * 10 + <i32>((x >> 32) & 15);
  const second = (<i32>((x >> 48) & 15)) * 10 + <i32>(x >> 56);
  return hour > 23 || minute > 59 || second > 59 ? -1 : ((hour * 60 + minute) * 60 + second) * 1000;
}

// @ts-ignore: decorator
@inline
export function emitTime(node: Node, row: i32, millis: f64, form: u32): void {
  store<f64>(node.column + ((<usize>row) << 3), millis);
  if (node.formsVary) {
    store<u32>(node.side + ((<usize>row) << 2), form);
  } else if (form != node.form) {
    if (node.form == FORM_UNSET) {
      node.form = form;
    } else {
      for (let at = 0; at < row; at++) store<u32>(node.side + ((<usize>at) << 2), node.form);
      store<u32>(node.side + ((<usize>row) << 2), form);
      node.formsVary = 1;
    }
  }
}

/** Reads the time text of `length` bytes at p; false if it is none. */
// @ts-ignore: decorator
@inline
export function timeText(node: Node, row: i32, p: usize, length: u32): bool {
  if (length == 19 && load<u8>(p, 10) == 0x54) {
    const days = cachedDate(p);
    const ms = clock(p + 11);
    // `2017-08-02T02:00+00` is as long.
    if (days != NO_DAY && ms >= 0) {
      if (node.column) emitTime(node, row, (<f64>days) * MS_PER_DAY + <f64>ms, ISO_SECONDS);
      return true;
    }
  }
  return anyTimeText(node, row, p, length);
}

function anyTimeText(node: Node, row: i32, p: usize, length: u32): bool {
  if (length < 10) return false;
  const days = cachedDate(p);
  if (days == NO_DAY) return false;
  const end = p + length;
  let millis = (<f64>days) * MS_PER_DAY;
  let micros: u32 = 0;
  let form: u32 = 0;
  let q = p + 10;
  if (q < end) {
    const separator = load<u8>(q);
    if (separator == 0x20) form |= 4;
    else if (separator != 0x54) return false;
    if (end - q < 6) return false;
    const hour = twoDigits(q + 1);
    const minute = twoDigits(q + 4);
    if (hour > 23 || minute > 59 || load<u8>(q, 3) != 0x3a) return false;
    millis += <f64>((hour * 60 + minute) * 60000);
    q += 6;
    form |= 1;
    if (q < end && load<u8>(q) == 0x3a) {
      if (end - q < 3) return false;
      const second = twoDigits(q + 1);
      if (second > 59) return false;
      millis += <f64>(second * 1000);
      q += 3;
      form ^= 3;
      if (q < end && load<u8>(q) == 0x2e) {
        q++;
        let digits: u32 = 0;
        let nanos: u32 = 0;
        while (q < end && digits < 9) {
          const digit = (<u32>load<u8>(q)) - 48;
          if (digit > 9) break;
          nanos = nanos * 10 + digit;
          digits++;
          q++;
        }
        if (digits == 0) return false;
        for (let more = digits; more < 9; more++) nanos *= 10;
        if (nanos % 1000000 != 0 && abs(millis) > EXACT_MICRO_MS) return false;
        micros = nanos / 1000;
        form |= (digits << 3) | ((nanos % 1000) << 22);
      }
    }
    if (q < end) {
      const mark = load<u8>(q);
      if (mark == 0x5a) {
        form |= 2 << 7;
        q++;
      } else {
        if (mark != 0x2b && mark != 0x2d) return false;
        const left = <u32>(end - q);
        const hours = left >= 3 ? twoDigits(q + 1) : 255;
        let minutes: u32 = 0;
        let style: u32 = 5;
        if (left == 6 && load<u8>(q, 3) == 0x3a) {
          style = 3;
          minutes = twoDigits(q + 4);
        } else if (left == 5) {
          style = 4;
          minutes = twoDigits(q + 3);
        } else if (left != 3) return false;
        if (hours > 23 || minutes > 59) return false;
        let offset = <i32>(hours * 60 + minutes);
        if (mark == 0x2d) {
          if (offset == 0) {
            if (style != 3) return false;
            style = 6;
          }
          offset = -offset;
        }
        form |= style << 7;
        if (style != 6) form |= (<u32>(offset + 2048)) << 10;
        millis -= (<f64>offset) * 60000.0;
        q = end;
      }
    }
    if (q != end) return false;
  }
  // Whole milliseconds first, so that equal instants are equal doubles whatever their offsets.
  millis += <f64>(micros / 1000);
  millis += (<f64>(micros % 1000)) / 1000.0;
  if (node.column) emitTime(node, row, millis, form);
  return true;
}

/** Takes a number since the epoch as a time; false beyond the years 0001 to 9999. */
export function timeNumber(node: Node, row: i32, value: i64): bool {
  const unit = node.unit;
  let millis: f64;
  let nanos: u32 = 0;
  if (unit == UNIT_MS) {
    millis = <f64>value;
  } else if (unit == UNIT_S || unit == UNIT_D) {
    if (value > 300000000000 || value < -300000000000) return false;
    millis = <f64>value * (unit == UNIT_S ? 1000.0 : MS_PER_DAY);
  } else {
    let micros = value;
    if (unit == UNIT_NS) {
      micros = value / 1000;
      let rest = value - micros * 1000;
      if (rest < 0) {
        rest += 1000;
        micros--;
      }
      nanos = <u32>rest;
    }
    let ms = micros / 1000;
    let rest = micros - ms * 1000;
    if (rest < 0) {
      rest += 1000;
      ms--;
    }
    millis = <f64>ms;
    if ((rest != 0 || nanos != 0) && abs(millis) > EXACT_MICRO_MS) return false;
    millis += (<f64>rest) / 1000.0;
  }
  if (!(millis >= FIRST_MS && millis < LAST_MS)) return false;
  if (node.column) emitTime(node, row, millis, 3 | (unit << 2) | (nanos << 22));
  return true;
}
