import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import { type ColumnIds, NULL_ID, nullsOf, sortedIds } from './column-ids.js';
import { compareLongs, HIGH, joinLong, LOW, LongWords } from './long-words.js';
import { PairIds } from './pair-ids.js';

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

/** The value as its bits in `words`: −0 counts as 0, and every NaN as one. */
function split(value: number): void {
  scratch[0] = Number.isNaN(value) ? Number.NaN : value + 0;
}

/** Numbers ints, floats and doubles by value. NaN equals itself and is greater than every number. */
export class DoubleIds implements ColumnIds {
  readonly #pairs = new PairIds();

  get size(): number {
    return this.#pairs.size + 1;
  }

  assign(column: Column, rows: Int32Array | undefined, count: number, out: Int32Array): void {
    if (column.kind !== 'float64') bug(`a column of doubles is ${column.kind}`);
    const { values, nulls } = column;
    const pairs = this.#pairs;
    for (let at = 0; at < count; at++) {
      const row = rows === undefined ? at : rows[at];
      if (nulls !== undefined && nulls[row] === 1) {
        out[at] = NULL_ID;
        continue;
      }
      split(values[row]);
      out[at] = pairs.idOf(words[HIGH], words[LOW]) + 1;
    }
  }

  compare(a: number, b: number): number {
    const [left, right] = [this.#value(a), this.#value(b)];
    if (left < right) return -1;
    if (left > right) return 1;
    return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
  }

  order(): Int32Array {
    return sortedIds(this.size, (a, b) => this.compare(a, b));
  }

  column(ids: Int32Array): Column {
    return { kind: 'float64', values: Float64Array.from(ids, (id) => this.#value(id)), ...nullsOf(ids) };
  }

  retain(inUse: Uint8Array): Int32Array {
    return retainPairs(this.#pairs, inUse);
  }

  #value(id: number): number {
    if (id === NULL_ID) return 0;
    words[HIGH] = this.#pairs.first(id - 1);
    words[LOW] = this.#pairs.second(id - 1);
    return scratch[0];
  }
}

/** Numbers longs by value, whichever kind of column they come in. */
export class LongIds implements ColumnIds {
  readonly #pairs = new PairIds();
  readonly #words = new LongWords();

  get size(): number {
    return this.#pairs.size + 1;
  }

  assign(column: Column, rows: Int32Array | undefined, count: number, out: Int32Array): void {
    const { nulls } = column;
    const pairs = this.#pairs;
    const read = this.#words;
    read.of(column);
    for (let at = 0; at < count; at++) {
      const row = rows === undefined ? at : rows[at];
      const isNull = nulls !== undefined && nulls[row] === 1;
      out[at] = isNull ? NULL_ID : pairs.idOf(read.high(row), read.low(row)) + 1;
    }
  }

  compare(a: number, b: number): number {
    const pairs = this.#pairs;
    return compareLongs(pairs.first(a - 1), pairs.second(a - 1), pairs.first(b - 1), pairs.second(b - 1));
  }

  order(): Int32Array {
    return sortedIds(this.size, (a, b) => this.compare(a, b));
  }

  column(ids: Int32Array): Column {
    const pairs = this.#pairs;
    const long = (id: number): number | bigint =>
      id === NULL_ID ? 0 : joinLong(pairs.first(id - 1), pairs.second(id - 1));
    const longs = Array.from(ids, long);
    return { ...longColumn(longs), ...nullsOf(ids) };
  }

  retain(inUse: Uint8Array): Int32Array {
    return retainPairs(this.#pairs, inUse);
  }
}

/** A column of longs: of BigInts only where one is beyond what a double holds exactly. */
export function longColumn(longs: readonly (number | bigint)[]): Column {
  return longs.some((long) => typeof long === 'bigint')
    ? { kind: 'int64', values: BigInt64Array.from(longs, BigInt) }
    : { kind: 'float64', values: Float64Array.from(longs, Number) };
}

/** PairIds.retain() for ids that count from 1. */
export function retainPairs(pairs: PairIds, inUse: Uint8Array, firstIds?: Int32Array): Int32Array {
  const renumbered = pairs.retain(inUse.subarray(1), firstIds);
  const ids = new Int32Array(renumbered.length + 1);
  for (let pair = 0; pair < renumbered.length; pair++) {
    const id = renumbered[pair];
    ids[pair + 1] = id < 0 ? -1 : id + 1;
  }
  return ids;
}
