// JSON numbers, exactly: what takes more than 64 bits goes to JavaScript (slowNumber).
import { countDigits, digitsEnd, digitsValue, loadDigits } from './digits';

/**
 * Reads the number text at p with all its digits; writes a double to `out`, an int64 to `out + 8`, and returns
 * bit 1: it is finite, 2: it is integral, 4: the int64 holds it.
 */
@external("env", "slowNumber")
declare function slowNumber(p: usize, length: u32, out: usize): u32;

export const FINITE: u32 = 1;
export const INTEGRAL: u32 = 2;
export const FITS_LONG: u32 = 4;

const SLOW = memory.data(16);
const POWERS = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
]);
const WHOLE_POWERS = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
  10000000000000000000,
]);

/** Of the last number read. */
export let numberDouble: f64 = 0;
export let numberLong: i64 = 0;
export let numberFlags: u32 = 0;

/** Whole numbers below it are doubles, and powers of ten up to 10^22 are. */
const EXACT_DOUBLE: u64 = 9007199254740992;
const EXACT_POWER: i32 = 22;
/** As many digits always fit 64 bits. */
const MAX_DIGITS: i32 = 19;
/** A number with fewer digits before its point, its exponent counted in, is a finite double. */
const FINITE_DIGITS: i64 = 308;
/** Greater exponents are read as some number beyond it. */
const MAX_EXPONENT: i32 = 100000;
const LONG_FRACTION: i32 = 1000;

/** The digits of the number that is being read, without its point. */
let mantissa: u64 = 0;

/** Reads the JSON number at p (RFC 8259, section 6); gives its end, or 0 where it is none or no double holds it. */
export function readNumber(p: usize): usize {
  const start = p;
  const negative = load<u8>(p) == 0x2d;
  if (negative) p++;
  const x = loadDigits(p);
  const count = countDigits(x);
  // No digit, or a leading zero.
  if (count == 0 || (count > 1 && (<u8>x) == 0)) return 0;
  const value = digitsValue(x, count);
  p += <usize>count;
  const c = <u32>load<u8>(p);
  if (count < 8 && c != 0x2e && (c | 0x20) != 0x65) {
    numberLong = negative ? -(<i64>value) : <i64>value;
    // -0 is a double of its own.
    numberDouble = negative ? -(<f64>value) : <f64>value;
    numberFlags = FINITE | INTEGRAL | FITS_LONG;
    return p;
  }
  mantissa = value;
  return longNumber(start, p, negative, <i32>count);
}

/** Adds the digits from p on to the mantissa; their end. */
function moreDigits(p: usize): usize {
  while (true) {
    const x = loadDigits(p);
    const count = countDigits(x);
    if (count == 0) return p;
    mantissa = mantissa * load<u64>(WHOLE_POWERS + (<usize>count << 3)) + digitsValue(x, count);
    p += <usize>count;
    if (count < 8) return p;
  }
}

/** Goes on at p with the number of which `digits` digits are read. */
function longNumber(start: usize, p: usize, negative: bool, digits: i32): usize {
  if (digits == 8) {
    const first = p;
    p = moreDigits(p);
    digits += <i32>(p - first);
  }
  let exponent: i32 = 0;
  let c = <u32>load<u8>(p);
  if (c == 0x2e) {
    const point = ++p;
    if (digits == 1 && mantissa == 0) {
      // Zeros in front are no digits of the mantissa.
      digits = 0;
      while (load<u8>(p) == 0x30) p++;
    }
    const first = p;
    p = moreDigits(p);
    if (p == point) return 0;
    digits += <i32>(p - first);
    exponent = -(<i32>(p - point));
    // So long a fraction could hide how huge its exponent is.
    if (exponent < -LONG_FRACTION) digits = MAX_DIGITS + 1;
    c = load<u8>(p);
  }
  if ((c | 0x20) == 0x65) {
    p = exponentEnd(p);
    if (p == 0) return 0;
    exponent += exponentRead;
  }
  if (digits <= MAX_DIGITS && exactNumber(negative, exponent)) return p;
  numberFlags = slowNumber(start, <u32>(p - start), SLOW);
  numberDouble = load<f64>(SLOW);
  numberLong = load<i64>(SLOW, 8);
  return numberFlags & FINITE ? p : 0;
}

/** Of the last exponentEnd(). */
let exponentRead: i32 = 0;

/** Reads the exponent whose letter is at p; its end, or 0 where it is none. */
function exponentEnd(p: usize): usize {
  const sign = <u32>load<u8>(++p);
  if (sign == 0x2d || sign == 0x2b) p++;
  const first = p;
  let power: i32 = 0;
  while (true) {
    const digit = (<u32>load<u8>(p)) - 48;
    if (digit > 9) break;
    if (power < MAX_EXPONENT) power = power * 10 + digit;
    p++;
  }
  exponentRead = sign == 0x2d ? -power : power;
  return p == first ? 0 : p;
}

/** Takes mantissa × 10^exponent as the number read; false where that is not exact here. */
function exactNumber(negative: bool, exponent: i32): bool {
  if (mantissa == 0 || exponent == 0) {
    takeWhole(negative);
    return true;
  }
  if (exponent < 0) {
    if (exponent < -EXACT_POWER) return false;
    if (mantissa < EXACT_DOUBLE) {
      // Clinger, "How to Read Floating Point Numbers Accurately": both are exact, so that one rounding remains.
      const double = (<f64>mantissa) / load<f64>(POWERS + ((<usize>-exponent) << 3));
      if (floor(double) != double) {
        numberDouble = negative ? -double : double;
        numberFlags = FINITE;
        return true;
      }
    }
    if (exponent < -MAX_DIGITS) return false;
    const power = load<u64>(WHOLE_POWERS + ((<usize>-exponent) << 3));
    const quotient = mantissa / power;
    if (quotient * power != mantissa) return false;
    mantissa = quotient;
    takeWhole(negative);
    return true;
  }
  if (exponent <= MAX_DIGITS) {
    const power = load<u64>(WHOLE_POWERS + ((<usize>exponent) << 3));
    if (mantissa <= u64.MAX_VALUE / power) {
      mantissa *= power;
      takeWhole(negative);
      return true;
    }
  }
  if (exponent > EXACT_POWER || mantissa >= EXACT_DOUBLE) return false;
  // Beyond 64 bits.
  const double = (<f64>mantissa) * load<f64>(POWERS + ((<usize>exponent) << 3));
  numberDouble = negative ? -double : double;
  numberFlags = FINITE | INTEGRAL;
  return true;
}

/** Takes the mantissa as a whole number. */
function takeWhole(negative: bool): void {
  const greatest: u64 = negative ? 9223372036854775808 : 9223372036854775807;
  numberLong = negative ? -(<i64>mantissa) : <i64>mantissa;
  numberDouble = negative ? -(<f64>mantissa) : <f64>mantissa;
  numberFlags = mantissa <= greatest ? FINITE | INTEGRAL | FITS_LONG : FINITE | INTEGRAL;
}

/** Passes over a JSON number whose value nobody wants; its end, or 0 where readNumber() gives 0. */
// @ts-ignore: decorator
@inline
export function skipNumber(p: usize): usize {
  const x = loadDigits(p);
  const count = countDigits(x);
  const c = <u32>load<u8>(p + <usize>count);
  const isPlain = count - 1 < 7 && (<u8>x) != 0 && c != 0x2e && (c | 0x20) != 0x65;
  return isPlain ? p + <usize>count : skipAnyNumber(p);
}

function skipAnyNumber(p: usize): usize {
  const start = p;
  if (load<u8>(p) == 0x2d) p++;
  const first = p;
  p = digitsEnd(p);
  const digits = <i64>(p - first);
  if (digits == 0 || (digits > 1 && load<u8>(first) == 0x30)) return 0;
  let c = <u32>load<u8>(p);
  if (c == 0x2e) {
    const point = ++p;
    p = digitsEnd(p);
    if (p == point) return 0;
    c = load<u8>(p);
  }
  if ((c | 0x20) != 0x65) return digits <= FINITE_DIGITS ? p : readNumber(start);
  p = exponentEnd(p);
  return p == 0 || digits + exponentRead <= FINITE_DIGITS ? p : readNumber(start);
}
