/** Milliseconds that never go back, and a call after some of them; another one in tests. */
export interface Clock {
  now(): number;
  /** Calls back after so many milliseconds; returns what cancels it. */
  after(millis: number, call: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after: (millis, call) => {
    const timer = setTimeout(call, millis);
    return () => clearTimeout(timer);
  },
};

/** One wait at a time, that can be cut short. */
export class Pause {
  readonly #clock: Clock;
  #end: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after so many milliseconds, rounded up, or when end() is called. */
  for(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(Math.ceil(millis), () => this.end());
      this.#end = () => {
        cancel();
        this.#end = undefined;
        resolve();
      };
    });
  }

  end(): void {
    this.#end?.();
  }
}
