import type { Views } from './kernel.js';

/** Flags of assembly/number.ts. */
const FINITE = 1;
const INTEGRAL = 2;
const FITS_LONG = 4;

const LONG_MAX = 9223372036854775807n;
const LONG_MIN = -9223372036854775808n;

/**
 * Reads a JSON number exactly: more digits, or a greater exponent, than the kernel's own arithmetic holds.
 * Writes the nearest double to `out` and, if the value is integral and an int64 holds it, that to `out + 8`.
 * @returns the flags FINITE, INTEGRAL and FITS_LONG
 */
export function slowNumber(views: Views, at: number, length: number, out: number): number {
  const text = latin1(views.u8, at, length);
  const double = Number(text);
  if (!Number.isFinite(double)) return 0;
  views.f64[out >> 3] = double;
  const long = integral(text);
  if (long === undefined) return FINITE;
  if (long > LONG_MAX || long < LONG_MIN) return FINITE | INTEGRAL;
  views.i64[(out >> 3) + 1] = long;
  return FINITE | INTEGRAL | FITS_LONG;
}

function latin1(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('latin1');
}

/** The value of a finite JSON number if it is an integer, whichever way it is written (1.0, 1e2, 12e-1 is none). */
function integral(text: string): bigint | undefined {
  const [, sign, whole = '', fraction = '', power] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const exponent = Number(power ?? 0);
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return 0n;
  // Where the decimal point stands, counted from the front of the digits without leading zeros.
  const point = digits.length - fraction.length + exponent;
  const significant = digits.replace(/0+$/, '');
  if (point < significant.length) return undefined;
  const magnitude = BigInt(significant.padEnd(point, '0').slice(0, point));
  return sign === '-' ? -magnitude : magnitude;
}
