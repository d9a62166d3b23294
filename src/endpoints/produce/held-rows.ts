import { type SimulatedRows, simulatedRows } from './simulation.js';

/** Rows that are held back, given out by the time of their release: a binary heap over columns. */
export class HeldRows {
  size = 0;
  readonly #limit: number;
  #rows: SimulatedRows;
  #releases: Float64Array;
  /** Equal releases come out in the order in which they were put in. */
  #numbers: Float64Array;
  #slots: Int32Array;
  #put = 0;

  /** @param limit how many it takes at most: the caller takes one out before it puts in more */
  constructor(limit: number) {
    this.#limit = limit;
    const capacity = Math.min(limit, 64);
    this.#rows = simulatedRows(capacity);
    this.#releases = new Float64Array(capacity);
    this.#numbers = new Float64Array(capacity);
    this.#slots = new Int32Array(capacity).map((_, at) => at);
  }

  get full(): boolean {
    return this.size === this.#limit;
  }

  /** When the first row is to be released; Infinity if there is none. */
  get release(): number {
    return this.size === 0 ? Infinity : (this.#releases[this.#slots[0]] ?? Infinity);
  }

  put(from: SimulatedRows, row: number, release: number): void {
    if (this.size === this.#slots.length) this.#grow();
    let at = this.size++;
    const slot = this.#slots[at];
    copyRow(from, row, this.#rows, slot);
    this.#releases[slot] = release;
    this.#numbers[slot] = this.#put++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(slot, this.#slots[parent])) break;
      this.#slots[at] = this.#slots[parent];
      at = parent;
    }
    this.#slots[at] = slot;
  }

  /** Takes out the first row. */
  take(into: SimulatedRows, row: number): void {
    const taken = this.#slots[0];
    copyRow(this.#rows, taken, into, row);
    const size = --this.size;
    const last = this.#slots[size];
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#before(this.#slots[child + 1], this.#slots[child])) child++;
      if (!this.#before(this.#slots[child], last)) break;
      this.#slots[at] = this.#slots[child];
      at = child;
    }
    this.#slots[at] = last;
    // Slots behind the heap are the free ones.
    this.#slots[size] = taken;
  }

  #before(one: number, other: number): boolean {
    const difference = this.#releases[one] - this.#releases[other];
    return difference < 0 || (difference === 0 && this.#numbers[one] < this.#numbers[other]);
  }

  #grow(): void {
    const before = this.#slots.length;
    const capacity = Math.min(this.#limit, before * 2);
    const rows = simulatedRows(capacity);
    rows.subject.set(this.#rows.subject);
    rows.millis.set(this.#rows.millis);
    rows.value.set(this.#rows.value);
    this.#rows = rows;
    const releases = new Float64Array(capacity);
    releases.set(this.#releases);
    this.#releases = releases;
    const numbers = new Float64Array(capacity);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    this.#slots = new Int32Array(capacity).map((_, at) => (at < before ? (this.#slots[at] ?? at) : at));
  }
}

export function copyRow(from: SimulatedRows, row: number, into: SimulatedRows, to: number): void {
  into.subject[to] = from.subject[row];
  into.millis[to] = from.millis[row];
  into.value[to] = from.value[row];
}
