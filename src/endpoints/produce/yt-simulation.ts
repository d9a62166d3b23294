import type { Column } from '../../records/columns.js';
import type { RecordSchema } from '../../records/schema.js';
import { ISO_SECONDS } from '../../records/time/form.js';
import { UTC } from '../../records/time/zone.js';
import { NumberedNames } from './numbered-names.js';
import { Random } from './random.js';
import type { SimulatedRows, Simulation } from './simulation.js';
import { wholeNumber } from './wanted-number.js';

const DAY_SECONDS = 86_400;
const DAY = DAY_SECONDS * 1000;
const HOUR = DAY / 24;

/** The channels of spark-stream-test's script_producer_log.py; more are numbered. */
const CHANNELS = ['michelle_phan', 'pew_die_pie', 'new_york_times'];

export interface YtOptions {
  /** 3 if not given. */
  readonly channels?: number;
  /** Harvests of each channel a day; 3 if not given. */
  readonly perDay?: number;
  /** Endless if not given. */
  readonly days?: number;
  /** Epoch milliseconds of the first day's start, as a wall-clock time; 2017-08-01 if not given. */
  readonly start?: number;
  /** 1 if not given. */
  readonly seed?: number;
}

/**
 * The story of spark-stream-test: a step is a day; `perDay` times a day, spread over it, every channel is harvested
 * once, and has 50 to 500 subscribers more than the time before. Which channel follows which changes every time.
 */
export class YtSimulation implements Simulation {
  readonly length: number;
  readonly stepRecords: number;
  readonly usualDelays = { disorder: 12 * HOUR, late: 7 * DAY };
  readonly #names: NumberedNames;
  readonly #random: Random;
  /** Steps through all channels once: numbers that have no divisor in common with how many there are. */
  readonly #strides: Int32Array;
  readonly #subs: Float64Array;
  readonly #roundSeconds: number;
  readonly #rounds: number;
  #day: number;
  #round = -1;
  /** How many channels of the round were harvested. */
  #harvested = 0;
  #channel = 0;
  #stride = 1;

  constructor(
    readonly schema: RecordSchema,
    options: YtOptions = {},
  ) {
    const channels = wholeNumber('channels', options.channels ?? 3, 1, 100_000_000);
    this.#rounds = wholeNumber('per-day', options.perDay ?? 3, 1, DAY_SECONDS);
    this.stepRecords = channels * this.#rounds;
    const days = options.days;
    this.length = days === undefined ? Infinity : wholeNumber('days', days, 0, 1e9) * this.stepRecords;
    this.#roundSeconds = DAY_SECONDS / this.#rounds;
    this.#day = options.start ?? Date.UTC(2017, 7, 1);
    this.#names = new NumberedNames(channels, 'channel_', CHANNELS);
    this.#random = Random.for(options.seed ?? 1, 'yt');
    this.#strides = stridesThrough(channels, this.#random);
    this.#subs = new Float64Array(channels);
    for (let channel = 0; channel < channels; channel++) this.#subs[channel] = 500 + this.#random.below(500);
    this.#harvested = channels;
  }

  fill(rows: SimulatedRows, from: number, to: number): void {
    const channels = this.#subs.length;
    for (let row = from; row < to; ) {
      if (this.#harvested === channels) this.#nextRound();
      const count = Math.min(channels - this.#harvested, to - row);
      this.#harvest(rows, row, count);
      row += count;
    }
  }

  columns(rows: SimulatedRows): ReadonlyMap<string, Column> {
    return new Map<string, Column>([
      ['yt_channel_id', { kind: 'dictionary', ids: rows.subject, dictionary: this.#names }],
      ['harvest_ts', { kind: 'time', millis: rows.millis, form: ISO_SECONDS, zone: UTC }],
      ['subs', { kind: 'float64', values: rows.value }],
    ]);
  }

  #nextRound(): void {
    if (++this.#round === this.#rounds) {
      this.#round = 0;
      this.#day += DAY;
    }
    this.#harvested = 0;
    const bits = this.#random.bits() >>> 0;
    this.#stride = this.#strides[bits & (this.#strides.length - 1)] ?? 1;
    this.#channel = (bits >>> 4) % this.#subs.length;
  }

  /** The next `count` harvests of a round: evenly spread over it, each at a random second of its share. */
  #harvest({ subject, millis, value }: SimulatedRows, row: number, count: number): void {
    const subs = this.#subs;
    const random = this.#random;
    const channels = subs.length;
    const stride = this.#stride;
    const share = this.#roundSeconds / channels;
    const start = this.#round * this.#roundSeconds;
    let channel = this.#channel;
    let harvested = this.#harvested;
    for (const end = row + count; row < end; row++) {
      const bits = random.bits();
      const moment = harvested++ + (bits >>> 16) / 65_536;
      const grown = subs[channel] + 50 + (((bits & 0xffff) * 451) >>> 16);
      subs[channel] = grown;
      subject[row] = channel;
      millis[row] = this.#day + Math.floor(start + moment * share) * 1000;
      value[row] = grown;
      channel += stride;
      if (channel >= channels) channel -= channels;
    }
    this.#channel = channel;
    this.#harvested = harvested;
  }
}

function stridesThrough(channels: number, random: Random): Int32Array {
  return new Int32Array(16).map(() => {
    let stride = channels === 1 ? 1 : 1 + random.below(channels - 1);
    while (divisor(stride, channels) !== 1) stride = (stride % channels) + 1;
    return stride % channels;
  });
}

/** The greatest common divisor. */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
