/** A standard deviation is about 1.4826 times the MAD of normal values: 0.6745 is one by that. */
const MAD_SCALE = 0.6745;
/** The same of the mean deviation: √(π / 2). */
const MEAN_SCALE = 1.253314;

/** How far a value is from the median of others. */
export interface RobustScore {
  readonly median: number;
  /** In standard deviations, as it were; 0 where the others' spread is 0. */
  readonly score: number;
}

/** The last so many values, in their order and sorted. */
export class ValueHistory {
  readonly #length: number;
  /** A ring: the oldest is at `next` when it is full. */
  readonly #values: Float64Array;
  readonly #sorted: Float64Array;
  #size = 0;
  #next = 0;

  constructor(length: number) {
    this.#length = length;
    this.#values = new Float64Array(length);
    this.#sorted = new Float64Array(length);
  }

  /** The values, the oldest first. */
  get values(): number[] {
    const all = Array.from(this.#values.subarray(0, this.#size));
    return this.#size < this.#length ? all : [...all.slice(this.#next), ...all.slice(0, this.#next)];
  }

  add(value: number): void {
    const sorted = this.#sorted;
    if (this.#size === this.#length) {
      const gone = this.#placeOf(this.#values[this.#next]);
      sorted.copyWithin(gone, gone + 1, this.#size);
      this.#size--;
    }
    const place = this.#placeOf(value);
    sorted.copyWithin(place + 1, place, this.#size);
    sorted[place] = value;
    this.#size++;
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#length;
  }

  /**
   * The modified z-score of a value: 0.6745 (x − median) / MAD, where the MAD is the median of the distances from the
   * median (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993). Where more than half of the values are
   * equal the MAD is 0, and the mean distance takes its place; where all are equal there is no spread to compare with,
   * and the score is 0. Undefined where there are no values.
   */
  scoreOf(value: number): RobustScore | undefined {
    if (this.#size === 0) return undefined;
    const median = middle((at) => this.#sorted[at], this.#size);
    const mad = this.#medianDistance(median);
    const distance = value - median;
    if (mad > 0) return { median, score: (MAD_SCALE * distance) / mad };
    let sum = 0;
    for (let at = 0; at < this.#size; at++) sum += Math.abs(this.#sorted[at] - median);
    const mean = sum / this.#size;
    return { median, score: mean > 0 ? distance / (MEAN_SCALE * mean) : 0 };
  }

  /** The median of the distances: of the sorted values they fall up to the median and rise from there. */
  #medianDistance(median: number): number {
    const sorted = this.#sorted;
    let above = this.#placeOf(median);
    let below = above - 1;
    let [last, beforeLast] = [0, 0];
    for (let taken = 0; taken <= this.#size >> 1; taken++) {
      const down = below >= 0 ? median - sorted[below] : Number.POSITIVE_INFINITY;
      const up = above < this.#size ? sorted[above] - median : Number.POSITIVE_INFINITY;
      beforeLast = last;
      if (down < up) below--;
      else above++;
      last = Math.min(down, up);
    }
    return this.#size % 2 === 1 ? last : beforeLast / 2 + last / 2;
  }

  /** The place of the first value that is not less. */
  #placeOf(value: number): number {
    let [low, high] = [0, this.#size];
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.#sorted[mid] < value) low = mid + 1;
      else high = mid;
    }
    return low;
  }
}

/** The middle one of some sorted values, or the mean of the two in the middle. */
function middle(at: (place: number) => number, count: number): number {
  const half = count >> 1;
  return count % 2 === 1 ? at(half) : at(half - 1) / 2 + at(half) / 2;
}
