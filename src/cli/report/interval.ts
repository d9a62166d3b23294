/** Does something again and again, one after the other, and a last time at the end. */
export class Interval {
  /** Rejects with what the work has thrown. */
  readonly failed: Promise<never>;
  #fail: (error: unknown) => void = () => {};
  #working: Promise<void> = Promise.resolve();
  #hasFailed = false;
  readonly #timer: NodeJS.Timeout;

  /** @param every milliseconds */
  constructor(
    every: number,
    readonly work: () => Promise<void>,
  ) {
    this.failed = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    // Whoever waits for something else hears of it at the end.
    this.failed.catch(() => {});
    this.#timer = setInterval(() => this.#turn(), every);
  }

  /** Stops, after the last time. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#working;
    if (!this.#hasFailed) await this.work();
  }

  #turn(): void {
    if (this.#hasFailed) return;
    this.#working = this.#working.then(this.work).catch((error: unknown) => {
      this.#hasFailed = true;
      this.#fail(error);
    });
  }
}
