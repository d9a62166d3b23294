import type { Batch } from '../../records/batch.js';
import { formatIso } from '../../records/time/format-time.js';
import type { Zone } from '../../records/time/zone.js';
import type { Progress, Refused } from '../operator.js';
import { finite, Watermarks } from '../watermarks.js';
import type { WindowGrid } from './window-grid.js';

/** The windows of each of some records, which take part in the order of arrival. */
export interface RecordWindows {
  readonly times: Float64Array;
  readonly count: number;
  readonly firsts: Float64Array;
  readonly lasts: Float64Array;
  /** Gets the first window that was open when each record came. */
  readonly firstOpen: Float64Array;
}

/**
 * Which windows are closed, and which records are late.
 *
 * Time is closed up to the least watermark of all partitions (Watermarks). A window can be closed once that has passed
 * its end by the allowed lateness, or when nothing arrives for --idle-close. It is closed by close(), and stays so.
 *
 * A record is late for those of its windows that are closed, or whose end its own partition's watermark has passed by
 * the allowed lateness. It counts in the windows that it is not late for, and is refused if there are none. As this is
 * decided record by record in the order of arrival, the batches' sizes have no say in it; and as a partition's
 * watermark is never before the closed time (one that joins late begins there), no record gets into a window that has
 * been given out as final.
 */
export class WindowClosing {
  readonly #grid: WindowGrid;
  readonly #zone: Zone;
  readonly #lateness: number;
  readonly #watermarks: Watermarks;
  #closedUpTo = Number.NEGATIVE_INFINITY;

  /**
   * @param allowedLateness milliseconds; without it no record is late until close() is called
   * @param partitions how many are known from the start
   */
  constructor(grid: WindowGrid, zone: Zone, allowedLateness: number | undefined, partitions: number | undefined) {
    this.#grid = grid;
    this.#zone = zone;
    this.#lateness = allowedLateness ?? Number.POSITIVE_INFINITY;
    this.#watermarks = new Watermarks(partitions);
  }

  /** Windows up to this one are closed. */
  get closedUpTo(): number {
    return this.#closedUpTo;
  }

  /** The last window that the watermarks allow to close. */
  get closable(): number {
    return Math.max(this.#closedUpTo, this.#grid.firstAfter(this.#watermarks.closed - this.#lateness) - 1);
  }

  /** The greatest event time seen. */
  get greatest(): number {
    return this.#watermarks.greatest;
  }

  get progress(): Progress {
    return { ...this.#watermarks.progress, window: finite(this.#closedUpTo) };
  }

  /** Goes on from where time had come. */
  resume(progress: Progress): void {
    this.#watermarks.resume(progress);
    if (progress.window !== null) this.close(progress.window);
  }

  /** No record that comes from now on is of a time before this instant, whatever the watermarks say. */
  reach(instant: number): void {
    this.#watermarks.closeUpTo(instant);
  }

  close(upTo: number): void {
    this.#closedUpTo = Math.max(this.#closedUpTo, upTo);
  }

  /** A partition's watermark has come to an instant. */
  advance(partition: number, instant: number): void {
    this.#watermarks.advance(partition, instant);
  }

  /** The first instant of a watermark at which another window is the first that is open. */
  steadyUntil(reached: number): number {
    if (this.#lateness === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return this.#grid.end(this.#grid.firstAfter(reached - this.#lateness)) + this.#lateness;
  }

  ended(partition: number): void {
    this.#watermarks.end(partition);
  }

  /** Takes from records the windows that they are late for; those that have none left (last < first) are refused. */
  refuseLate(batch: Batch, { times, count, firsts, lasts, firstOpen }: RecordWindows): Refused[] {
    const partition = batch.origin?.partition ?? 0;
    const refused: Refused[] = [];
    let reached = this.#watermarks.reached(partition);
    let open = this.#firstOpen(reached);
    let nextClose = this.#grid.end(open) + this.#lateness;
    for (let at = 0; at < count; at++) {
      if (firsts[at] < open && firsts[at] <= lasts[at]) {
        if (lasts[at] < open) {
          refused.push({ row: batch.selection?.[at] ?? at, late: true, reason: this.#reason(lasts[at]) });
        }
        firsts[at] = open;
      }
      firstOpen[at] = open;
      if (times[at] > reached) {
        reached = times[at];
        if (reached >= nextClose) {
          open = this.#firstOpen(reached);
          nextClose = this.#grid.end(open) + this.#lateness;
        }
      }
    }
    this.#watermarks.advance(partition, reached);
    return refused;
  }

  /** The first window that takes records of a partition whose watermark has reached an instant. */
  #firstOpen(reached: number): number {
    return Math.max(this.#closedUpTo + 1, this.#grid.firstAfter(reached - this.#lateness));
  }

  #reason(lastWindow: number): string {
    const end = this.#grid.end(lastWindow);
    if (!Number.isFinite(end)) return 'late: the total is closed';
    return `late: the window until ${formatIso(end, this.#zone)} is closed`;
  }
}
