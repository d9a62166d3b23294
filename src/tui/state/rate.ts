const SECONDS = 60;
const OVER = 5;

/** How many came in each of the last seconds. */
export class Rate {
  readonly #counts = new Float64Array(SECONDS + 1);
  #second = 0;
  #first: number | undefined;

  /** @param now milliseconds of a clock that goes forward */
  add(count: number, now: number): void {
    this.#advance(now);
    this.#counts[this.#second % this.#counts.length] += count;
  }

  /** A second, over the last few whole ones. */
  perSecond(now: number): number {
    const last = this.last(now).slice(-OVER);
    return last.length === 0 ? 0 : last.reduce((sum, count) => sum + count, 0) / last.length;
  }

  /** The counts of the last whole seconds, oldest first; a minute at most. */
  last(now: number): number[] {
    this.#advance(now);
    const length = Math.min(SECONDS, this.#second - (this.#first ?? this.#second));
    return Array.from({ length }, (_, index) => this.#counts[(this.#second - length + index) % this.#counts.length]);
  }

  #advance(now: number): void {
    const second = Math.floor(now / 1000);
    if (this.#first === undefined) {
      this.#first = second;
      this.#second = second;
    }
    if (second - this.#second > SECONDS) this.#counts.fill(0);
    for (let at = Math.max(this.#second + 1, second - SECONDS); at <= second; at++) {
      this.#counts[at % this.#counts.length] = 0;
    }
    this.#second = Math.max(second, this.#second);
  }
}
