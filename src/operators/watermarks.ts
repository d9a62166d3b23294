import type { Progress } from './operator.js';

/**
 * How far event time has come: by partition for lateness, over all partitions for closing.
 *
 * The watermark of a partition is the greatest event time that it has brought. Time is closed up to the least of the
 * partitions' watermarks, and never opens again. A record is too late where its window's end, plus the allowed
 * lateness, is at or before `reached(partition)`: its own partition's watermark, or the closed time where that is
 * later (a partition that joined after windows were closed, or a stream that was idle).
 *
 * From this follows: whether a record is late depends on the records of its partition alone as long as every
 * partition was known from the start, so neither the batches' sizes nor the interleaving of inputs matter; and a
 * window that is final (`end + lateness <= closed`) takes no record any more, since closed ≤ reached(partition) for
 * every partition: no row is given twice.
 *
 * All times are epoch milliseconds; −Infinity stands for "nothing yet".
 */
export class Watermarks {
  /** By partition; undefined for one that has not been heard of, which holds back nothing. */
  readonly #marks: (number | undefined)[] = [];
  #closed = Number.NEGATIVE_INFINITY;
  #greatest = Number.NEGATIVE_INFINITY;

  /** @param partitions how many are known from the start: each holds back closing until it has brought a record */
  constructor(partitions = 0) {
    for (let partition = 0; partition < partitions; partition++) this.#marks.push(Number.NEGATIVE_INFINITY);
  }

  /** Windows whose end (plus lateness) is at or before this are final. It never goes back. */
  get closed(): number {
    return this.#closed;
  }

  /** The greatest event time seen in any partition. */
  get greatest(): number {
    return this.#greatest;
  }

  /**
   * Where a partition's lateness starts, before its next record. Within a batch the caller goes on with
   * `Math.max(reached, time)` record by record, and says to advance() at the end how far it came.
   */
  reached(partition: number): number {
    return Math.max(this.#marks[partition] ?? Number.NEGATIVE_INFINITY, this.#closed);
  }

  /** Takes the greatest event time of some records of a partition; one before its watermark changes nothing. */
  advance(partition: number, time: number): void {
    if (time > this.#greatest) this.#greatest = time;
    const mark = this.#marks[partition];
    if (mark !== undefined && !(time > mark)) return;
    this.#marks[partition] = mark === undefined ? Math.max(time, this.#closed) : time;
    this.#close();
  }

  /** A partition that has ended holds back nothing any more. */
  end(partition: number): void {
    this.#marks[partition] = Number.POSITIVE_INFINITY;
    this.#close();
  }

  get progress(): Pick<Progress, 'watermarks' | 'closed'> {
    return { watermarks: Array.from(this.#marks, finite), closed: finite(this.#closed) };
  }

  /** Goes on from where time had come. */
  resume({ watermarks, closed }: Progress): void {
    watermarks.forEach((mark, partition) => {
      if (mark !== null) this.advance(partition, mark);
    });
    if (closed !== null) this.closeUpTo(closed);
  }

  /** Closes time up to an instant whatever the partitions say: nothing has arrived for too long. */
  closeUpTo(instant: number): void {
    if (instant > this.#closed) this.#closed = instant;
  }

  #close(): void {
    let least = Number.POSITIVE_INFINITY;
    for (const mark of this.#marks) if (mark !== undefined && mark < least) least = mark;
    if (least !== Number.POSITIVE_INFINITY) this.closeUpTo(least);
  }
}

/** Infinities are no JSON. */
export function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
