/** Points that are kept of each key. */
const POINTS = 32;
/** Values that come sooner after one another make one point, in milliseconds of event time or of the clock. */
const APART_MS = 1000;

export interface Point {
  readonly value: number;
  /** Epoch milliseconds, where it is known. */
  readonly time: number;
}

/** The last values of a number by slot: a ring of points for each. */
export class History {
  #values: Float64Array;
  #times: Float64Array;
  /** By slot: how many points came so far. */
  #counts: Uint32Array;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity * POINTS);
    this.#times = new Float64Array(capacity * POINTS);
    this.#counts = new Uint32Array(capacity);
  }

  /** @param time epoch milliseconds of the value */
  add(slot: number, value: number, time: number): void {
    if (Number.isNaN(value)) return;
    const count = this.#counts[slot];
    const last = slot * POINTS + ((count + POINTS - 1) % POINTS);
    const isNew = count === 0 || !(Math.abs(time - this.#times[last]) < APART_MS);
    const at = isNew ? slot * POINTS + (count % POINTS) : last;
    this.#values[at] = value;
    if (!isNew) return;
    this.#times[at] = time;
    this.#counts[slot] = count + 1;
  }

  /** From the oldest to the newest. @param most as many at most */
  points(slot: number, most = POINTS): Point[] {
    const count = this.#counts[slot];
    const length = Math.min(count, most, POINTS);
    return Array.from({ length }, (_, index) => {
      const at = slot * POINTS + ((count - length + index) % POINTS);
      return { value: this.#values[at], time: this.#times[at] };
    });
  }

  /** Has a slot begin anew. */
  clear(slot: number): void {
    this.#counts[slot] = 0;
  }

  clearAll(): void {
    this.#counts.fill(0);
  }

  grow(capacity: number): void {
    const before = { values: this.#values, times: this.#times, counts: this.#counts };
    this.#values = new Float64Array(capacity * POINTS);
    this.#times = new Float64Array(capacity * POINTS);
    this.#counts = new Uint32Array(capacity);
    this.#values.set(before.values);
    this.#times.set(before.times);
    this.#counts.set(before.counts);
  }

  copy(): History {
    const copy = new History(0);
    copy.#values = this.#values.slice();
    copy.#times = this.#times.slice();
    copy.#counts = this.#counts.slice();
    return copy;
  }
}
