import { setTimeout as pause } from 'node:timers/promises';
import { ReaderGone } from '../records/errors.js';
import type { ByteSink } from './endpoint.js';

/** How often it is seen whether somebody reads the pipe: nothing tells. */
const RETRY_MS = 25;

/**
 * A named pipe that nobody read when it was opened. Its reader is looked for from then on, whether there are bytes or
 * not: it may wait for this end before it opens what others are to be written to.
 */
export class UnreadPipe implements ByteSink {
  readonly identity = undefined;
  readonly #open: () => ByteSink | undefined;
  readonly #stop: AbortSignal | undefined;
  /** Undefined: the run was told to stop before somebody came. */
  readonly #awaited: Promise<ByteSink | undefined>;
  #reached: ByteSink | undefined;

  /**
   * @param open undefined while nobody reads
   * @param stop aborted when nobody is to be waited for any longer
   */
  constructor(
    readonly name: string,
    open: () => ByteSink | undefined,
    stop: AbortSignal | undefined,
  ) {
    this.#open = open;
    this.#stop = stop;
    this.#awaited = this.#await();
    // Whoever writes is told.
    this.#awaited.catch(() => {});
  }

  /** @throws ReaderGone where the run was told to stop and nobody came: the bytes are nowhere */
  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    const pipe = await this.#reach();
    if (pipe === undefined) throw new ReaderGone();
    await pipe.write(bytes);
  }

  async flush(): Promise<void> {
    await this.#reached?.flush();
  }

  /** Waits for a reader even where there was nothing to write: it hears of the end. */
  async close(): Promise<void> {
    const pipe = await this.#reach();
    await pipe?.close();
  }

  async #reach(): Promise<ByteSink | undefined> {
    // While a run that is to stop reads on, somebody may come all the same.
    this.#reached ??= (await this.#awaited) ?? this.#open();
    return this.#reached;
  }

  async #await(): Promise<ByteSink | undefined> {
    while (this.#stop?.aborted !== true) {
      const pipe = this.#open();
      if (pipe !== undefined) return pipe;
      await pause(RETRY_MS, undefined, this.#stop && { signal: this.#stop }).catch(() => {});
    }
    return undefined;
  }
}
