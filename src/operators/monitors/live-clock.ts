/** A partition that has brought nothing since the start is waited for at least so long. */
const FIRST_PATIENCE_MS = 30_000;

interface LastRecord {
  /** The event time of the newest record of a partition. */
  readonly time: number;
  /** The clock when it came. */
  readonly arrived: number;
}

/**
 * How far event time has come by the clock, where a stream is live and quiet: from a partition's newest record on, time
 * passes as the clock does. That holds for records that were fresh when they came, not older than `patience`: of a
 * replay of old records the clock says nothing, however slow it is, so that its result is always the same. A partition
 * that has brought nothing at all is passed over after a while, where the others are live.
 */
export class LiveClock {
  readonly #patience: number;
  readonly #now: () => number;
  readonly #started: number;
  /** By partition; undefined: it has brought nothing. */
  readonly #last: (LastRecord | undefined)[];
  #resumed = false;

  /** @param patience milliseconds */
  constructor(partitions: number, patience: number, now: () => number) {
    this.#patience = patience;
    this.#now = now;
    this.#started = now();
    this.#last = new Array<LastRecord | undefined>(partitions).fill(undefined);
  }

  /** A partition's newest record has just come. */
  came(partition: number, time: number): void {
    this.#last[partition] = { time, arrived: this.#now() };
  }

  /** Others had read a live stream up to here. */
  resume(): void {
    this.#resumed = true;
  }

  /** Milliseconds since the start. */
  get elapsed(): number {
    return this.#now() - this.#started;
  }

  get now(): number {
    return this.#now();
  }

  /** No live record is expected that is of a time before this instant. −Infinity: the clock says nothing. */
  get instant(): number {
    const now = this.#now();
    const known = this.#last.flatMap((last) => last ?? []);
    const isLive = known.length === 0 ? this.#resumed : known.some((last) => this.#isFresh(last));
    const waitsOver = this.elapsed >= Math.max(this.#patience, FIRST_PATIENCE_MS);
    if (!isLive || (known.length < this.#last.length && !waitsOver)) return Number.NEGATIVE_INFINITY;
    if (!known.every((last) => this.#isFresh(last))) return Number.NEGATIVE_INFINITY;
    const instants = known.map(({ time, arrived }) => time + (now - arrived));
    return known.length === 0 ? now - this.#patience : Math.min(...instants);
  }

  #isFresh({ time, arrived }: LastRecord): boolean {
    return arrived - time <= this.#patience;
  }
}
