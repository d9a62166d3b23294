import type { Batch, Origin } from '../../records/batch.js';
import type { BatchSource } from '../endpoint.js';
import { type BreakableFormat, BrokenRecords } from './broken-records.js';
import { type DisturbanceOptions, type RowStream, rowStream } from './disturbance.js';
import { Pace, type PaceOptions } from './pace.js';
import { type Clock, Pause, SYSTEM_CLOCK } from './pause.js';
import { type SimulatedRows, type Simulation, simulatedRows } from './simulation.js';
import { shareOf, wholeNumber } from './wanted-number.js';

export interface SimulatedSourceOptions extends DisturbanceOptions, PaceOptions {
  /**
   * How many records of the story are told; all if not given. Duplicates come on top, broken records are among them,
   * and none is lost by being held back: with and without disorder the same records are sent.
   */
  readonly count?: number;
  /** The share of records in whose place a broken one is sent. The first is never broken. */
  readonly broken?: number;
  /** What the broken ones are broken records of; ndjson if not given. */
  readonly brokenFormat?: BreakableFormat;
  /** Rows of a batch at most; 4096 if not given. */
  readonly batchRows?: number;
  readonly clock?: Clock;
}

/**
 * A story as batches. The same seed and options give the same records in the same order, whatever the size of the
 * batches and the pace. Broken records are the batch's `rejects`; their ordinals say between which rows they stand
 * (see encodeProduced()).
 */
export class SimulatedSource implements BatchSource {
  readonly finite: boolean;
  readonly #simulation: Simulation;
  readonly #stream: RowStream;
  readonly #pace: Pace;
  readonly #pause: Pause;
  readonly #rows: SimulatedRows;
  readonly #batchRows: number;
  readonly #length: number;
  readonly #broken: BrokenRecords | undefined;
  /** How many steps were told to their end; undefined in the middle of one. */
  #stepsTold: number | undefined;
  #sent = 0;
  #stopped = false;

  /** @param name what the user calls it: `produce yt` */
  constructor(
    readonly name: string,
    simulation: Simulation,
    options: SimulatedSourceOptions = {},
  ) {
    const { count, broken = 0, batchRows = 4096, seed = 1, clock = SYSTEM_CLOCK } = options;
    this.#simulation = simulation;
    this.#length =
      count === undefined
        ? simulation.length
        : Math.min(simulation.length, wholeNumber('count', count, 0, Number.MAX_SAFE_INTEGER));
    this.finite = this.#length !== Infinity;
    this.#stream = rowStream(simulation, options);
    this.#pace = new Pace(options, clock);
    this.#pause = new Pause(clock);
    this.#batchRows = batchRows;
    this.#rows = simulatedRows(batchRows);
    const share = shareOf('broken', broken);
    if (share > 0) {
      this.#broken = new BrokenRecords(simulation.schema, name, share, options.brokenFormat ?? 'ndjson', seed);
    }
  }

  ready(): Promise<void> | undefined {
    if (this.#stopped) return undefined;
    const millis = this.#pace.pause(this.#stepsTold);
    return millis === 0 ? undefined : this.#pause.for(millis);
  }

  take(): Batch | 'wait' | 'end' {
    if (this.#stopped) return 'end';
    const most = Math.min(this.#batchRows, this.#pace.records());
    if (most === 0) return 'wait';
    const steps = this.#pace.steps();
    const told = Math.min(this.#length, steps * this.#simulation.stepRecords);
    let length = this.#stream.fill(this.#rows, 0, most, told);
    this.#stepsTold = length < most ? steps : undefined;
    if (length < most && told === this.#length) {
      length = this.#stream.rest(this.#rows, length, most);
      if (length === 0) return 'end';
      this.#stepsTold = undefined;
    }
    if (length === 0) return 'wait';
    this.#pace.sent(length);
    return this.#batch(length);
  }

  stop(): void {
    this.#stopped = true;
    this.#pause.end();
  }

  async close(): Promise<void> {
    this.stop();
  }

  #batch(length: number): Batch {
    const first = this.#sent + 1;
    this.#sent += length;
    const origin: Origin = { source: this.name, partition: 0, unit: 'record', ordinal: (row) => first + row };
    const columns = this.#simulation.columns(this.#rows, length);
    const batch: Batch = { schema: this.#simulation.schema, length, columns, origin };
    return this.#broken === undefined ? batch : this.#broken.breakSome(batch);
  }
}
