import { civilOf, DAY_MS, dayOf, monthOf, yearOf } from './civil-date.js';
import { BLOCK_DAYS, CELL_OF_DAY_0, dayCells } from './day-cells.js';
import type { Period } from './periods.js';

/** How wall-clock times are numbered by the windows of a period: int32 numbers, greater for later windows. */
export interface PeriodNumbers {
  /** Writes the number of each time to `out`. */
  assign(walls: Float64Array, length: number, out: Int32Array): void;
  numberOf(wall: number): number;
  /** The time at which a window begins. */
  start(number: number): number;
}

export function numbersOf(period: Period): PeriodNumbers {
  return NUMBERS[period];
}

/** Windows of equal length, one of which begins at `origin`. */
class EqualNumbers implements PeriodNumbers {
  readonly #width: number;
  readonly #origin: number;

  constructor(width: number, origin = 0) {
    this.#width = width;
    this.#origin = origin;
  }

  assign(walls: Float64Array, length: number, out: Int32Array): void {
    const [width, origin] = [this.#width, this.#origin];
    for (let row = 0; row < length; row++) out[row] = Math.floor((walls[row] - origin) / width);
  }

  numberOf(wall: number): number {
    return Math.floor((wall - this.#origin) / this.#width);
  }

  start(number: number): number {
    return number * this.#width + this.#origin;
  }
}

/** By day: 1 + year × 12 + month, January being 0. Made when it is first asked for. */
let months: Int32Array | undefined;

/** Fills the cells of the block of a day, if it is one of the calendar. */
function fillMonths(cells: Int32Array, day: number): void {
  const first = (day + CELL_OF_DAY_0) & -BLOCK_DAYS;
  for (let cell = first; cell < first + BLOCK_DAYS; cell++) cells[cell] = 1 + monthNumber(cell - CELL_OF_DAY_0);
}

function monthNumber(day: number): number {
  const civil = civilOf(day);
  return yearOf(civil) * 12 + monthOf(civil) - 1;
}

/** Windows of one or more months: numbered from the year 0. */
class MonthNumbers implements PeriodNumbers {
  readonly #size: number;

  /** @param size months in a window */
  constructor(size: number) {
    this.#size = size;
  }

  assign(walls: Float64Array, length: number, out: Int32Array): void {
    months ??= dayCells();
    const [cells, size] = [months, this.#size];
    for (let row = 0; row < length; row++) {
      const day = Math.floor(walls[row] / DAY_MS);
      const cell = cells[(day + CELL_OF_DAY_0) | 0];
      if (cell > 0) {
        out[row] = (cell - 1) / size;
      } else {
        fillMonths(cells, day);
        out[row] = monthNumber(day) / size;
      }
    }
  }

  numberOf(wall: number): number {
    return Math.floor(monthNumber(Math.floor(wall / DAY_MS)) / this.#size);
  }

  start(number: number): number {
    const month = number * this.#size;
    const year = Math.floor(month / 12);
    return dayOf(year, month - year * 12 + 1, 1) * DAY_MS;
  }
}

const NUMBERS: Readonly<Record<Period, PeriodNumbers>> = {
  hourly: new EqualNumbers(DAY_MS / 24),
  daily: new EqualNumbers(DAY_MS),
  // ISO 8601: a week begins on Monday. The one of the epoch began on 1969-12-29.
  weekly: new EqualNumbers(7 * DAY_MS, -3 * DAY_MS),
  monthly: new MonthNumbers(1),
  yearly: new MonthNumbers(12),
};
