// JSON numbers. What is not exact in a few instructions goes to JavaScript (slowNumber), which is.

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

/** Of the last number read. */
export let numberDouble: f64 = 0;
export let numberLong: i64 = 0;
export let numberFlags: u32 = 0;

const MAX_EXACT: u64 = 9007199254740992;

/** The value of the 8 digits at p, and whether they are digits (Lemire, "Quickly parsing eight digits"). */
// @ts-ignore: decorator
@inline
function eightDigits(p: usize): i64 {
  let x = load<u64>(p) ^ 0x3030303030303030;
  if (((x | (x + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0) != 0) return -1;
  x = x * 10 + (x >> 8);
  return <i64>((((x & 0x000000ff000000ff) * 0x000f424000000064) + (((x >> 16) & 0x000000ff000000ff) * 0x0000271000000001)) >> 32);
}

/** Reads the JSON number at p (RFC 8259, section 6); gives its end, or 0 where it is none. */
export function readNumber(p: usize): usize {
  const start = p;
  let c: u32 = load<u8>(p);
  const negative = c == 0x2d;
  if (negative) c = load<u8>(++p);
  if (c - 48 > 9) return 0;
  let mantissa: u64 = 0;
  const first = p;
  if (c == 48) {
    p++;
    if ((<u32>load<u8>(p)) - 48 <= 9) return 0;
  } else {
    const eight = eightDigits(p);
    if (eight >= 0) {
      mantissa = <u64>eight;
      p += 8;
    }
    while (true) {
      const digit = (<u32>load<u8>(p)) - 48;
      if (digit > 9) break;
      mantissa = mantissa * 10 + digit;
      p++;
    }
  }
  let digits = <i32>(p - first);
  let exponent: i32 = 0;
  let plain = true;
  c = load<u8>(p);
  if (c == 0x2e) {
    plain = false;
    const fraction = ++p;
    while (true) {
      const digit = (<u32>load<u8>(p)) - 48;
      if (digit > 9) break;
      mantissa = mantissa * 10 + digit;
      p++;
    }
    if (p == fraction) return 0;
    exponent = -(<i32>(p - fraction));
    digits -= exponent;
    c = load<u8>(p);
  }
  if ((c | 0x20) == 0x65) {
    plain = false;
    c = load<u8>(++p);
    const minus = c == 0x2d;
    if (minus || c == 0x2b) p++;
    let e: i32 = 0;
    const power = p;
    while (true) {
      const digit = (<u32>load<u8>(p)) - 48;
      if (digit > 9) break;
      if (e < 100000) e = e * 10 + digit;
      p++;
    }
    if (p == power) return 0;
    exponent += minus ? -e : e;
  }
  if (plain && digits <= 18) {
    numberLong = negative ? -(<i64>mantissa) : <i64>mantissa;
    // -0 is a double of its own.
    numberDouble = negative ? -(<f64>mantissa) : <f64>mantissa;
    numberFlags = FINITE | INTEGRAL | FITS_LONG;
    return p;
  }
  // Clinger, "How to Read Floating Point Numbers Accurately": both factors are exact, so one rounding remains.
  if (exponent < 0 && exponent >= -22 && digits <= 18 && mantissa < MAX_EXACT) {
    const value = (<f64>mantissa) / load<f64>(POWERS + ((<usize>-exponent) << 3));
    numberDouble = negative ? -value : value;
    if (floor(value) != value) {
      numberFlags = FINITE;
      return p;
    }
  }
  numberFlags = slowNumber(start, <u32>(p - start), SLOW);
  numberDouble = load<f64>(SLOW);
  numberLong = load<i64>(SLOW, 8);
  return numberFlags & FINITE ? p : 0;
}
