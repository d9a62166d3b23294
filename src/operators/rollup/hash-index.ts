import { GrowableColumn } from './growable-column.js';
import type { AddState, StateIndex } from './state-index.js';

const FIRST_SLOTS = 1 << 12;
/** At most this share of the slots is taken. */
const FULL = 0.75;
const FREE = 0;
/** Pairs that are looked up together: the pages of memory that they need are all known to the processor at once. */
const SOME = 512;

/** The states' own keys and windows, which tell two pairs of one hash apart. */
export interface StatePairs {
  readonly keys: Int32Array;
  readonly windows: Int32Array;
  /** Numbers of states lie below this. The key of a number that is free is negative. */
  readonly top: number;
}

/**
 * An index for keys that occur in few windows: open addressing with linear probing. A slot is one word, 0 where it is
 * free: as many low bits as number the slots hold the state's number + 1, those above are the hash's own, of which the
 * slot's place says nothing. A new pair is mostly known to be one from a word or two side by side. It grows in place:
 * the states themselves say what was in it.
 */
export class HashIndex implements StateIndex {
  readonly #pairs: () => StatePairs;
  readonly #slots = new GrowableColumn(Int32Array);
  /** The bits of a hash that say its slot, and of a slot that say its state. */
  #mask = 0;
  #size = 0;
  readonly #hashes = new Int32Array(SOME);

  /** @param pairs all states, those that there are already too */
  constructor(pairs: () => StatePairs) {
    this.#pairs = pairs;
    const { keys, top } = pairs();
    for (let state = 0; state < top; state++) if (keys[state] >= 0) this.#size++;
    let slots = FIRST_SLOTS;
    while (isFull(slots, this.#size, top)) slots *= 2;
    this.#fill(slots);
  }

  locate(keys: Int32Array, windows: Int32Array, count: number, states: Int32Array, add: AddState): void {
    for (let from = 0; from < count; from += SOME) {
      const to = Math.min(from + SOME, count);
      this.#locate(keys.subarray(from, to), windows.subarray(from, to), to - from, states.subarray(from, to), add);
    }
  }

  #locate(keys: Int32Array, windows: Int32Array, count: number, states: Int32Array, add: AddState): void {
    const hashes = this.#hashes;
    for (let at = 0; at < count; at++) hashes[at] = hashOf(keys[at], windows[at]);
    loadSlots(this.#slots.values, this.#mask, hashes, count);
    if (hasMissing(this.#slots.values, this.#mask, this.#pairs(), keys, windows, hashes, count, states)) {
      this.#addMissing(keys, windows, count, states, add);
    }
  }

  #addMissing(keys: Int32Array, windows: Int32Array, count: number, states: Int32Array, add: AddState): void {
    const hashes = this.#hashes;
    let pairs = this.#pairs();
    const { values: slots } = this.#slots;
    const mask = this.#mask;
    for (let at = 0; at < count; at++) {
      if (states[at] >= 0) continue;
      // What was added since may have taken the slot, for this very pair even.
      const slot = slotFrom(~states[at], slots, mask, pairs, keys[at], windows[at], hashes[at]);
      if (slots[slot] !== FREE) {
        states[at] = (slots[slot] & mask) - 1;
        continue;
      }
      const state = add(keys[at], windows[at]);
      states[at] = state;
      slots[slot] = (hashes[at] & ~mask) | (state + 1);
      this.#size++;
      pairs = this.#pairs();
      if (!isFull(mask + 1, this.#size, pairs.top)) continue;
      this.#fill((mask + 1) * 2);
      for (let after = at + 1; after < count; after++) {
        if (states[after] < 0) states[after] = ~(hashes[after] & this.#mask);
      }
      this.#addMissing(keys, windows, count, states, add);
      return;
    }
  }

  remove(key: number, window: number): void {
    const pairs = this.#pairs();
    const { values: slots } = this.#slots;
    const mask = this.#mask;
    const hash = hashOf(key, window);
    let hole = slotFrom(hash & mask, slots, mask, pairs, key, window, hash);
    // Backward-shift deletion (Knuth, The Art of Computer Programming 6.4, algorithm R): no tombstones to pile up.
    for (let next = (hole + 1) & mask; slots[next] !== FREE; next = (next + 1) & mask) {
      const state = (slots[next] & mask) - 1;
      const home = hashOf(pairs.keys[state], pairs.windows[state]) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots[hole] = slots[next];
      hole = next;
    }
    slots[hole] = FREE;
    this.#size--;
  }

  /** Puts all states into so many slots. */
  #fill(slots: number): void {
    this.#mask = slots - 1;
    this.#slots.need(slots);
    placeAll(this.#slots.values, this.#mask, this.#pairs());
  }
}

/** A state's number + 1 fits into a slot's bits as long as it is not full. */
function isFull(slots: number, size: number, top: number): boolean {
  return size > slots * FULL || top >= slots - 1;
}

/** Looks states up. Of a pair that has none it writes the complement of the slot where it was not found. */
function hasMissing(
  slots: Int32Array,
  mask: number,
  pairs: StatePairs,
  keys: Int32Array,
  windows: Int32Array,
  hashes: Int32Array,
  count: number,
  states: Int32Array,
): boolean {
  let all = 0;
  for (let at = 0; at < count; at++) {
    const slot = slotFrom(hashes[at] & mask, slots, mask, pairs, keys[at], windows[at], hashes[at]);
    const state = slots[slot] === FREE ? ~slot : (slots[slot] & mask) - 1;
    states[at] = state;
    all |= state;
  }
  return all < 0;
}

/** The slot of a pair, or the free one that it would get, from a slot on. */
function slotFrom(
  first: number,
  slots: Int32Array,
  mask: number,
  pairs: StatePairs,
  key: number,
  window: number,
  hash: number,
): number {
  for (let slot = first; ; slot = (slot + 1) & mask) {
    const found = slots[slot];
    if (found === FREE) return slot;
    if (((found ^ hash) & ~mask) !== 0) continue;
    const state = (found & mask) - 1;
    if (pairs.keys[state] === key && pairs.windows[state] === window) return slot;
  }
}

function placeAll(slots: Int32Array, mask: number, { keys, windows, top }: StatePairs): void {
  slots.fill(FREE, 0, mask + 1);
  const hashes = new Int32Array(Math.min(top, SOME));
  for (let start = 0; start < top; start += SOME) {
    const end = Math.min(start + SOME, top);
    for (let state = start; state < end; state++) hashes[state - start] = hashOf(keys[state], windows[state]);
    loadSlots(slots, mask, hashes, end - start);
    for (let state = start; state < end; state++) {
      if (keys[state] < 0) continue;
      const hash = hashes[state - start];
      let slot = hash & mask;
      while (slots[slot] !== FREE) slot = (slot + 1) & mask;
      slots[slot] = (hash & ~mask) | (state + 1);
    }
  }
}

/**
 * Reads the slots where look-ups begin. They lie anywhere in many megabytes, and a processor waits for several of them
 * at once in a loop as short as this one, but for one after the other where each is also looked at.
 */
function loadSlots(slots: Int32Array, mask: number, hashes: Int32Array, count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum ^= slots[hashes[at] & mask];
  return sum;
}

/** Mixes a pair so that low and high bits depend on both. */
function hashOf(key: number, window: number): number {
  let mixed = Math.imul(key, 0x9e3779b1) ^ Math.imul(window, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}
