import { ServiceError } from '../../records/errors.js';
import type { Feed } from './feed.js';

/** How long sources are waited for when the report is left. */
const PATIENCE_MS = 500;

/** The feeds of a report, read side by side. */
export class Feeds {
  #failure: unknown;
  #running: Promise<unknown> = Promise.resolve();

  constructor(readonly feeds: readonly Feed[]) {}

  /** Opens all of them. @throws what the first that can't be opened throws */
  async open(): Promise<void> {
    await Promise.all(this.feeds.map((feed) => feed.open()));
  }

  /** Reads all of them; one that fails is shown as such while others go on. @throws when none goes on */
  async run(): Promise<void> {
    const runs = this.feeds.map((feed) =>
      feed.run().then(
        () => true,
        (error: unknown) => {
          this.#failure ??= error;
          feed.reader.failed(error instanceof Error ? error.message : String(error));
          return false;
        },
      ),
    );
    this.#running = Promise.all(runs);
    if (!(await Promise.all(runs)).includes(true)) this.check();
  }

  /** @throws what the first feed that failed has thrown */
  check(): void {
    if (this.#failure instanceof Error) throw this.#failure;
    if (this.#failure !== undefined) throw new ServiceError(String(this.#failure));
  }

  /** Stops reading, and waits a little for it. */
  async stop(): Promise<void> {
    for (const feed of this.feeds) feed.stop();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([this.#running.catch(() => {}), patience]);
    clearTimeout(timer);
  }
}
