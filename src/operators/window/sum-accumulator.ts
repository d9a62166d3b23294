import { columnOf } from '../../records/batch.js';
import type { Column, Int64Column } from '../../records/columns.js';
import { bug, DataError } from '../../records/errors.js';
import type { Field } from '../../records/schema.js';
import { HIGH, LOW } from '../keys/long-words.js';
import {
  type Accumulator,
  type AddedRows,
  doublesAt,
  numbersOf,
  type RowLayout,
  stateField,
  stateName,
} from './accumulator.js';
import { addSumToSum, addToSum } from './exact-sum.js';
import type { RowMemory } from './row-memory.js';

const TWO_32 = 2 ** 32;
const LARGEST_LONG = 2n ** 63n - 1n;
const LEAST_LONG = -(2n ** 63n);

/** The sum of a field, as a pair of doubles (exact-sum.ts); of longs it is exact. */
export class SumAccumulator implements Accumulator {
  readonly path: string;
  readonly #place: number;

  readonly fields: readonly Field[];

  constructor(path: string, layout: RowLayout) {
    this.path = path;
    this.#place = layout.doubles(2);
    const name = stateName('sum', path);
    this.fields = [stateField(name, 'double'), stateField(`${name} low`, 'double')];
  }

  columns(memory: RowMemory, rows: Int32Array): Column[] {
    return [doublesAt(memory, rows, this.#place), doublesAt(memory, rows, this.#place + 1)];
  }

  restore({ doubles }: RowMemory, rows: Int32Array, [high, low]: readonly Column[]): void {
    const [highs, lows] = [numbersOf(high), numbersOf(low)];
    for (let row = 0; row < rows.length; row++) {
      const at = (rows[row] >> 1) + this.#place;
      doubles[at] = highs[row];
      doubles[at + 1] = lows[row];
    }
  }

  add({ doubles }: RowMemory, { batch, selection, count, states }: AddedRows): void {
    const column = columnOf(batch, this.path);
    if (column.kind === 'int64') {
      this.#addLongs(doubles, column, selection, count, states);
      return;
    }
    if (column.kind !== 'float64') bug(`${this.path} can't be summed: its column is ${column.kind}`);
    const { values, nulls } = column;
    const place = this.#place;
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      if (states[at] < 0 || (nulls !== undefined && nulls[row] === 1)) continue;
      addToSum(doubles, (states[at] >> 1) + place, values[row]);
    }
  }

  /** Each long as its two halves, which are doubles. */
  #addLongs(
    doubles: Float64Array,
    { values, nulls }: Int64Column,
    selection: Int32Array | undefined,
    count: number,
    states: Int32Array,
  ): void {
    const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      if (states[at] < 0 || (nulls !== undefined && nulls[row] === 1)) continue;
      const sum = (states[at] >> 1) + this.#place;
      addToSum(doubles, sum, words[row * 2 + HIGH] * TWO_32);
      addToSum(doubles, sum, words[row * 2 + LOW] >>> 0);
    }
  }

  merge({ doubles }: RowMemory, at: number, others: RowMemory, from: number): void {
    addSumToSum(doubles, (at >> 1) + this.#place, others.doubles, (from >> 1) + this.#place);
  }

  /** The sum as the nearest double. */
  high({ doubles }: RowMemory, at: number): number {
    return doubles[(at >> 1) + this.#place];
  }

  /** What high() leaves out. */
  low({ doubles }: RowMemory, at: number): number {
    return doubles[(at >> 1) + this.#place + 1];
  }

  /**
   * The sum of longs: a bigint only where a double does not hold it.
   * @throws DataError where it is no long
   */
  long(memory: RowMemory, at: number): number | bigint {
    const [high, low] = [this.high(memory, at), this.low(memory, at)];
    if (low === 0 && Number.isSafeInteger(high)) return high;
    const sum = BigInt(high) + BigInt(low);
    if (sum > LARGEST_LONG || sum < LEAST_LONG) {
      throw new DataError(
        `a sum of ${this.path} is ${sum}, and a long holds no more than ${sum < 0n ? LEAST_LONG : LARGEST_LONG}`,
        `Select avg(${this.path}), or declare ${this.path} as a double in the schema.`,
      );
    }
    return sum;
  }
}
