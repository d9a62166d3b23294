import type { Column } from '../../records/columns.js';
import type { RecordSchema } from '../../records/schema.js';
import { ISO_SECONDS, ZONE_STYLE } from '../../records/time/form.js';
import { UTC } from '../../records/time/zone.js';
import { NumberedNames } from './numbered-names.js';
import { Random } from './random.js';
import type { SimulatedRows, Simulation } from './simulation.js';
import { wholeNumber } from './wanted-number.js';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

export interface SensorOptions {
  /** 5 if not given. */
  readonly nodes?: number;
  /** Milliseconds of simulated time between two readings of a node; 10 seconds if not given. */
  readonly step?: number;
  /** Endless if not given. */
  readonly days?: number;
  /** Epoch milliseconds of the first reading; 2017-08-01 if not given. */
  readonly start?: number;
  /** 1 if not given. */
  readonly seed?: number;
}

/**
 * Nodes that measure the temperature: a step is a round in which each node measures once. A node has a level of its
 * own, follows the day (±4 °C, warmest at 15:00 UTC) and wanders a little. Tenths of a degree, computed in integers.
 */
export class SensorSimulation implements Simulation {
  readonly length: number;
  readonly stepRecords: number;
  readonly usualDelays = { disorder: 30 * SECOND, late: 600 * SECOND };
  readonly #names: NumberedNames;
  readonly #random: Random;
  readonly #levels: Int32Array;
  readonly #drifts: Int32Array;
  readonly #step: number;
  readonly #form: number;
  #time: number;
  #ofDay = 0;
  #node = 0;

  constructor(
    readonly schema: RecordSchema,
    options: SensorOptions = {},
  ) {
    const nodes = wholeNumber('nodes', options.nodes ?? 5, 1, 100_000_000);
    this.#step = wholeNumber('step', options.step ?? 10 * SECOND, 1, 365 * DAY);
    this.#time = options.start ?? Date.UTC(2017, 7, 1);
    this.stepRecords = nodes;
    const days = options.days;
    this.length =
      days === undefined ? Infinity : Math.ceil((wholeNumber('days', days, 0, 1e9) * DAY) / this.#step) * nodes;
    this.#names = new NumberedNames(nodes, 'node-');
    this.#random = Random.for(options.seed ?? 1, 'sensors');
    this.#levels = new Int32Array(nodes).map(() => 150 + this.#random.below(100));
    this.#drifts = new Int32Array(nodes);
    const digits = this.#step % SECOND === 0 && this.#time % SECOND === 0 ? 0 : 3;
    this.#form = ISO_SECONDS | (digits << 3) | (ZONE_STYLE.z << 7);
    this.#ofDay = tenthsOfDay(this.#time);
  }

  fill({ subject, millis, value }: SimulatedRows, from: number, to: number): void {
    const nodes = this.#levels.length;
    for (let row = from; row < to; row++) {
      const node = this.#node;
      const drift = this.#drifts[node] + this.#random.below(5) - 2;
      // Pulls it back, or it would wander off in the long run.
      this.#drifts[node] = drift - Math.trunc(drift / 16);
      subject[row] = node;
      millis[row] = this.#time;
      value[row] = (this.#levels[node] + this.#ofDay + drift) / 10;
      if (++this.#node === nodes) {
        this.#node = 0;
        this.#time += this.#step;
        this.#ofDay = tenthsOfDay(this.#time);
      }
    }
  }

  columns(rows: SimulatedRows): ReadonlyMap<string, Column> {
    return new Map<string, Column>([
      ['node_name', { kind: 'dictionary', ids: rows.subject, dictionary: this.#names }],
      ['temperature', { kind: 'float64', values: rows.value }],
      ['timestamp', { kind: 'time', millis: rows.millis, form: this.#form, zone: UTC }],
    ]);
  }
}

/** A straight line up from 03:00 to 15:00 and down again, from −40 to 40 tenths of a degree. */
function tenthsOfDay(time: number): number {
  const sinceThree = (((time - 3 * 3_600_000) % DAY) + DAY) % DAY;
  return Math.round(40 - Math.abs(sinceThree - DAY / 2) / (DAY / 160));
}
