import type { Clock } from './pause.js';
import { positive } from './wanted-number.js';

export interface PaceOptions {
  /** Records a second, broken ones and duplicates included; as fast as they are taken if not given. */
  readonly rate?: number;
  /** Milliseconds between two simulated steps. */
  readonly interval?: number;
}

/** A reader that stalled is sent at most this much at once when it is back, in milliseconds of the rate. */
const CATCH_UP = 1000;

/** Records of so many milliseconds are sent together. */
const TOGETHER = 2;

/** How many records may be sent, and how many steps told, at a moment. */
export class Pace {
  readonly #clock: Clock;
  readonly #rate: number | undefined;
  readonly #interval: number | undefined;
  readonly #start: number;
  /** The records that may be sent, as of #counted. */
  #allowed = 1;
  #counted: number;

  constructor({ rate, interval }: PaceOptions, clock: Clock) {
    this.#clock = clock;
    this.#rate = rate === undefined ? undefined : positive('rate', rate);
    this.#interval = interval === undefined ? undefined : positive('interval', interval);
    this.#start = clock.now();
    this.#counted = this.#start;
  }

  /** How many records may be sent now. */
  records(): number {
    if (this.#rate === undefined) return Infinity;
    const now = this.#clock.now();
    const most = Math.max(1, (this.#rate * CATCH_UP) / 1000);
    this.#allowed = Math.min(most, this.#allowed + ((now - this.#counted) * this.#rate) / 1000);
    this.#counted = now;
    return Math.floor(this.#allowed);
  }

  sent(records: number): void {
    if (this.#rate !== undefined) this.#allowed -= records;
  }

  /** How many steps may have been told by now: the first at once. */
  steps(): number {
    if (this.#interval === undefined) return Infinity;
    return Math.floor((this.#clock.now() - this.#start) / this.#interval) + 1;
  }

  /**
   * Milliseconds until something may be sent: a few records at least, where the rate is high.
   * @param steps how many steps were told to their end; undefined in the middle of one
   */
  pause(steps: number | undefined): number {
    let until = 0;
    if (this.#rate !== undefined) {
      this.records();
      const least = Math.max(1, (this.#rate * TOGETHER) / 1000);
      until = ((least - this.#allowed) * 1000) / this.#rate;
    }
    if (this.#interval !== undefined && steps !== undefined) {
      until = Math.max(until, this.#start + steps * this.#interval - this.#clock.now());
    }
    return Math.max(0, until);
  }
}
