/** A seeded source of whole numbers (splitmix32): the same seed gives the same numbers on every machine. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed | 0;
  }

  /** A whole number from 0 to bound - 1. */
  below(bound) {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return Math.floor(((mixed >>> 0) / 4294967296) * bound);
  }
}
