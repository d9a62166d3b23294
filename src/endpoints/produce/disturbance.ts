import { copyRow, HeldRows } from './held-rows.js';
import { Random } from './random.js';
import { type SimulatedRows, type Simulation, simulatedRows } from './simulation.js';
import { shareOf, wholeNumber } from './wanted-number.js';

/** How many rows are held back at most; with more, the first is released before its time. */
const HELD_LIMIT = 1 << 18;
const AHEAD = 512;

export interface DisturbanceOptions {
  /** The share of records that come out of order: each is held back until the story has gone on by up to `disorderBy`. */
  readonly disorder?: number;
  /** Milliseconds of simulated time; 12 hours for yt, 30 seconds for sensors and pairs if not given. */
  readonly disorderBy?: number;
  /** The share of records that come late: held back by more than `lateBy`, and less than twice that. */
  readonly late?: number;
  /** Milliseconds of simulated time; 7 days for yt, 10 minutes for sensors and pairs if not given. */
  readonly lateBy?: number;
  /** The share of records that come twice. Each of the two may be out of order or late on its own. */
  readonly duplicates?: number;
  /** 1 if not given. */
  readonly seed?: number;
}

/** Rows in the order in which they are sent. */
export interface RowStream {
  /**
   * Writes the next rows to [from, to), and returns where they end: before `to` where all records that the story may
   * tell so far were told.
   * @param told how many records of the story may be told in all
   */
  fill(rows: SimulatedRows, from: number, to: number, told: number): number;
  /** The rows that are still held back, once the story is over: like fill(). */
  rest(rows: SimulatedRows, from: number, to: number): number;
}

/** The stream of a story, undisturbed where the options ask for nothing. */
export function rowStream(simulation: Simulation, options: DisturbanceOptions): RowStream {
  const { disorder = 0, late = 0, duplicates = 0 } = options;
  return disorder === 0 && late === 0 && duplicates === 0
    ? new OrderedStream(simulation)
    : new DisturbedStream(simulation, options);
}

class OrderedStream implements RowStream {
  #told = 0;

  constructor(readonly simulation: Simulation) {}

  fill(rows: SimulatedRows, from: number, to: number, told: number): number {
    const end = Math.min(to, from + told - this.#told);
    this.simulation.fill(rows, from, end);
    this.#told += end - from;
    return end;
  }

  rest(_rows: SimulatedRows, from: number): number {
    return from;
  }
}

/**
 * Repeats and delays a story's records. Whether and how is drawn record by record, so that neither the size of
 * batches nor the pace matter; the story itself is the same as without.
 */
class DisturbedStream implements RowStream {
  readonly #held = new HeldRows(HELD_LIMIT);
  readonly #ahead = simulatedRows(AHEAD);
  #next = 0;
  #end = 0;
  #told = 0;
  /** How often the next record is still to be sent. */
  #copies = 0;
  readonly #disorder: number;
  readonly #disorderBy: number;
  readonly #late: number;
  readonly #lateBy: number;
  readonly #duplicates: number;
  readonly #delays: Random;
  readonly #repeats: Random;

  constructor(
    readonly simulation: Simulation,
    options: DisturbanceOptions,
  ) {
    const usual = simulation.usualDelays;
    const most = Number.MAX_SAFE_INTEGER;
    this.#disorder = shareOf('disorder', options.disorder ?? 0);
    this.#disorderBy = wholeNumber('disorder-by', options.disorderBy ?? usual.disorder, 1, most);
    this.#late = shareOf('late', options.late ?? 0);
    this.#lateBy = wholeNumber('late-by', options.lateBy ?? usual.late, 1, most);
    this.#duplicates = shareOf('duplicates', options.duplicates ?? 0);
    this.#delays = Random.for(options.seed ?? 1, 'delays');
    this.#repeats = Random.for(options.seed ?? 1, 'repeats');
  }

  fill(rows: SimulatedRows, from: number, to: number, told: number): number {
    let row = from;
    while (row < to) {
      if (this.#copies === 0 && !this.#tell(told)) break;
      const now = this.#ahead.millis[this.#next];
      if (this.#held.release <= now || this.#held.full) {
        this.#held.take(rows, row++);
        continue;
      }
      const delay = this.#delay();
      if (delay > 0) this.#held.put(this.#ahead, this.#next, now + delay);
      else copyRow(this.#ahead, this.#next, rows, row++);
      if (--this.#copies === 0) this.#next++;
    }
    return row;
  }

  rest(rows: SimulatedRows, from: number, to: number): number {
    let row = from;
    while (row < to && this.#held.size > 0) this.#held.take(rows, row++);
    return row;
  }

  /** Goes on to the story's next record; false where it may not be told yet. */
  #tell(told: number): boolean {
    if (this.#next === this.#end) {
      const count = Math.min(AHEAD, told - this.#told);
      if (count <= 0) return false;
      this.simulation.fill(this.#ahead, 0, count);
      this.#told += count;
      this.#next = 0;
      this.#end = count;
    }
    this.#copies = this.#repeats.chance(this.#duplicates) ? 2 : 1;
    return true;
  }

  /** How long a record is held back, in milliseconds. Draws two numbers whatever comes of them. */
  #delay(): number {
    const kind = (this.#delays.bits() >>> 0) / 2 ** 32;
    const share = ((this.#delays.bits() >>> 0) + 1) / 2 ** 32;
    if (kind < this.#late) return this.#lateBy + Math.ceil(share * this.#lateBy);
    return kind < this.#late + this.#disorder ? Math.ceil(share * this.#disorderBy) : 0;
  }
}
