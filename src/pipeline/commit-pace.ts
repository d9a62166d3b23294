/** Positions are committed no more often than that, in milliseconds. */
const COMMIT_MS = 100;

/**
 * How often positions are committed that may be behind: rows that come next need not wait each time until the broker has
 * those of the rows before.
 */
export class CommitPace {
  readonly #wake: () => void;
  #began = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;

  /** @param wake called when a commit that was put off is due */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** Whether a commit was put off, and is not to be any longer. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** Whether it is too soon for the next commit, which is put off then. */
  isEarly(): boolean {
    const since = performance.now() - this.#began;
    if (since >= COMMIT_MS) return false;
    this.#timer ??= setTimeout(() => {
      this.#isDue = true;
      this.#wake();
    }, COMMIT_MS - since).unref();
    return true;
  }

  /** Positions are being committed. */
  begin(): void {
    this.stop();
    this.#isDue = false;
    this.#began = performance.now();
  }

  /** Nothing is put off any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
