const FIRST_ROOM = 64;

/** The order of two keys: negative, 0 or positive. */
type KeyOrder = (a: number, b: number) => number;

/**
 * Entries of a time, a key and a value, the earliest first; those of one time by key, those of one key by value. A
 * binary heap in arrays, 20 bytes an entry.
 */
export class TimedHeap {
  readonly #order: KeyOrder;
  #times = new Float64Array(FIRST_ROOM);
  #values = new Float64Array(FIRST_ROOM);
  #keys = new Int32Array(FIRST_ROOM);
  #size = 0;

  constructor(order: KeyOrder) {
    this.#order = order;
  }

  get size(): number {
    return this.#size;
  }

  /** The earliest entry's; the time is Infinity where there is none. */
  get time(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#times[0];
  }

  get key(): number {
    return this.#keys[0];
  }

  get value(): number {
    return this.#values[0];
  }

  push(time: number, key: number, value = 0): void {
    if (this.#size === this.#keys.length) this.#grow();
    let at = this.#size++;
    this.#set(at, time, key, value);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes the earliest entry away. */
  pop(): void {
    const last = --this.#size;
    this.#set(0, this.#times[last], this.#keys[last], this.#values[last]);
    for (let at = 0; ; ) {
      let least = 2 * at + 1;
      if (least >= this.#size) return;
      if (least + 1 < this.#size && this.#isBefore(least + 1, least)) least++;
      if (!this.#isBefore(least, at)) return;
      this.#swap(at, least);
      at = least;
    }
  }

  /** All entries, in no order. */
  *entries(): Generator<readonly [time: number, key: number, value: number]> {
    for (let at = 0; at < this.#size; at++) yield [this.#times[at], this.#keys[at], this.#values[at]];
  }

  #isBefore(a: number, b: number): boolean {
    if (this.#times[a] !== this.#times[b]) return this.#times[a] < this.#times[b];
    const order = this.#keys[a] === this.#keys[b] ? 0 : this.#order(this.#keys[a], this.#keys[b]);
    return order === 0 ? this.#values[a] < this.#values[b] : order < 0;
  }

  #swap(a: number, b: number): void {
    const [time, key, value] = [this.#times[a], this.#keys[a], this.#values[a]];
    this.#set(a, this.#times[b], this.#keys[b], this.#values[b]);
    this.#set(b, time, key, value);
  }

  #set(at: number, time: number, key: number, value: number): void {
    this.#times[at] = time;
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  #grow(): void {
    const room = this.#size * 2;
    const [times, values, keys] = [new Float64Array(room), new Float64Array(room), new Int32Array(room)];
    times.set(this.#times);
    values.set(this.#values);
    keys.set(this.#keys);
    this.#times = times;
    this.#values = values;
    this.#keys = keys;
  }
}
