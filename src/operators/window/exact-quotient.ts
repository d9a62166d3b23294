const view = new DataView(new ArrayBuffer(8));
/** Dekker's splitter: 2^27 + 1. */
const SPLITTER = 134_217_729;
/** Outside of these a remainder may overflow or lose bits below the least double. */
const LARGEST = 2 ** 900;
const SMALLEST = 2 ** -900;

/**
 * (high + low) / count as the nearest double, at a tie the even one.
 * @param low what `high` leaves out: |low| ≤ ulp(high)/2
 * @param count an integer from 1 to 2^53
 */
export function exactQuotient(high: number, low: number, count: number): number {
  if (!Number.isFinite(high) || count === 1) return high;
  const size = Math.abs(high);
  if (size > LARGEST || size < SMALLEST) return slowQuotient(high, low, count);
  const first = high / count;
  const second = (remainder(high, first, count) + low) / count;
  const quotient = first + second;
  const rest = second - (quotient - first);
  // The exact quotient differs from quotient + rest by much less than rest / 2^40. If that can't change the rounding,
  // the result is right (Ziv's test); near a tie all bits are looked at.
  const margin = Math.abs(rest) * 2 ** -40 + Math.abs(quotient) * 2 ** -100;
  if (quotient + (rest + margin) === quotient && quotient + (rest - margin) === quotient) return quotient;
  return slowQuotient(high, low, count);
}

/** dividend − quotient × divisor, exactly: the product's error is from Dekker's multiplication. */
function remainder(dividend: number, quotient: number, divisor: number): number {
  const product = quotient * divisor;
  const [a, b] = [upperHalf(quotient), upperHalf(divisor)];
  const [c, d] = [quotient - a, divisor - b];
  const error = a * b - product + a * d + c * b + c * d;
  return dividend - product - error;
}

function upperHalf(value: number): number {
  const scaled = value * SPLITTER;
  return scaled - (scaled - value);
}

/** The same with integers of any size. */
function slowQuotient(high: number, low: number, count: number): number {
  const [highDigits, highPower] = parts(high);
  const [lowDigits, lowPower] = parts(low);
  const power = Math.min(highPower, lowPower);
  const sum = (highDigits << BigInt(highPower - power)) + (lowDigits << BigInt(lowPower - power));
  const quotient = roundedQuotient(sum < 0n ? -sum : sum, BigInt(count), power);
  return sum < 0n ? -quotient : quotient;
}

/** A double as an integer and a power of two. */
function parts(value: number): [bigint, number] {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  const digits = exponent === 0 ? fraction : fraction | (1n << 52n);
  return [bits >> 63n === 1n ? -digits : digits, Math.max(exponent, 1) - 1075];
}

/** dividend / divisor × 2^power, rounded once. */
function roundedQuotient(dividend: bigint, divisor: bigint, power: number): number {
  if (dividend === 0n) return 0;
  // 64 bits or more of the quotient, and whether anything is left behind them.
  const shift = Math.max(0, 64 + bitLength(divisor) - bitLength(dividend));
  const shifted = dividend << BigInt(shift);
  let digits = shifted / divisor;
  const inexact = shifted % divisor !== 0n;
  let exponent = power - shift;
  // As many bits as the double has: 53, or fewer where it is subnormal.
  const drop = Math.max(bitLength(digits) - 53, -1074 - exponent);
  const dropped = digits & ((1n << BigInt(drop)) - 1n);
  const half = 1n << BigInt(drop - 1);
  digits >>= BigInt(drop);
  exponent += drop;
  if (dropped > half || (dropped === half && (inexact || (digits & 1n) === 1n))) digits += 1n;
  // Two factors, since 2^exponent alone may be no double.
  const part = Math.trunc(exponent / 2);
  return Number(digits) * 2 ** part * 2 ** (exponent - part);
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}
