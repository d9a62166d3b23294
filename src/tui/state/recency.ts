const NONE = -1;

/** Slots in the order of their last change, newest first: a doubly linked list in two arrays. */
export class Recency {
  #newer: Int32Array;
  #older: Int32Array;
  #newest = NONE;
  #oldest = NONE;

  constructor(capacity: number) {
    this.#newer = new Int32Array(capacity).fill(NONE);
    this.#older = new Int32Array(capacity).fill(NONE);
  }

  /** The slot that changed longest ago; -1 where there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  /** From the newest on. */
  *[Symbol.iterator](): Generator<number> {
    for (let slot = this.#newest; slot !== NONE; slot = this.#older[slot]) yield slot;
  }

  /** Puts a new slot in front. */
  add(slot: number): void {
    this.#newer[slot] = NONE;
    this.#older[slot] = this.#newest;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  /** Puts a slot that is there in front. */
  touch(slot: number): void {
    if (slot === this.#newest) return;
    this.remove(slot);
    this.add(slot);
  }

  remove(slot: number): void {
    const [newer, older] = [this.#newer[slot], this.#older[slot]];
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
  }

  grow(capacity: number): void {
    const [newer, older] = [new Int32Array(capacity).fill(NONE), new Int32Array(capacity).fill(NONE)];
    newer.set(this.#newer);
    older.set(this.#older);
    this.#newer = newer;
    this.#older = older;
  }
}
