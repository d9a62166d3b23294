import { DAY_MS } from './civil-date.js';
import { BLOCK_DAYS } from './day-cells.js';
import { shifted } from './exact-millis.js';

/** Offsets from UTC lie within a day of it and the clock was never changed by more; the third day is to be safe. */
const MARGIN = 3 * DAY_MS;
/**
 * The shortest time between two changes of an offset is just under four days (Freetown, September 1939). Steps of
 * two days see each.
 */
const STEP = 2 * DAY_MS;

/** Takes the days from `first` to before `end` for which one offset will do. */
export type FillDays = (first: number, end: number, offset: number) => void;

/**
 * What a zone's clock does in 1024 days (and a margin on both sides, so that a look-up needs no other block). The
 * time is cut into segments of one offset; segment `s` begins with the transition `s - 1`.
 */
export class ZoneBlock {
  readonly #start: number;
  readonly #end: number;
  /** Instants at which the offset changes. */
  readonly #times: Float64Array;
  /** Each segment's offset. */
  readonly #offsets: Float64Array;
  /** The time that the clock has reached by the end of a segment: ascending, since changes are days apart. */
  readonly #reached: Float64Array;

  /**
   * @param number the block of the days from `number` × 1024 on
   * @param offsetAt the true offset at any instant, in milliseconds: may be slow
   */
  constructor(number: number, offsetAt: (instant: number) => number) {
    this.#start = number * BLOCK_DAYS * DAY_MS;
    this.#end = this.#start + BLOCK_DAYS * DAY_MS;
    const times: number[] = [];
    let offset = offsetAt(this.#start - MARGIN);
    const offsets = [offset];
    for (let at = this.#start - MARGIN; at < this.#end + MARGIN; at += STEP) {
      const next = offsetAt(at + STEP);
      if (next === offset) continue;
      times.push(transitionBetween(at, at + STEP, offset, offsetAt));
      offsets.push(next);
      offset = next;
    }
    this.#times = Float64Array.from(times);
    this.#offsets = Float64Array.from(offsets);
    this.#reached = this.#times.map((time, segment) => time + offsets[segment]);
  }

  offsetAt(instant: number): number {
    return this.#offsets[countUpTo(this.#times, instant)];
  }

  /** The instant of a time of the clock: in a gap moved forward by the gap's length, in an overlap the earlier. */
  toInstant(wall: number): number {
    const segment = countUpTo(this.#reached, wall);
    const instant = shifted(wall, -this.#offsets[segment]);
    if (segment === 0 || instant >= this.#times[segment - 1]) return instant;
    return shifted(wall, -this.#offsets[segment - 1]);
  }

  /** True for a time that the clock never shows. */
  isInGap(wall: number): boolean {
    const segment = countUpTo(this.#reached, wall);
    return segment > 0 && wall - this.#offsets[segment] < this.#times[segment - 1];
  }

  /** The time in a gap that toInstant() moves to an instant (whole milliseconds); undefined where there is none. */
  gapTime(instant: number): number | undefined {
    for (let segment = countUpTo(this.#times, instant); segment > 0; segment--) {
      const wall = instant + this.#offsets[segment - 1];
      if (this.isInGap(wall) && this.toInstant(wall) === instant) return wall;
    }
    return undefined;
  }

  /** The first instant at which the clock shows `wall` or a later time. */
  firstInstant(wall: number): number {
    const segment = countUpTo(this.#reached, wall);
    const instant = wall - this.#offsets[segment];
    return segment === 0 ? instant : Math.max(instant, this.#times[segment - 1]);
  }

  /**
   * The latest time that the clock has shown until an instant, which is what it shows but for the repetition of an
   * overlap. There it is the last millisecond before the repetition began.
   */
  latestWall(instant: number): number {
    const segment = countUpTo(this.#times, instant);
    const wall = instant + this.#offsets[segment];
    return segment > 0 && wall < this.#reached[segment - 1] ? this.#reached[segment - 1] - 1 : wall;
  }

  /**
   * Gives the block's days that need no search.
   * @param byInstant takes days of UTC on which the offset holds from end to end and latestWall() is instant + offset
   * @param byWall takes days of the clock on each time of which toInstant() is wall − offset
   */
  steadyDays(byInstant: FillDays, byWall: FillDays): void {
    for (let segment = 0; segment < this.#offsets.length; segment++) {
      const offset = this.#offsets[segment];
      const begins = segment === 0 ? this.#start - MARGIN : this.#times[segment - 1];
      const ends = segment === this.#times.length ? this.#end + MARGIN : this.#times[segment];
      const reached = segment === 0 ? begins + offset : Math.max(begins + offset, this.#reached[segment - 1]);
      this.#fill(reached - offset, ends, offset, byInstant);
      this.#fill(reached, ends + offset, offset, byWall);
    }
  }

  #fill(from: number, to: number, offset: number, fill: FillDays): void {
    const first = Math.ceil(Math.max(from, this.#start) / DAY_MS);
    const end = Math.floor(Math.min(to, this.#end) / DAY_MS);
    if (first < end) fill(first, end, offset);
  }
}

/** The first instant (a whole second) at which the offset is no longer `before`. */
function transitionBetween(from: number, to: number, before: number, offsetAt: (instant: number) => number): number {
  let [held, changed] = [from / 1000, to / 1000];
  while (changed - held > 1) {
    const middle = Math.floor((held + changed) / 2);
    if (offsetAt(middle * 1000) === before) held = middle;
    else changed = middle;
  }
  return changed * 1000;
}

/** How many of the ascending values are not greater than `limit`. */
function countUpTo(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
