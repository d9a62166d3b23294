import type { Column } from '../../records/columns.js';
import type { RecordSchema } from '../../records/schema.js';
import { Random } from './random.js';
import type { SimulatedRows, Simulation } from './simulation.js';
import { shareOf } from './wanted-number.js';

const SECOND = 1000;
const SPAN = 1000;

export interface PairOptions {
  /** The share of pairs whose sum is odd; 0.2 if not given, below the 0.3 at which a monitor of them raises an alarm. */
  readonly oddShare?: number;
  /** 1 if not given. */
  readonly seed?: number;
}

/**
 * Pairs of whole numbers from −999 to 999, for transform parity. They carry no time; what delays them counts one
 * second a pair.
 */
export class PairSimulation implements Simulation {
  readonly length = Infinity;
  readonly stepRecords = 1;
  readonly usualDelays = { disorder: 30 * SECOND, late: 600 * SECOND };
  readonly #random: Random;
  readonly #oddShare: number;
  #time = 0;
  #first = new Float64Array(0);

  constructor(
    readonly schema: RecordSchema,
    options: PairOptions = {},
  ) {
    this.#oddShare = shareOf('odd-share', options.oddShare ?? 0.2);
    this.#random = Random.for(options.seed ?? 1, 'pairs');
  }

  fill({ subject, millis, value }: SimulatedRows, from: number, to: number): void {
    const random = this.#random;
    for (let row = from; row < to; row++) {
      const odd = random.chance(this.#oddShare) ? 1 : 0;
      const a = random.below(2 * SPAN - 1) - SPAN + 1;
      let b = random.below(2 * SPAN - 1) - SPAN + 1;
      if (((a + b) & 1) !== odd) b += b < 0 ? 1 : -1;
      subject[row] = a;
      value[row] = b;
      millis[row] = this.#time;
      this.#time += SECOND;
    }
  }

  columns(rows: SimulatedRows, length: number): ReadonlyMap<string, Column> {
    if (this.#first.length < length) this.#first = new Float64Array(rows.subject.length);
    this.#first.set(rows.subject.subarray(0, length));
    return new Map<string, Column>([
      ['a', { kind: 'float64', values: this.#first }],
      ['b', { kind: 'float64', values: rows.value }],
    ]);
  }
}
