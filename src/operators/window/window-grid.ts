import { UsageError } from '../../records/errors.js';
import { DAY_MS } from '../../records/time/civil-date.js';
import { formatDuration } from '../../records/time/duration.js';
import { type Spans, spansOf } from '../../records/time/spans.js';
import type { Zone } from '../../records/time/zone.js';

/** Windows that a record may be in at most. */
const MAX_SLIDES = 10_000;

/**
 * Windows of one size that begin every so often, numbered by their begin: a later window has a greater number. The
 * windows of a record are `first` to `last`; there are none where last < first (a slide longer than the size leaves
 * gaps between the windows).
 */
export interface WindowGrid {
  /** The least and the greatest number of windows that a record is in. */
  readonly fewest: number;
  readonly most: number;
  /** Writes the first and the last window of each of the first `count` instants. */
  assign(instants: Float64Array, count: number, firsts: Float64Array, lasts: Float64Array): void;
  /** The first window that ends after an instant: those before it are over. */
  firstAfter(instant: number): number;
  /** The first instant of a window. */
  start(window: number): number;
  /** The first instant behind a window. */
  end(window: number): number;
}

/**
 * The windows of `--size` and `--slide` in milliseconds; without a size there is one window for all time. Where both
 * are whole days, windows begin at midnight of the zone and last for so many of its days (23 to 25 hours each);
 * otherwise both are exact lengths of time, and windows begin at multiples of the slide from 1970-01-01T00:00Z. A day
 * that a zone has skipped altogether (in Samoa 2011-12-30) has no length: the window that begins there begins with the
 * next day, as that one's own window does.
 * @throws UsageError
 */
export function windowGrid(size: number | undefined, slide: number | undefined, zone: Zone): WindowGrid {
  if (size === undefined) {
    if (slide === undefined) return new AllTime();
    throw new UsageError('--slide needs --size', 'Give --size too, or neither.');
  }
  const every = slide ?? size;
  for (const [flag, millis] of [
    ['--size', size],
    ['--slide', every],
  ] as const) {
    if (!Number.isInteger(millis) || millis < 1) {
      throw new UsageError(`${flag} must be a millisecond or longer`, `Give it as ${flag} 60s.`);
    }
  }
  if (size / every > MAX_SLIDES) {
    throw new UsageError(
      `--size ${formatDuration(size)} is more than ${MAX_SLIDES} times --slide ${formatDuration(every)}`,
      `Give a --slide of ${formatDuration(Math.ceil(size / MAX_SLIDES))} or longer.`,
    );
  }
  const days = size % DAY_MS === 0 && every % DAY_MS === 0;
  return days && zone.clock !== undefined
    ? new CalendarGrid(size / DAY_MS, every / DAY_MS, spansOf(DAY_MS, zone))
    : new EqualGrid(size, every);
}

class AllTime implements WindowGrid {
  readonly fewest = 1;
  readonly most = 1;

  assign(_instants: Float64Array, count: number, firsts: Float64Array, lasts: Float64Array): void {
    firsts.fill(0, 0, count);
    lasts.fill(0, 0, count);
  }

  firstAfter(instant: number): number {
    return instant === Number.POSITIVE_INFINITY ? 1 : 0;
  }

  start(): number {
    return Number.NEGATIVE_INFINITY;
  }

  end(): number {
    return Number.POSITIVE_INFINITY;
  }
}

class EqualGrid implements WindowGrid {
  readonly fewest: number;
  readonly most: number;
  readonly #size: number;
  readonly #slide: number;

  constructor(size: number, slide: number) {
    this.#size = size;
    this.#slide = slide;
    this.fewest = Math.floor(size / slide);
    this.most = Math.ceil(size / slide);
  }

  assign(instants: Float64Array, count: number, firsts: Float64Array, lasts: Float64Array): void {
    const [size, slide] = [this.#size, this.#slide];
    for (let at = 0; at < count; at++) {
      const instant = Math.floor(instants[at]);
      lasts[at] = Math.floor(instant / slide);
      firsts[at] = Math.floor((instant - size) / slide) + 1;
    }
  }

  firstAfter(instant: number): number {
    return Math.floor((Math.floor(instant) - this.#size) / this.#slide) + 1;
  }

  start(window: number): number {
    return window * this.#slide;
  }

  end(window: number): number {
    return window * this.#slide + this.#size;
  }
}

/** Windows of whole days in a zone whose clock is changed. */
class CalendarGrid implements WindowGrid {
  readonly fewest: number;
  readonly most: number;
  readonly #size: number;
  readonly #slide: number;
  readonly #days: Spans;

  constructor(size: number, slide: number, days: Spans) {
    this.#size = size;
    this.#slide = slide;
    this.#days = days;
    this.fewest = Math.floor(size / slide);
    this.most = Math.ceil(size / slide);
  }

  assign(instants: Float64Array, count: number, firsts: Float64Array, lasts: Float64Array): void {
    const [size, slide] = [this.#size, this.#slide];
    this.#days.assign(instants, count, lasts);
    for (let at = 0; at < count; at++) {
      const day = lasts[at];
      lasts[at] = Math.floor(day / slide);
      firsts[at] = Math.floor((day - size) / slide) + 1;
    }
  }

  firstAfter(instant: number): number {
    if (!Number.isFinite(instant)) return instant;
    return Math.floor((this.#days.windowOf(instant) - this.#size) / this.#slide) + 1;
  }

  start(window: number): number {
    return this.#days.start(window * this.#slide);
  }

  end(window: number): number {
    if (!Number.isFinite(window)) return window;
    return this.#days.start(window * this.#slide + this.#size);
  }
}
