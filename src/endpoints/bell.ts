/** Wakes whoever waits for a change. */
export class Bell {
  #waiting = new Set<() => void>();
  #rung: Promise<void> | undefined;

  readonly ring = (): void => {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    this.#rung = undefined;
    for (const wake of waiting) wake();
  };

  /** Resolves at the next ring: the same promise until then. */
  get rung(): Promise<void> {
    this.#rung ??= new Promise((resolve) => this.#waiting.add(resolve));
    return this.#rung;
  }

  /** Resolves at the next ring, or after so many milliseconds; then nothing is left of it. */
  wait(most: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, most);
      this.#waiting.add(wake);
    });
  }
}
