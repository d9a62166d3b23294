/** Who is told how a run goes on. */
export interface Watcher {
  /** Again and again. @param now as of performance.now() */
  tick(metrics: Metrics, now: number): void;
  /** Before the first rows are written. */
  rowsBegin(): void;
}

/** What a run has done so far. */
export class Metrics {
  records = 0;
  #rows = 0;
  states = 0;
  /** The greatest event time so far, in epoch milliseconds. */
  watermark: number | undefined;
  readonly started = performance.now();

  /** @param served whether others ask for the figures */
  constructor(
    readonly watcher?: Watcher,
    readonly served = false,
  ) {}

  /** Whether anybody looks at what costs something to find out. */
  get watched(): boolean {
    return this.served || this.watcher !== undefined;
  }

  get rows(): number {
    return this.#rows;
  }

  /** To be called before the rows are written. */
  addRows(count: number): void {
    if (this.#rows === 0) this.watcher?.rowsBegin();
    this.#rows += count;
  }

  tick(now: number): void {
    this.watcher?.tick(this, now);
  }
}
