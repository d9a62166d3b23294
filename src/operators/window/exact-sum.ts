/*
 * Sums as pairs of doubles: `high` is the sum rounded to a double, `low` what that leaves out, |low| ≤ ulp(high)/2.
 * A pair has 106 bits or more, so that integers are summed exactly while |sum| < 2^105, and doubles as long as their
 * bits span no more than that; past it the error of an addition is at most 2^-105 of its greatest operand.
 *
 * TwoSum is Knuth's (The Art of Computer Programming 2, 4.2.2, theorem B), FastTwoSum Dekker's ("A floating-point
 * technique for extending the available precision", 1971); both give the rounding error of one addition exactly. How
 * they make a sum of pairs is from Shewchuk ("Adaptive precision floating-point arithmetic", 1997) and, with the
 * bounds, from Joldes, Muller and Popescu ("Tight and rigorous error bounds for basic building blocks of double-word
 * arithmetic", 2017, algorithms 4 and 6).
 *
 * An infinity or NaN among the values makes `high` what IEEE 754 says of their sum, and so does a partial sum beyond
 * the greatest double.
 */

/** Adds a double to the pair at `at`. */
export function addToSum(sums: Float64Array, at: number, value: number): void {
  const before = sums[at];
  const sum = before + value;
  const virtual = sum - before;
  const low = sums[at + 1] + (before - (sum - virtual) + (value - virtual));
  const high = sum + low;
  if (Number.isFinite(high)) {
    sums[at] = high;
    sums[at + 1] = low - (high - sum);
  } else {
    sums[at] = sum;
    sums[at + 1] = 0;
  }
}

/** Adds the pair at `from` of another array to the pair at `at`. */
export function addSumToSum(sums: Float64Array, at: number, others: Float64Array, from: number): void {
  const before = sums[at];
  const value = others[from];
  const sum = before + value;
  const virtual = sum - before;
  const error = before - (sum - virtual) + (value - virtual);
  const lowBefore = sums[at + 1];
  const lowValue = others[from + 1];
  const lowSum = lowBefore + lowValue;
  const lowVirtual = lowSum - lowBefore;
  const lowError = lowBefore - (lowSum - lowVirtual) + (lowValue - lowVirtual);
  const middle = error + lowSum;
  const first = sum + middle;
  const rest = lowError + (middle - (first - sum));
  const high = first + rest;
  if (Number.isFinite(high)) {
    sums[at] = high;
    sums[at + 1] = rest - (high - first);
  } else {
    sums[at] = sum;
    sums[at + 1] = 0;
  }
}
