import { labelOf } from './period-labels.js';
import { numbersOf, type PeriodNumbers } from './period-numbers.js';
import type { Period } from './periods.js';
import { latestWalls } from './wall-times.js';
import type { Zone } from './zone.js';
import type { ZoneClock } from './zone-clock.js';

export { parseLabel, periodOfLabel } from './period-labels.js';
export { isPeriod, nests, PERIOD_FIELDS, PERIODS, type Period } from './periods.js';

/** Calendar windows of one period in one zone, numbered so that a later window has a greater number (an int32). */
export interface Calendar {
  readonly period: Period;
  readonly zone: Zone;
  /** Writes the window of each instant (epoch milliseconds) to `out`. */
  assign(millis: Float64Array, length: number, out: Int32Array): void;
  /** The window of one instant. */
  windowOf(instant: number): number;
  /** The first instant of a window; the next window's start is its end. */
  start(window: number): number;
  /** `2017-08-02T14`, `2017-08-02`, `2017-W31`, `2017-08`, `2017`. */
  label(window: number): string;
}

/**
 * The calendar of a period in a zone. A window begins at the first instant at which the zone's clock shows its first
 * local time or a later one, and ends where the next begins: windows are contiguous and half-open, and each label
 * names one of them. So an hour that is repeated is one window of two hours, a day may have 23 or 25, and of what the
 * clock skips there are windows, but empty ones, which no instant is in. Numbers and labels are those of the local
 * time alone, the same in every zone.
 */
export function calendarOf(period: Period, zone: Zone): Calendar {
  const numbers = numbersOf(period);
  return zone.clock === undefined
    ? new UtcCalendar(period, zone, numbers)
    : new ZonedCalendar(period, zone, zone.clock);
}

class UtcCalendar implements Calendar {
  constructor(
    readonly period: Period,
    readonly zone: Zone,
    private readonly numbers: PeriodNumbers,
  ) {}

  assign(millis: Float64Array, length: number, out: Int32Array): void {
    this.numbers.assign(millis, length, out);
  }

  windowOf(instant: number): number {
    return this.numbers.numberOf(instant);
  }

  start(window: number): number {
    return this.numbers.start(window);
  }

  label(window: number): string {
    return labelOf(this.period, window);
  }
}

class ZonedCalendar implements Calendar {
  readonly #numbers: PeriodNumbers;
  #walls = new Float64Array(0);

  constructor(
    readonly period: Period,
    readonly zone: Zone,
    private readonly clock: ZoneClock,
  ) {
    this.#numbers = numbersOf(period);
  }

  assign(millis: Float64Array, length: number, out: Int32Array): void {
    if (this.#walls.length < length) this.#walls = new Float64Array(length);
    latestWalls(this.clock, millis, length, this.#walls);
    this.#numbers.assign(this.#walls, length, out);
  }

  windowOf(instant: number): number {
    return this.#numbers.numberOf(this.clock.latestWall(instant));
  }

  start(window: number): number {
    return this.clock.firstInstant(this.#numbers.start(window));
  }

  label(window: number): string {
    return labelOf(this.period, window);
  }
}
