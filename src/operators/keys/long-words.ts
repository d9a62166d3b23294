import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';

const TWO_32 = 2 ** 32;

/** Where the halves of a 64-bit number are in its two int32 words: typed arrays are little-endian here. */
export const LOW = 0;
export const HIGH = 1;

/** Reads longs as two int32 words, from doubles and from BigInts alike, without making a BigInt. */
export class LongWords {
  #doubles: Float64Array | undefined;
  #words: Int32Array = new Int32Array(0);

  /** Which column high() and low() read from now on. */
  of(column: Column): void {
    if (column.kind === 'float64') {
      this.#doubles = column.values;
      return;
    }
    if (column.kind !== 'int64') bug(`a column of longs is ${column.kind}`);
    const { buffer, byteOffset, length } = column.values;
    this.#doubles = undefined;
    this.#words = new Int32Array(buffer, byteOffset, length * 2);
  }

  /** The upper 32 bits. */
  high(row: number): number {
    if (this.#doubles === undefined) return this.#words[row * 2 + HIGH];
    return Math.floor(this.#doubles[row] / TWO_32) | 0;
  }

  /** The lower 32 bits, as a signed number. */
  low(row: number): number {
    if (this.#doubles === undefined) return this.#words[row * 2 + LOW];
    return this.#doubles[row] | 0;
  }
}

/** Negative, 0 or positive as long `a` is less than, equal to or greater than long `b`. */
export function compareLongs(highA: number, lowA: number, highB: number, lowB: number): number {
  return highA !== highB ? highA - highB : (lowA >>> 0) - (lowB >>> 0);
}

/** The long of two words: a bigint where a double does not hold it exactly. */
export function joinLong(high: number, low: number): number | bigint {
  const double = high * TWO_32 + (low >>> 0);
  return Number.isSafeInteger(double) ? double : (BigInt(high) << 32n) | BigInt(low >>> 0);
}
