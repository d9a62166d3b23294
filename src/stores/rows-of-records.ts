import type { Origin } from '../records/batch.js';

/**
 * By row of a batch: its number among the rows of its record, from 0. A value may hold several, which lie one behind the
 * other.
 */
export function numbersInRecords({ ordinal }: Origin, rows: number): Int32Array {
  const numbers = new Int32Array(rows);
  for (let row = 1; row < rows; row++) if (ordinal(row) === ordinal(row - 1)) numbers[row] = numbers[row - 1] + 1;
  return numbers;
}
