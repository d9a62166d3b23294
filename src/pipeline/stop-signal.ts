/** A request to stop: from a signal, or because the work is no longer wanted. Asked, never thrown. */
export class StopSignal {
  #requested: NodeJS.Signals | undefined;
  readonly #listeners: (() => void)[] = [];

  /** The signal that asked for it; undefined while nothing did. */
  get requested(): NodeJS.Signals | undefined {
    return this.#requested;
  }

  request(signal: NodeJS.Signals): void {
    if (this.#requested !== undefined) return;
    this.#requested = signal;
    for (const listener of this.#listeners) listener();
  }

  /** The same for what takes an AbortSignal. */
  aborted(): AbortSignal {
    const controller = new AbortController();
    this.onRequest(() => controller.abort());
    return controller.signal;
  }

  /** The listener is called at once where the request has come before it. */
  onRequest(listener: () => void): void {
    if (this.#requested !== undefined) listener();
    else this.#listeners.push(listener);
  }
}
