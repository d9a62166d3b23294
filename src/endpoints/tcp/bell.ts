/** Wakes whoever waits for a change. */
export class Bell {
  #waiting = new Set<() => void>();

  readonly ring = (): void => {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  };

  /** Resolves at the next ring, or after so many milliseconds. */
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
