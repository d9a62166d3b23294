import { within } from '../../endpoints/within.js';
import { ServiceError } from '../../records/errors.js';
import type { Feed } from './feed.js';

/** How long sources are waited for when the report is left. */
const PATIENCE_MS = 500;

/** The feeds of a report, read side by side. */
export class Feeds {
  #failure: unknown;
  #running: Promise<unknown> = Promise.resolve();

  constructor(readonly feeds: readonly Feed[]) {}

  /**
   * Opens and reads all of them, each as soon as it is open: one may wait for its first record while others go on.
   * @returns opened: rejects with what the first that can't be opened throws. over: rejects with the same, or when none
   * goes on; one that fails is shown as such while others do
   */
  start(): { readonly opened: Promise<void>; readonly over: Promise<void> } {
    const openings = this.feeds.map((feed) => feed.open());
    const opened = Promise.all(openings).then(() => {});
    const runs = this.feeds.map((feed, at) => (openings[at] ?? opened).then(() => this.#run(feed)));
    this.#running = Promise.allSettled(runs);
    const over = Promise.all(runs).then((ends) => {
      if (!ends.includes(true)) this.check();
    });
    // Whoever waits for one of them hears of it.
    opened.catch(() => {});
    over.catch(() => {});
    return { opened, over };
  }

  /** @throws what the first feed that failed has thrown */
  check(): void {
    if (this.#failure instanceof Error) throw this.#failure;
    if (this.#failure !== undefined) throw new ServiceError(String(this.#failure));
  }

  /** Stops reading, and waits a little for it. */
  async stop(): Promise<void> {
    for (const feed of this.feeds) feed.stop();
    await within(this.#running, PATIENCE_MS);
  }

  /** @returns whether it came to its end */
  async #run(feed: Feed): Promise<boolean> {
    try {
      await feed.run();
      return true;
    } catch (error) {
      this.#failure ??= error;
      feed.failed(error);
      return false;
    }
  }
}
