import { GridIndex } from './grid-index.js';
import { GrowableColumn } from './growable-column.js';
import { HashIndex } from './hash-index.js';
import type { StateIndex } from './state-index.js';
import { StateNumbers } from './state-numbers.js';

/** The time of a state that has no record yet: every record is newer. */
const BEFORE_ALL = Number.NEGATIVE_INFINITY;
/** The key of a number that no state has. */
const NOBODY = -1;

/**
 * The states of a rollup, one for each (key, window), numbered from 0: their key, window and the time of their newest
 * record in columns. Numbers of removed states are used again.
 */
export class StateTable {
  readonly #keys = new GrowableColumn(Int32Array);
  readonly #windows = new GrowableColumn(Int32Array);
  readonly #times = new GrowableColumn(Float64Array);
  /** Numbers whose states were removed. */
  readonly #removed: number[] = [];
  readonly #numbers = new StateNumbers();
  /** While keys occur in most windows. */
  #grid: GridIndex | undefined;
  #index: StateIndex;
  #size = 0;
  /** Numbers below this have a place in the columns. */
  #top = 0;

  constructor() {
    const grid = new GridIndex();
    this.#grid = grid;
    this.#index = grid;
  }

  /** How many states there are. */
  get size(): number {
    return this.#size;
  }

  /** Numbers of states lie below this. */
  get top(): number {
    return this.#top;
  }

  /** By state, negative where there is none; a new view after locate(). */
  get keys(): Int32Array {
    return this.#keys.values;
  }

  get windows(): Int32Array {
    return this.#windows.values;
  }

  get times(): Float64Array {
    return this.#times.values;
  }

  /**
   * The states of `count` pairs of key and window; new ones are added, with a time before all others.
   * @param keyCount keys lie below this
   */
  locate(keys: Int32Array, keyCount: number, windows: Int32Array, count: number, states: Int32Array): void {
    const grid = this.#grid;
    if (grid !== undefined && count > 0) {
      const [least, greatest] = extent(windows, count);
      if (!grid.covers(keyCount, least, greatest) && !grid.cover(keyCount, least, greatest)) this.#hash();
    }
    this.#index.locate(keys, windows, count, states, this.#add);
  }

  remove(state: number): void {
    this.#index.remove(this.keys[state], this.windows[state]);
    this.keys[state] = NOBODY;
    this.#removed.push(state);
    this.#size--;
  }

  /** The numbers of all states. */
  all(): Int32Array {
    const states = new Int32Array(this.size);
    let count = 0;
    for (let state = 0; state < this.#top; state++) if (this.keys[state] !== NOBODY) states[count++] = state;
    return states;
  }

  /** The states of the windows before one. */
  before(window: number): Int32Array {
    const [keys, windows] = [this.keys, this.windows];
    let count = 0;
    for (let state = 0; state < this.#top; state++) if (keys[state] !== NOBODY && windows[state] < window) count++;
    const states = new Int32Array(count);
    for (let state = 0, at = 0; at < count; state++) {
      if (keys[state] !== NOBODY && windows[state] < window) states[at++] = state;
    }
    return states;
  }

  /** Gives every state's key its new number. */
  renumberKeys(numbers: Int32Array): void {
    const { keys } = this;
    for (let state = 0; state < this.#top; state++) if (keys[state] !== NOBODY) keys[state] = numbers[keys[state]];
    // Keys come and go: a grid would be mostly empty.
    this.#hash();
  }

  readonly #add = (key: number, window: number): number => {
    const state = this.#removed.pop() ?? this.#numbers.take(window);
    if (state >= this.#top) this.#makeRoom();
    this.#size++;
    this.#keys.values[state] = key;
    this.#windows.values[state] = window;
    this.#times.values[state] = BEFORE_ALL;
    return state;
  };

  /** Places in the columns for all numbers, those too that no state has yet. */
  #makeRoom(): void {
    const { top } = this.#numbers;
    this.#keys.need(top);
    this.#windows.need(top);
    this.#times.need(top);
    this.#keys.values.fill(NOBODY, this.#top, top);
    this.#top = top;
  }

  /** Goes over to a hash table: a grid would be mostly empty. */
  #hash(): void {
    this.#grid = undefined;
    this.#index = new HashIndex(() => ({ keys: this.#keys.values, windows: this.#windows.values, top: this.#top }));
  }
}

function extent(windows: Int32Array, count: number): [number, number] {
  let least = windows[0];
  let greatest = least;
  for (let at = 1; at < count; at++) {
    const window = windows[at];
    if (window < least) least = window;
    else if (window > greatest) greatest = window;
  }
  return [least, greatest];
}
