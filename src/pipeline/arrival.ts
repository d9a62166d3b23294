import type { BatchSource } from '../endpoints/endpoint.js';

/** Waits for a source, again and again, for the same promise too: it is asked to tell once. */
export class Arrival {
  #ready: Promise<void> | undefined;
  #tell: () => void = () => {};

  /** Waits for the source, but no longer than to an instant of performance.now(). */
  async of(source: BatchSource, ...instants: (number | undefined)[]): Promise<void> {
    const ready = source.ready();
    if (ready === undefined) return;
    const soonest = Math.min(...instants.map((instant) => instant ?? Number.POSITIVE_INFINITY));
    if (!Number.isFinite(soonest)) return ready;
    if (ready !== this.#ready) {
      this.#ready = ready;
      const told = (): void => {
        if (this.#ready !== ready) return;
        this.#ready = undefined;
        this.#tell();
      };
      // What has failed is told by take().
      ready.then(told, told);
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, soonest - performance.now()));
      this.#tell = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The instant at which an interval has passed; undefined where it never does. */
export function due(since: number, interval: number | undefined): number | undefined {
  return interval === undefined || !Number.isFinite(interval) ? undefined : since + interval;
}
