import type { Batch } from '../records/batch.js';

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

  /** Whether anybody looks at the figures. */
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

  /** Notes how far event time has come, where no operator knows and somebody looks. */
  noteTimes({ schema, columns, length }: Batch): void {
    const column = this.watched && schema.time !== undefined ? columns.get(schema.time.path) : undefined;
    if (column?.kind !== 'time') return;
    let greatest = this.watermark ?? Number.NEGATIVE_INFINITY;
    for (let row = 0; row < length; row++) {
      if (column.millis[row] > greatest && column.nulls?.[row] !== 1) greatest = column.millis[row];
    }
    if (Number.isFinite(greatest)) this.watermark = greatest;
  }

  tick(now: number): void {
    this.watcher?.tick(this, now);
  }
}
