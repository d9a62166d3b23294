const NONE = -1;
const FIRST_ROOM = 64;

/**
 * Which state each of some entries is in, and of each state which entries: entries of a state are chained in both
 * directions. Numbers of entries that were released are used again.
 */
export class StateMembers {
  readonly #stride: number;
  /** By entry. */
  #states = new Int32Array(FIRST_ROOM);
  #next = new Int32Array(FIRST_ROOM);
  #previous = new Int32Array(FIRST_ROOM);
  /** By state's number: its first entry + 1. */
  #heads = new Int32Array(FIRST_ROOM);
  #top = 0;
  #live = 0;
  /** Released entries, chained by `next`. */
  #free = NONE;

  /** @param stride words from one state to the next */
  constructor(stride: number) {
    this.#stride = stride;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#live;
  }

  /** An entry in no state yet. */
  add(): number {
    this.#live++;
    if (this.#free !== NONE) {
      const entry = this.#free;
      this.#free = this.#next[entry];
      return entry;
    }
    if (this.#top === this.#states.length) {
      this.#states = grown(this.#states, this.#top * 2);
      this.#next = grown(this.#next, this.#top * 2);
      this.#previous = grown(this.#previous, this.#top * 2);
    }
    return this.#top++;
  }

  /** The row of an entry's state; −1 where it is in none. */
  stateOf(entry: number): number {
    return this.#states[entry];
  }

  /** Puts an entry into a state. */
  link(entry: number, state: number): void {
    const number = state / this.#stride;
    if (number >= this.#heads.length) this.#heads = grown(this.#heads, Math.max(number + 1, this.#heads.length * 2));
    const head = this.#heads[number] - 1;
    this.#states[entry] = state;
    this.#next[entry] = head;
    this.#previous[entry] = NONE;
    if (head !== NONE) this.#previous[head] = entry;
    this.#heads[number] = entry + 1;
  }

  /** Takes an entry out of its state. */
  unlink(entry: number): void {
    const [next, previous] = [this.#next[entry], this.#previous[entry]];
    if (next !== NONE) this.#previous[next] = previous;
    if (previous !== NONE) this.#next[previous] = next;
    else this.#heads[this.#states[entry] / this.#stride] = next + 1;
    this.#states[entry] = NONE;
  }

  /** Forgets an entry that is in no state. */
  release(entry: number): void {
    this.#next[entry] = this.#free;
    this.#free = entry;
    this.#live--;
  }

  /** The entries of a state. The one that was given last may be unlinked and released meanwhile. */
  *of(state: number): Generator<number> {
    let next = (this.#heads[state / this.#stride] ?? 0) - 1;
    while (next !== NONE) {
      const entry = next;
      next = this.#next[entry];
      yield entry;
    }
  }

  /** All entries that are in a state. */
  *all(): Generator<number> {
    for (let entry = 0; entry < this.#top; entry++) if (this.#states[entry] !== NONE) yield entry;
  }
}

function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
