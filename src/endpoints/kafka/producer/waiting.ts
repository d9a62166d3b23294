/** Those who wait until something holds, or until it can't any more. */
export class Waiting {
  #failure: unknown;
  #waiters: (() => void)[] = [];

  /** Whether there is nothing to wait for any more, until forgive(). */
  get isOver(): boolean {
    return this.#failure !== undefined;
  }

  /** @throws what has failed */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when it holds: it is looked at when something may have changed. @throws what has failed */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await this.turn();
      this.check();
    }
  }

  /** Resolves when something may have changed. */
  turn(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Something may have changed. */
  wake(): void {
    for (const go of this.#waiters.splice(0)) go();
  }

  /** Ends all waiting; the first error counts. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.wake();
  }

  /** Ends the waiting of those who look from now on. */
  stop(error: Error): void {
    this.#failure ??= error;
  }

  /** Forgets what has failed. */
  forgive(): void {
    this.#failure = undefined;
  }
}
