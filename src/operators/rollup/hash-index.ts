import { GrowableColumn } from './growable-column.js';
import type { AddState, StateIndex } from './state-index.js';

const FIRST_SLOTS = 1 << 12;
/** At most this share of the slots is taken. */
const FULL = 0.75;
const FREE = 0;
/** States that are placed together. */
const SOME = 1024;

/** The states' own keys and windows, which tell two pairs of one hash apart. */
export interface StatePairs {
  readonly keys: Int32Array;
  readonly windows: Int32Array;
  /** Numbers of states lie below this. The key of a number that is free is negative. */
  readonly top: number;
}

/**
 * An index for keys that occur in few windows: open addressing with linear probing. A slot is a state and, in an array
 * of its own, a tag of one byte, 0 where it is free and else eight bits of the pair's hash: a new pair is mostly known
 * to be one from a few tags side by side. Five bytes a slot. It grows in place: the states themselves say what was in it.
 */
export class HashIndex implements StateIndex {
  readonly #pairs: () => StatePairs;
  readonly #tags = new GrowableColumn(Uint8Array);
  readonly #states = new GrowableColumn(Int32Array);
  #mask = 0;
  #size = 0;
  #hashes = new Int32Array(0);

  /** @param pairs all states, those that there are already too */
  constructor(pairs: () => StatePairs) {
    this.#pairs = pairs;
    const { keys, top } = pairs();
    for (let state = 0; state < top; state++) if (keys[state] >= 0) this.#size++;
    let slots = FIRST_SLOTS;
    while (this.#size > slots * FULL) slots *= 2;
    this.#fill(slots);
  }

  locate(keys: Int32Array, windows: Int32Array, count: number, states: Int32Array, add: AddState): void {
    if (this.#hashes.length < count) this.#hashes = new Int32Array(count);
    const hashes = this.#hashes;
    for (let at = 0; at < count; at++) hashes[at] = hashOf(keys[at], windows[at]);
    loadSlots(this.#tags.values, this.#mask, hashes, count);
    loadSlots(this.#states.values, this.#mask, hashes, count);
    let pairs = this.#pairs();
    for (let at = 0; at < count; at++) {
      const slot = this.#slotOf(pairs, keys[at], windows[at], hashes[at]);
      if (this.#tags.values[slot] !== FREE) {
        states[at] = this.#states.values[slot];
        continue;
      }
      const state = add(keys[at], windows[at]);
      states[at] = state;
      pairs = this.#pairs();
      this.#tags.values[slot] = tagOf(hashes[at]);
      this.#states.values[slot] = state;
      if (++this.#size > (this.#mask + 1) * FULL) this.#fill((this.#mask + 1) * 2);
    }
  }

  remove(key: number, window: number): void {
    const pairs = this.#pairs();
    const [tags, states, mask] = [this.#tags.values, this.#states.values, this.#mask];
    let hole = this.#slotOf(pairs, key, window, hashOf(key, window));
    // Backward-shift deletion (Knuth, The Art of Computer Programming 6.4, algorithm R): no tombstones to pile up.
    for (let next = (hole + 1) & mask; tags[next] !== FREE; next = (next + 1) & mask) {
      const state = states[next];
      const home = hashOf(pairs.keys[state], pairs.windows[state]) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      tags[hole] = tags[next];
      states[hole] = state;
      hole = next;
    }
    tags[hole] = FREE;
    this.#size--;
  }

  /** The slot of a pair, or the free one that it would get. */
  #slotOf({ keys, windows }: StatePairs, key: number, window: number, hash: number): number {
    const [tags, states, mask] = [this.#tags.values, this.#states.values, this.#mask];
    const tag = tagOf(hash);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const found = tags[slot];
      if (found === FREE) return slot;
      if (found === tag && keys[states[slot]] === key && windows[states[slot]] === window) return slot;
    }
  }

  /** Puts all states into so many slots. */
  #fill(slots: number): void {
    this.#mask = slots - 1;
    this.#tags.need(slots);
    this.#states.need(slots);
    const { keys, windows, top } = this.#pairs();
    placeAll(this.#tags.values, this.#states.values, this.#mask, keys, windows, top);
  }
}

function placeAll(
  tags: Uint8Array,
  states: Int32Array,
  mask: number,
  keys: Int32Array,
  windows: Int32Array,
  top: number,
): void {
  tags.fill(FREE, 0, mask + 1);
  const hashes = new Int32Array(Math.min(top, SOME));
  for (let start = 0; start < top; start += SOME) {
    const end = Math.min(start + SOME, top);
    for (let state = start; state < end; state++) hashes[state - start] = hashOf(keys[state], windows[state]);
    loadSlots(tags, mask, hashes, end - start);
    for (let state = start; state < end; state++) {
      if (keys[state] < 0) continue;
      const hash = hashes[state - start];
      let slot = hash & mask;
      while (tags[slot] !== FREE) slot = (slot + 1) & mask;
      tags[slot] = tagOf(hash);
      states[slot] = state;
    }
  }
}

/**
 * Reads the slots where look-ups begin. They lie anywhere in many megabytes, and a processor waits for several of them
 * at once in a loop as short as this one, but for one after the other where each is also looked at.
 */
function loadSlots(slots: Uint8Array | Int32Array, mask: number, hashes: Int32Array, count: number): number {
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

/** The bits of a hash that say least about its slot. */
function tagOf(hash: number): number {
  const tag = hash >>> 24;
  return tag === FREE ? 1 : tag;
}
