/** A signal that is given when time is up, or when another one is given. clear() is called when it is not needed any more. */
export class TimeLimit {
  readonly signal: AbortSignal;
  /** Whether it was the time. */
  isUp = false;
  readonly #outer: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #give: () => void;

  /** @param most milliseconds */
  constructor(most: number, outer: AbortSignal) {
    const controller = new AbortController();
    this.signal = controller.signal;
    this.#outer = outer;
    this.#give = () => controller.abort();
    this.#timer = setTimeout(() => {
      this.isUp = true;
      this.#give();
    }, most);
    if (outer.aborted) this.#give();
    else outer.addEventListener('abort', this.#give);
  }

  /** Resolves when the signal is given. */
  given(): Promise<void> {
    return new Promise((resolve) => {
      if (this.signal.aborted) resolve();
      else this.signal.addEventListener('abort', () => resolve());
    });
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#give);
  }
}
