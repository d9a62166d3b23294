import type { KeyIds } from '../key-ids.js';
import { sortByKey } from '../keys/radix-order.js';
import type { StateTable } from './state-table.js';

/** Of a window with at least this share of all keys, a pass over all ranks is faster than sorting its states. */
const MANY_OF_ALL = 1 / 16;

/**
 * Sorts states in place by (window, key). By window first, so that what is then sorted by key is small and lies in the
 * processor's caches: two full sorts of millions of states would miss them with each step.
 */
export function sortStates(states: Int32Array, table: StateTable, keys: KeyIds): void {
  if (states.length === 0) return;
  const { windows } = table;
  let least = windows[states[0]];
  let greatest = least;
  for (let at = 1; at < states.length; at++) {
    const window = windows[states[at]];
    if (window < least) least = window;
    else if (window > greatest) greatest = window;
  }
  sortByKey(states, windows, greatest - least + 1, least);
  const order = new KeyOrder(keys, table.keys, states.length);
  let start = 0;
  for (let at = 1; at <= states.length; at++) {
    if (at < states.length && windows[states[at]] === windows[states[start]]) continue;
    order.sort(states.subarray(start, at));
    start = at;
  }
}

/** Sorts the states of one window, each of another key, by their keys. */
class KeyOrder {
  readonly #keys: KeyIds;
  readonly #keyOf: Int32Array;
  readonly #ranks: Int32Array | undefined;
  /** By rank a state + 1; 0 between calls. */
  #places = new Int32Array(0);

  /** @param count how many states there are in all windows */
  constructor(keys: KeyIds, keyOf: Int32Array, count: number) {
    this.#keys = keys;
    this.#keyOf = keyOf;
    this.#ranks = keys.ranksFor(count);
  }

  sort(states: Int32Array): void {
    if (states.length === 1) return;
    const ranks = this.#ranks;
    if (ranks !== undefined && states.length >= ranks.length * MANY_OF_ALL) this.#place(states, ranks);
    else this.#compare(states);
  }

  #place(states: Int32Array, ranks: Int32Array): void {
    if (this.#places.length < ranks.length) this.#places = new Int32Array(ranks.length);
    const places = this.#places;
    const keyOf = this.#keyOf;
    for (let at = 0; at < states.length; at++) places[ranks[keyOf[states[at]]]] = states[at] + 1;
    let at = 0;
    for (let rank = 0; at < states.length; rank++) {
      const place = places[rank];
      if (place === 0) continue;
      states[at++] = place - 1;
      places[rank] = 0;
    }
  }

  #compare(states: Int32Array): void {
    const count = states.length;
    const ids = new Int32Array(count);
    for (let at = 0; at < count; at++) ids[at] = this.#keyOf[states[at]];
    const ranks = this.#keys.ranksOf(ids);
    // From here on ids are places in this window.
    for (let at = 0; at < count; at++) ids[at] = at;
    sortByKey(ids, ranks, this.#keys.size);
    for (let at = 0; at < count; at++) ranks[at] = states[ids[at]];
    states.set(ranks);
  }
}
