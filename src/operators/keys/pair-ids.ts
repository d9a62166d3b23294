const FIRST_ROOM = 256;
/** Slots per entry, so that at most half of them are taken. */
const SPARE = 2;

/** Numbers pairs of int32 from 0 in the order in which they were first seen. */
export class PairIds {
  #size = 0;
  #firsts = new Int32Array(FIRST_ROOM);
  #seconds = new Int32Array(FIRST_ROOM);
  /** Ids by hash, probed linearly; −1 is free. */
  #slots = new Int32Array(FIRST_ROOM * SPARE).fill(-1);

  get size(): number {
    return this.#size;
  }

  /** The id of a pair, added if it is new. */
  idOf(first: number, second: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hashPair(first, second) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot];
      if (id < 0) return this.#add(first, second, slot);
      if (this.#firsts[id] === first && this.#seconds[id] === second) return id;
    }
  }

  first(id: number): number {
    return this.#firsts[id];
  }

  second(id: number): number {
    return this.#seconds[id];
  }

  /** The first halves of some pairs. */
  firstsOf(ids: Int32Array): Int32Array {
    const halves = new Int32Array(ids.length);
    for (let at = 0; at < ids.length; at++) halves[at] = this.#firsts[ids[at]];
    return halves;
  }

  /** The second halves of some pairs. */
  secondsOf(ids: Int32Array): Int32Array {
    const halves = new Int32Array(ids.length);
    for (let at = 0; at < ids.length; at++) halves[at] = this.#seconds[ids[at]];
    return halves;
  }

  /**
   * Forgets the pairs that are not in use and numbers the others anew, in the same order.
   * @param inUse 1 for each id to keep
   * @param firstIds new numbers of the first halves, where they were renumbered too; so secondIds
   * @returns the new id of each old one, −1 where it is forgotten
   */
  retain(inUse: Uint8Array, firstIds?: Int32Array, secondIds?: Int32Array): Int32Array {
    const renumbered = new Int32Array(this.#size).fill(-1);
    const before = this.#size;
    const [firsts, seconds] = [this.#firsts, this.#seconds];
    let kept = 0;
    for (let id = 0; id < before; id++) if (inUse[id] === 1) renumbered[id] = kept++;
    let room = FIRST_ROOM;
    while (room < kept) room *= 2;
    this.#firsts = new Int32Array(room);
    this.#seconds = new Int32Array(room);
    for (let id = 0; id < before; id++) {
      const to = renumbered[id];
      if (to < 0) continue;
      const [first, second] = [firsts[id], seconds[id]];
      this.#firsts[to] = firstIds === undefined ? first : firstIds[first];
      this.#seconds[to] = secondIds === undefined ? second : secondIds[second];
    }
    this.#size = kept;
    this.#rehash();
    return renumbered;
  }

  #add(first: number, second: number, slot: number): number {
    const id = this.#size++;
    if (id < this.#firsts.length) {
      this.#slots[slot] = id;
      this.#firsts[id] = first;
      this.#seconds[id] = second;
      return id;
    }
    this.#firsts = grown(this.#firsts);
    this.#seconds = grown(this.#seconds);
    this.#firsts[id] = first;
    this.#seconds[id] = second;
    this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#firsts.length * SPARE).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#size; id++) {
      let slot = hashPair(this.#firsts[id], this.#seconds[id]) & mask;
      while (slots[slot] >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

/** Mixes two int32 so that the low bits depend on all of them (the finalizer of MurmurHash3). */
export function hashPair(first: number, second: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
