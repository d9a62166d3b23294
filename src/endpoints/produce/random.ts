const MASK = (1n << 64n) - 1n;
const TWO_TO_32 = 2 ** 32;

/**
 * Reproducible random numbers: xoshiro128** 1.1 (David Blackman and Sebastiano Vigna, "Scrambled Linear Pseudorandom
 * Number Generators", ACM TOMS 47, 2021; https://prng.di.unimi.it/xoshiro128starstar.c, public domain). It works on
 * 32-bit integers alone, so that every machine gives the same numbers.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param state four 32-bit words, not all 0 */
  constructor(state: readonly [number, number, number, number]) {
    [this.#a, this.#b, this.#c, this.#d] = state.map((word) => word | 0) as [number, number, number, number];
  }

  /**
   * A generator of its own for each purpose of a seed, so that turning on one disturbance changes nothing of the
   * others. The state comes of splitmix64 (https://prng.di.unimi.it/splitmix64.c), as the authors advise.
   * @param seed any whole number within ±(2^53 − 1)
   */
  static for(seed: number, purpose: string): Random {
    let hash = 0xcbf29ce484222325n; // FNV-1a, 64 bits
    for (const character of purpose) hash = ((hash ^ BigInt(character.charCodeAt(0))) * 0x100000001b3n) & MASK;
    let state = BigInt.asUintN(64, BigInt(seed)) ^ hash;
    const word = (): bigint => {
      state = (state + 0x9e3779b97f4a7c15n) & MASK;
      let mixed = ((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
      mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & MASK;
      return mixed ^ (mixed >> 31n);
    };
    const first = word();
    const second = word();
    return new Random([
      Number(first >> 32n),
      Number(first & 0xffffffffn),
      Number(second >> 32n),
      Number(second & 0xffffffffn),
    ]);
  }

  /** The next 32 bits, as a signed integer. */
  bits(): number {
    const b = this.#b;
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9);
    const c = this.#c ^ this.#a;
    const d = this.#d ^ b;
    this.#b = b ^ c;
    this.#a ^= d;
    this.#c = c ^ (b << 9);
    this.#d = (d << 11) | (d >>> 21);
    return result;
  }

  /** A whole number from 0 to bound − 1. */
  below(bound: number): number {
    return Math.floor(((this.bits() >>> 0) / TWO_TO_32) * bound);
  }

  /** True for this share of the calls, 0 to 1. */
  chance(share: number): boolean {
    return this.bits() >>> 0 < share * TWO_TO_32;
  }
}
