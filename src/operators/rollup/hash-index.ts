import { type AddState, NONE, type StateIndex } from './state-index.js';

const FIRST_SLOTS = 1 << 12;
/** At most this share of the slots is taken. */
const FULL = 0.7;

/** The states' own keys and windows, which tell two pairs of one hash apart. */
export interface StatePairs {
  readonly keys: Int32Array;
  readonly windows: Int32Array;
}

/**
 * An index for keys that occur in few windows: open addressing with linear probing over pairs of (hash, state), 8 bytes
 * a slot. Hash 0 marks a free slot.
 */
export class HashIndex implements StateIndex {
  readonly #pairs: () => StatePairs;
  #slots = new Int32Array(FIRST_SLOTS * 2);
  #mask = FIRST_SLOTS - 1;
  #states = 0;

  constructor(pairs: () => StatePairs) {
    this.#pairs = pairs;
  }

  locate(keys: Int32Array, windows: Int32Array, count: number, states: Int32Array, add: AddState): void {
    let pairs = this.#pairs();
    for (let at = 0; at < count; at++) {
      const key = keys[at];
      const window = windows[at];
      const hash = hashOf(key, window);
      let slot = this.#mask & hash;
      let found = this.#slots[slot * 2];
      let state = NONE;
      while (found !== 0) {
        if (found === hash) {
          const candidate = this.#slots[slot * 2 + 1];
          if (pairs.keys[candidate] === key && pairs.windows[candidate] === window) {
            state = candidate;
            break;
          }
        }
        slot = (slot + 1) & this.#mask;
        found = this.#slots[slot * 2];
      }
      if (state === NONE) {
        state = add(key, window);
        pairs = this.#pairs();
        this.insert(key, window, state);
      }
      states[at] = state;
    }
  }

  /** Adds a pair that is not there yet. */
  insert(key: number, window: number, state: number): void {
    if (this.#states >= (this.#mask + 1) * FULL) this.#grow();
    this.#place(hashOf(key, window), state);
    this.#states++;
  }

  remove(key: number, window: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    const pairs = this.#pairs();
    let hole = hashOf(key, window) & mask;
    for (let state = slots[hole * 2 + 1]; ; state = slots[hole * 2 + 1]) {
      if (slots[hole * 2] !== 0 && pairs.keys[state] === key && pairs.windows[state] === window) break;
      hole = (hole + 1) & mask;
    }
    // Backward-shift deletion (Knuth, The Art of Computer Programming 6.4, algorithm R): no tombstones to pile up.
    for (let next = (hole + 1) & mask; slots[next * 2] !== 0; next = (next + 1) & mask) {
      const home = slots[next * 2] & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots[hole * 2] = slots[next * 2];
      slots[hole * 2 + 1] = slots[next * 2 + 1];
      hole = next;
    }
    slots[hole * 2] = 0;
    this.#states--;
  }

  #place(hash: number, state: number): void {
    let slot = hash & this.#mask;
    while (this.#slots[slot * 2] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot * 2] = hash;
    this.#slots[slot * 2 + 1] = state;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let slot = 0; slot < old.length; slot += 2) if (old[slot] !== 0) this.#place(old[slot], old[slot + 1]);
  }
}

/** Mixes a pair so that low and high bits depend on both; never 0. */
function hashOf(key: number, window: number): number {
  let mixed = Math.imul(key, 0x9e3779b1) ^ Math.imul(window, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed ^= mixed >>> 13;
  return mixed === 0 ? 1 : mixed;
}
