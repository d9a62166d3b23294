import type { KeyIds, Ranking } from '../key-ids.js';
import { sortByKey } from '../keys/radix-order.js';
import type { StateTable } from './state-table.js';

/** States in the order of (window, key). */
export interface SortedStates {
  readonly states: Int32Array;
  /** The key of each; borrowed until the next are asked for. */
  readonly keys: Int32Array;
}

/** Windows that are counted one by one; of a wider range digits of their numbers are. */
const MOST_COUNTED = 1 << 16;
/** Of a window with at least this share of all keys, a pass over all ranks is faster than sorting its states. */
const MANY_OF_ALL = 1 / 4;

/**
 * Gives states in the order of (window, key), window by window, small windows several together. They are sorted by
 * window first, so that what is then sorted by key is small and lies in the processor's caches: a sort of all states
 * would miss them with each step.
 * @param chosen which states; undefined for all
 * @param enough windows are put together until there are so many states
 */
export function* sortStates(
  chosen: Int32Array | undefined,
  table: StateTable,
  keys: KeyIds,
  enough: number,
): Generator<SortedStates> {
  const { states, ends } = byWindow(chosen, table);
  const order = new KeyOrder(keys, table.keys, states.length);
  let [first, start] = [0, 0];
  for (const end of ends) {
    if (end === start) continue;
    order.sort(states.subarray(start, end), start - first, end - first);
    start = end;
    if (end < states.length && end - first < enough) continue;
    yield { states: states.subarray(first, end), keys: order.sorted.subarray(0, end - first) };
    first = end;
  }
}

interface ByWindow {
  readonly states: Int32Array;
  /** Where each window's states end; a window may have none. */
  readonly ends: Iterable<number>;
}

/** Sorts states by window, in each by their numbers where that is how they came. */
function byWindow(chosen: Int32Array | undefined, table: StateTable): ByWindow {
  const { windows, keys, size, top } = table;
  const count = chosen === undefined ? size : chosen.length;
  const [least, greatest] = extent(chosen, table);
  const range = greatest - least + 1;
  if (range > MOST_COUNTED) {
    const states = chosen ?? table.all();
    sortByKey(states, windows, range, least);
    return { states, ends: endsOf(states, windows) };
  }
  const ends = new Int32Array(Math.max(range, 0));
  const steps = chosen === undefined ? top : count;
  for (let at = 0; at < steps; at++) {
    const state = chosen === undefined ? at : chosen[at];
    if (keys[state] >= 0) ends[windows[state] - least]++;
  }
  let place = 0;
  for (let window = 0; window < range; window++) {
    const own = ends[window];
    ends[window] = place;
    place += own;
  }
  const states = new Int32Array(count);
  for (let at = 0; at < steps; at++) {
    const state = chosen === undefined ? at : chosen[at];
    if (keys[state] >= 0) states[ends[windows[state] - least]++] = state;
  }
  return { states, ends };
}

/** The least and the greatest window of states. */
function extent(chosen: Int32Array | undefined, { windows, keys, top }: StateTable): [number, number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const steps = chosen === undefined ? top : chosen.length;
  for (let at = 0; at < steps; at++) {
    const state = chosen === undefined ? at : chosen[at];
    if (keys[state] < 0) continue;
    const window = windows[state];
    if (window < least) least = window;
    if (window > greatest) greatest = window;
  }
  return [least, greatest];
}

function endsOf(states: Int32Array, windows: Int32Array): number[] {
  const ends: number[] = [];
  for (let at = 1; at < states.length; at++) if (windows[states[at]] !== windows[states[at - 1]]) ends.push(at);
  ends.push(states.length);
  return ends;
}

/** Sorts the states of one window, each of another key, by their keys. */
class KeyOrder {
  /** The keys of what was sorted, where the caller wanted them. */
  sorted = new Int32Array(0);
  readonly #keys: KeyIds;
  readonly #keyOf: Int32Array;
  readonly #ranking: Ranking | undefined;
  /** By rank a state + 1; 0 between calls. */
  #places = new Int32Array(0);

  /** @param count how many states there are in all windows */
  constructor(keys: KeyIds, keyOf: Int32Array, count: number) {
    this.#keys = keys;
    this.#keyOf = keyOf;
    this.#ranking = keys.rankingFor(count);
  }

  /** Sorts states in place and writes their keys to `sorted` at [from, to). */
  sort(states: Int32Array, from: number, to: number): void {
    if (this.sorted.length < to) {
      const larger = new Int32Array(Math.max(to, this.sorted.length * 2));
      larger.set(this.sorted.subarray(0, from));
      this.sorted = larger;
    }
    const sorted = this.sorted.subarray(from, to);
    if (states.length === 1) sorted[0] = this.#keyOf[states[0]];
    else if (this.#ranking !== undefined && states.length >= this.#ranking.order.length * MANY_OF_ALL) {
      this.#place(states, this.#ranking, sorted);
    } else this.#compare(states, sorted);
  }

  #place(states: Int32Array, { ranks, order }: Ranking, sorted: Int32Array): void {
    if (this.#places.length < ranks.length) this.#places = new Int32Array(ranks.length);
    const places = this.#places;
    const keyOf = this.#keyOf;
    for (let at = 0; at < states.length; at++) places[ranks[keyOf[states[at]]]] = states[at] + 1;
    let at = 0;
    for (let rank = 0; at < states.length; rank++) {
      const place = places[rank];
      if (place === 0) continue;
      sorted[at] = order[rank];
      states[at++] = place - 1;
      places[rank] = 0;
    }
  }

  #compare(states: Int32Array, sorted: Int32Array): void {
    const count = states.length;
    const ids = new Int32Array(count);
    for (let at = 0; at < count; at++) ids[at] = this.#keyOf[states[at]];
    const ranks = this.#keys.ranksOf(ids);
    // From here on ids are places in this window.
    for (let at = 0; at < count; at++) ids[at] = at;
    sortByKey(ids, ranks, this.#keys.size);
    for (let at = 0; at < count; at++) ranks[at] = states[ids[at]];
    states.set(ranks);
    for (let at = 0; at < count; at++) sorted[at] = this.#keyOf[states[at]];
  }
}
