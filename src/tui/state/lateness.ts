/**
 * How far event time has come, and how late a change to a window is for that. Partitions of a topic are read one ahead of
 * the other, so that each has its own time; the rows of a table come in any order, so that they are late by what was there
 * when it was read before.
 */
export class Lateness {
  #watermark = Number.NEGATIVE_INFINITY;
  readonly #reached = new Map<number, number>();
  #partition = 0;
  /** Where the partition's time has come to. */
  #here = Number.NEGATIVE_INFINITY;

  /** @param mirrors whether rows are those of a table that is read again and again */
  constructor(readonly mirrors: boolean) {}

  /** The greatest event time of all; −Infinity before the first. */
  get watermark(): number {
    return this.#watermark;
  }

  /** A table is read once more. */
  beginRound(): void {
    this.#here = this.#watermark;
  }

  /** Rows of a partition come. */
  begin(partition: number): void {
    if (this.mirrors || partition === this.#partition) return;
    this.#reached.set(this.#partition, this.#here);
    this.#partition = partition;
    this.#here = this.#reached.get(partition) ?? Number.NEGATIVE_INFINITY;
  }

  /** By how many milliseconds a change to a window that ends then is late; below 0 it is not. */
  of(end: number): number {
    return this.#here - end;
  }

  /** A row of this time has come. */
  came(time: number): void {
    if (time > this.#watermark) this.#watermark = time;
    if (!this.mirrors && time > this.#here) this.#here = time;
  }

  /** Where time has come to, for one that only looks. */
  copy(): Lateness {
    const copy = new Lateness(this.mirrors);
    copy.#watermark = this.#watermark;
    return copy;
  }
}
