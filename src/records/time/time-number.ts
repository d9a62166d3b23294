import { DAY_MS } from './civil-date.js';
import { EXACT_MICRO_MS, microsOf } from './exact-millis.js';
import { nanosOf, numberForm, type TimeUnit, unitOfForm } from './form.js';
import type { ParsedTime } from './parse-time.js';

type NumberUnit = Exclude<TimeUnit, 'iso'>;

/** 0001-01-01T00:00:00Z, and 10000-01-01T00:00:00Z, which is the first that is too late. */
export const FIRST_MS = -62_135_596_800_000;
export const END_MS = 253_402_300_800_000;

const UNIT_NANOS: Readonly<Record<NumberUnit, bigint>> = {
  d: BigInt(DAY_MS) * 1_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1000n,
  ns: 1n,
};
const UNIT_DECIMALS: Readonly<Record<NumberUnit, number>> = { d: 0, s: 9, ms: 6, us: 3, ns: 0 };

/**
 * Reads a number of days, seconds, milli-, micro- or nanoseconds since the epoch, exactly to the nanosecond. A number
 * with a fraction is taken for the decimal that it is written as (the shortest that names the double).
 * @returns undefined beyond the years 0001 to 9999, for a fraction of a day or of a nanosecond, and for a fraction of
 *   a millisecond more than EXACT_MICRO_MS from the epoch, where a double can't hold the microsecond
 */
export function parseTimeNumber(value: number | bigint, unit: NumberUnit): ParsedTime | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && (unit === 'd' || unit === 's' || unit === 'ms')) {
    const millis = value * Number(UNIT_NANOS[unit] / 1_000_000n);
    return millis >= FIRST_MS && millis < END_MS ? { millis: millis + 0, form: numberForm(unit) } : undefined;
  }
  const total = totalNanos(value, unit);
  if (total === undefined) return undefined;
  const below = ((total % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const whole = Number((total - below) / 1_000_000n);
  if (whole < FIRST_MS || whole >= END_MS) return undefined;
  const rest = Number(below);
  if (rest !== 0 && Math.abs(whole) > EXACT_MICRO_MS) return undefined;
  return { millis: whole + Math.floor(rest / 1000) / 1000, form: numberForm(unit, rest % 1000) };
}

/** The number of a time whose form is one: the one that parseTimeNumber() was given. */
export function timeNumber(millis: number, form: number): number | bigint {
  const unit = unitOfForm(form);
  const whole = Math.floor(millis);
  const micros = whole === millis ? 0 : microsOf(millis);
  const nanos = nanosOf(form);
  if (micros === 0 && nanos === 0) {
    if (unit === 'ms') return whole;
    if (unit === 'd' && whole % DAY_MS === 0) return whole / DAY_MS;
    if (unit === 's' && whole % 1000 === 0) return whole / 1000;
  }
  if (unit === 'us' && nanos === 0) {
    const value = whole * 1000 + micros;
    if (Number.isSafeInteger(value)) return value;
  }
  const total = (BigInt(whole) * 1000n + BigInt(micros)) * 1000n + BigInt(nanos);
  const scale = UNIT_NANOS[unit];
  if (total % scale === 0n) return narrow(total / scale);
  const size = total < 0n ? -total : total;
  const fraction = String(size % scale).padStart(UNIT_DECIMALS[unit], '0');
  return Number(`${total < 0n ? '-' : ''}${size / scale}.${fraction}`);
}

/** Nanoseconds; undefined where the number is not finite, out of any range or not a whole number of nanoseconds. */
function totalNanos(value: number | bigint, unit: NumberUnit): bigint | undefined {
  if (typeof value === 'bigint') return value * UNIT_NANOS[unit];
  if (!(Math.abs(value) < 1e21)) return undefined;
  if (Number.isInteger(value)) return BigInt(value) * UNIT_NANOS[unit];
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e-(\d+))?$/.exec(String(value));
  if (parts === null) return undefined;
  const [, sign, whole, fraction = '', exponent = '0'] = parts;
  const decimals = fraction.length + Number(exponent);
  if (decimals > UNIT_DECIMALS[unit]) return undefined;
  const total = (BigInt(whole + fraction) * UNIT_NANOS[unit]) / 10n ** BigInt(decimals);
  return sign === '-' ? -total : total;
}

/** As columns have it: a bigint only where a double is not exact. */
function narrow(value: bigint): number | bigint {
  const double = Number(value);
  return Number.isSafeInteger(double) ? double : value;
}
