import { type AddState, NONE, type StateIndex } from './state-index.js';

/** Cells that a grid may always have, and more for each state: beyond that a hash table is smaller. */
const FREE_CELLS = 1 << 18;
const CELLS_PER_STATE = 4;

/**
 * An index for keys that occur in most windows: a row of keys for each window from the first on, so that a look-up is
 * one load without a probe. Four bytes a cell.
 */
export class GridIndex implements StateIndex {
  #cells = new Int32Array(0);
  #first = 0;
  #windows = 0;
  #keys = 0;
  #states = 0;

  locate(keys: Int32Array, windows: Int32Array, count: number, states: Int32Array, add: AddState): void {
    if (hasNone(this.#cells, this.#first, this.#keys, keys, windows, count, states)) {
      this.#addMissing(keys, windows, count, states, add);
    }
  }

  #addMissing(keys: Int32Array, windows: Int32Array, count: number, states: Int32Array, add: AddState): void {
    for (let at = 0; at < count; at++) {
      if (states[at] !== NONE) continue;
      const cell = (windows[at] - this.#first) * this.#keys + keys[at];
      if (this.#cells[cell] === NONE) {
        this.#cells[cell] = add(keys[at], windows[at]);
        this.#states++;
      }
      states[at] = this.#cells[cell];
    }
  }

  remove(key: number, window: number): void {
    this.#cells[(window - this.#first) * this.#keys + key] = NONE;
    this.#states--;
  }

  /** Whether there is room for keys below `keys` and windows from `least` to `greatest`. */
  covers(keys: number, least: number, greatest: number): boolean {
    return keys <= this.#keys && least >= this.#first && greatest < this.#first + this.#windows;
  }

  /** Makes that room; false where the grid would be too sparse. */
  cover(keys: number, least: number, greatest: number): boolean {
    const [from, to] = this.#used(least, greatest);
    const width = 2 ** Math.ceil(Math.log2(Math.max(keys, this.#keys, 16)));
    // Room ahead, where time goes.
    const height = to - from + 1 + Math.min(64, (to - from + 1) >> 2);
    if (width * height > FREE_CELLS + CELLS_PER_STATE * this.#states) return false;
    const cells = new Int32Array(width * height).fill(NONE);
    for (let window = 0; window < this.#windows; window++) {
      const target = window + this.#first - from;
      if (target < 0 || target >= height) continue;
      cells.set(this.#cells.subarray(window * this.#keys, (window + 1) * this.#keys), target * width);
    }
    this.#cells = cells;
    this.#first = from;
    this.#windows = height;
    this.#keys = width;
    return true;
  }

  /** The windows that hold states, with these two. */
  #used(least: number, greatest: number): [number, number] {
    let [from, to] = [least, greatest];
    for (let window = 0; window < this.#windows; window++) {
      const row = this.#cells.subarray(window * this.#keys, (window + 1) * this.#keys);
      if (row.every((state) => state === NONE)) continue;
      from = Math.min(from, window + this.#first);
      to = Math.max(to, window + this.#first);
    }
    return [from, to];
  }
}

/** Looks states up; true if one of them is none. A function of its own: its loop is what a rollup does most. */
function hasNone(
  cells: Int32Array,
  first: number,
  width: number,
  keys: Int32Array,
  windows: Int32Array,
  count: number,
  states: Int32Array,
): boolean {
  let all = 0;
  for (let at = 0; at < count; at++) {
    const state = cells[(windows[at] - first) * width + keys[at]];
    states[at] = state;
    all |= state;
  }
  return all < 0;
}
