import type { Batch } from '../../records/batch.js';
import type { Calendar } from '../../records/time/calendar.js';
import type { Progress, Refused } from '../operator.js';
import { finite, Watermarks } from '../watermarks.js';

const NO_WINDOW = Number.NEGATIVE_INFINITY;

/**
 * Which calendar windows are closed, and which records are late: those whose window their own partition's watermark
 * has passed by the allowed lateness, or which was closed because nothing arrived (Watermarks).
 */
export class WindowClosing {
  readonly #calendar: Calendar;
  readonly #lateness: number | undefined;
  readonly #watermarks: Watermarks;
  /** Windows below this were closed because nothing arrived. */
  #closedBefore = NO_WINDOW;

  /** @param lateness milliseconds; absent: unlimited @param partitions how many are known from the start */
  constructor(calendar: Calendar, lateness: number | undefined, partitions: number) {
    this.#calendar = calendar;
    this.#lateness = lateness;
    this.#watermarks = new Watermarks(partitions);
  }

  /** The greatest event time seen. */
  get greatest(): number {
    return this.#watermarks.greatest;
  }

  /** Windows before this one are final by the watermarks; undefined where none is. */
  get finalBefore(): number | undefined {
    const { closed } = this.#watermarks;
    if (this.#lateness === undefined || !Number.isFinite(closed)) return undefined;
    return this.#calendar.windowOf(closed - this.#lateness);
  }

  /** Closes windows whatever the watermarks say. */
  closeBefore(window: number): void {
    this.#closedBefore = Math.max(this.#closedBefore, window);
  }

  /** Takes the greatest time of records of which none can be late. */
  advance(partition: number, time: number): void {
    this.#watermarks.advance(partition, time);
  }

  get progress(): Progress {
    return { ...this.#watermarks.progress, window: finite(this.#closedBefore) };
  }

  /** Goes on from where time had come. */
  resume(progress: Progress): void {
    this.#watermarks.resume(progress);
    if (progress.window !== null) this.closeBefore(progress.window);
  }

  ended(partition: number): void {
    this.#watermarks.end(partition);
  }

  /** Finds the late records of a batch, record by record: where a batch ends has no say in it. */
  late(batch: Batch, windows: Int32Array, times: Float64Array, count: number): Refused[] {
    const partition = batch.origin?.partition ?? 0;
    if (this.#lateness === undefined && this.#closedBefore === NO_WINDOW) {
      this.#watermarks.advance(partition, greatestOf(times, count));
      return [];
    }
    const calendar = this.#calendar;
    const lateness = this.#lateness ?? Number.POSITIVE_INFINITY;
    const late: Refused[] = [];
    let reached = this.#watermarks.reached(partition);
    for (let at = 0; at < count; at++) {
      const window = windows[at];
      if (window < this.#closedBefore || calendar.start(window + 1) + lateness <= reached) {
        late.push({
          row: batch.selection?.[at] ?? at,
          late: true,
          reason: `late: ${calendar.label(window)} is closed`,
        });
      }
      if (times[at] > reached) reached = times[at];
    }
    this.#watermarks.advance(partition, reached);
    return late;
  }
}

function greatestOf(times: Float64Array, count: number): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count; at++) if (times[at] > greatest) greatest = times[at];
  return greatest;
}
