import { DAY_MS } from './civil-date.js';
import { latestWalls } from './wall-times.js';
import type { Zone } from './zone.js';
import type { ZoneClock } from './zone-clock.js';

/**
 * Windows of one size (or the panes that sliding windows share), contiguous and half-open, numbered with consecutive
 * integers. Window 0 is the one of the epoch.
 */
export interface Spans {
  /** Milliseconds; a span of calendar days may be longer or shorter by what the clock was changed. */
  readonly size: number;
  readonly zone: Zone;
  /** True where an int32 holds the number of every window of the years 0001 to 9999: from 2 minutes on. */
  readonly int32: boolean;
  /** Writes the window of each instant to `out`: an Int32Array only where `int32`. */
  assign(millis: Float64Array, length: number, out: Float64Array | Int32Array): void;
  windowOf(instant: number): number;
  /** The first instant of a window; the next window's start is its end. */
  start(window: number): number;
}

/** The greatest distance of a time from the epoch: the end of the year 9999 and a day for the zones. */
const FARTHEST_MS = 253_402_387_200_000;

/**
 * Spans of `size` milliseconds, aligned to the epoch. Sizes of whole days are days of the zone's calendar, counted
 * from 1970-01-01 there: they begin at local midnight (or at the first time after it that the clock shows), so that a
 * day may have 23 or 25 hours. All other sizes are exact lengths of time that begin at multiples of the size from
 * 1970-01-01T00:00Z in any zone, as in Flink, Kafka Streams and Spark: aligned to a local midnight they would be cut
 * or overlap whenever the clock is changed.
 */
export function spansOf(size: number, zone: Zone): Spans {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`a window of ${size} ms`);
  const calendar = size % DAY_MS === 0 ? zone.clock : undefined;
  return calendar === undefined ? new EqualSpans(size, zone) : new DaySpans(size, zone, calendar);
}

const fitsInt32 = (size: number): boolean => FARTHEST_MS / size < 0x7fffffff;

class EqualSpans implements Spans {
  readonly int32: boolean;

  constructor(
    readonly size: number,
    readonly zone: Zone,
  ) {
    this.int32 = fitsInt32(size);
  }

  assign(millis: Float64Array, length: number, out: Float64Array | Int32Array): void {
    const size = this.size;
    for (let row = 0; row < length; row++) out[row] = Math.floor(millis[row] / size);
  }

  windowOf(instant: number): number {
    return Math.floor(instant / this.size);
  }

  start(window: number): number {
    return window * this.size;
  }
}

/** Whole days of a zone's calendar. */
class DaySpans implements Spans {
  readonly int32: boolean;
  #walls = new Float64Array(0);

  constructor(
    readonly size: number,
    readonly zone: Zone,
    private readonly clock: ZoneClock,
  ) {
    this.int32 = fitsInt32(size);
  }

  assign(millis: Float64Array, length: number, out: Float64Array | Int32Array): void {
    if (this.#walls.length < length) this.#walls = new Float64Array(length);
    const walls = this.#walls;
    latestWalls(this.clock, millis, length, walls);
    const size = this.size;
    for (let row = 0; row < length; row++) out[row] = Math.floor(walls[row] / size);
  }

  windowOf(instant: number): number {
    return Math.floor(this.clock.latestWall(instant) / this.size);
  }

  start(window: number): number {
    return this.clock.firstInstant(window * this.size);
  }
}
