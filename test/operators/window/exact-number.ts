/** Doubles as exact fractions with the denominator 2^1074: slow, obvious arithmetic to compare with. */

const view = new DataView(new ArrayBuffer(8));

/** value × 2^1074, an integer for every double. */
export function exactOf(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value << 1074n;
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & ((1n << 52n) - 1n);
  const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return bits >> 63n === 1n ? -size : size;
}

/** The double that is nearest to exact / 2^1074 / divisor; at a tie the even one. */
export function nearestDouble(exact: bigint, divisor = 1n): number {
  if (exact < 0n) return -nearestDouble(-exact, divisor);
  // Number() of a bigint rounds to the nearest, ties to even. A last bit stands for all that is left out before.
  let digits = ((exact << 100n) / divisor) << 1n;
  if ((exact << 100n) % divisor !== 0n) digits |= 1n;
  let power = -1074 - 101;
  if (digits < 1n << 153n) {
    // Subnormal: a multiple of 2^-1074, which is rounded here.
    const [whole, rest] = [digits >> 101n, digits & ((1n << 101n) - 1n)];
    const up = rest > 1n << 100n || (rest === 1n << 100n && (whole & 1n) === 1n);
    return Number(up ? whole + 1n : whole) * Number.MIN_VALUE;
  }
  const surplus = digits.toString(2).length - 200;
  if (surplus > 0) {
    const rest = digits & ((1n << BigInt(surplus)) - 1n);
    digits = ((digits >> BigInt(surplus)) << 1n) | (rest === 0n ? 0n : 1n);
    power += surplus - 1;
  }
  const half = Math.trunc(power / 2);
  return Number(digits) * 2 ** half * 2 ** (power - half);
}
