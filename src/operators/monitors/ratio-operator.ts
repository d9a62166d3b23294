import { type Batch, columnOf, selectedCount } from '../../records/batch.js';
import type { Column, Float64Column } from '../../records/columns.js';
import { deriveWindow } from '../../records/derive.js';
import { bug } from '../../records/errors.js';
import { valueAt } from '../../records/rows.js';
import type { Field, FieldType, RecordSchema } from '../../records/schema.js';
import type { Row } from '../../records/value.js';
import type { Change, Exchangeable, FlushReason, OperatorFigures, Processed, Progress } from '../operator.js';
import { GROUPS } from '../state-bound.js';
import { WindowOperator, type WindowOptions } from '../window/window-operator.js';
import { BreachRuns } from './breach-runs.js';
import { LiveClock } from './live-clock.js';
import { shortNumber } from './short-number.js';
import { StatusColumns } from './status-columns.js';

/** Says of each selected row of a batch whether it holds: 1, else 0 or 2 (null). */
export interface Condition {
  readonly reads: readonly string[];
  mask(batch: Batch): Uint8Array;
}

export interface RatioOptions
  extends Pick<
    WindowOptions,
    'schema' | 'by' | 'zone' | 'slide' | 'allowedLateness' | 'partitions' | 'kept' | 'maxState' | 'now'
  > {
  /** Milliseconds. */
  readonly size: number;
  /** Which records are bad. */
  readonly bad: Condition;
  /** A greater ratio is a breach. */
  readonly max: number;
  /** A window of fewer records says nothing: it neither ends breaches in a row nor is one. At least 1. */
  readonly minSamples: number;
  /** So many windows in a row are over the maximum before it is a breach. */
  readonly breaches: number;
  /** The monitor's name. */
  readonly monitor: string;
  /** What deriveMonitor() gives. */
  readonly output: RecordSchema;
  /** Of a live stream, milliseconds: time is never further behind the clock, also where a partition is quiet. */
  readonly behindClock?: number;
}

/** Names that no field has. */
const BAD = '(bad)';
const TOTAL = '(total)';
const LONG: FieldType = { kind: 'long' };
const MARK: Field = { name: BAD, type: LONG, nullable: true, nullBranch: 0 };

/**
 * `monitor ratio`: which share of a window's records is bad. Windows, lateness and state are those of WindowOperator,
 * which counts the bad ones as the records in which a field is not null. Each window is given once, when it is final,
 * in the order of (window, group): so breaches in a row do not depend on when rows are asked for.
 */
export class RatioOperator implements Exchangeable {
  readonly reads: readonly string[];
  readonly readsRecords = false;
  readonly output: RecordSchema;
  readonly state: RecordSchema;
  readonly stateKind = GROUPS;
  readonly #options: RatioOptions;
  readonly #windows: WindowOperator;
  readonly #runs: BreachRuns;
  readonly #clock: LiveClock | undefined;

  constructor(options: RatioOptions) {
    const { schema, by, bad, output } = options;
    this.#options = options;
    this.output = output;
    const marked = { ...schema, fields: [...schema.fields, MARK] };
    const count = { fn: 'count', type: LONG, nullable: false } as const;
    const select = [
      { ...count, name: TOTAL },
      { ...count, name: BAD, path: BAD },
    ];
    const group = output.fields.slice(0, by.length);
    this.#windows = new WindowOperator({
      ...options,
      schema: marked,
      select,
      emit: 'close',
      byClock: true,
      stateHint: GROUPS.hint,
      allowedLateness: options.allowedLateness ?? 0,
      output: deriveWindow(marked, group, select, true),
    });
    this.state = this.#windows.state;
    this.#runs = new BreachRuns(this.state, options.kept === true);
    const { behindClock, partitions = 1, now } = options;
    this.#clock = behindClock === undefined ? undefined : new LiveClock(partitions, behindClock, now);
    this.reads = [...new Set([...this.#windows.reads, ...bad.reads])].filter((path) => path !== BAD);
  }

  process(batch: Batch): Processed {
    if (selectedCount(batch) === 0) return {};
    const columns = new Map(batch.columns).set(BAD, this.#marks(batch));
    return this.#timed(batch.origin?.partition ?? 0, () => this.#windows.process({ ...batch, columns }));
  }

  advance(partition: number, instant: number): void {
    this.#timed(partition, () => this.#windows.advance(partition, instant));
  }

  steadyUntil(reached: number): number {
    return this.#windows.steadyUntil(reached);
  }

  *flush(reason: FlushReason): Generator<Batch> {
    for (const { rows, as } of this.changes(reason)) if (as === 'rows') yield rows;
  }

  *changes(reason: FlushReason): Generator<Change> {
    const { behindClock = 0 } = this.#options;
    if (this.#clock !== undefined) this.#windows.reach(this.#clock.instant - behindClock);
    for (const change of this.#windows.changes(reason)) {
      yield change.as === 'rows' ? { ...change, rows: this.#judged(change.rows) } : change;
    }
    yield* this.#runs.changes();
  }

  restore(rows: Batch): void {
    this.#windows.restore(this.#runs.restore(rows));
  }

  get progress(): Progress {
    return this.#windows.progress;
  }

  resume(progress: Progress): void {
    this.#clock?.resume();
    this.#windows.resume(progress);
  }

  ended(partition: number): void {
    this.#windows.ended(partition);
  }

  figures(): OperatorFigures {
    const { states, ...others } = this.#windows.figures();
    return { states: states + this.#runs.size, ...others };
  }

  #watermark(partition: number): number {
    return this.#clock === undefined
      ? Number.NEGATIVE_INFINITY
      : (this.#windows.progress.watermarks[partition] ?? Number.NEGATIVE_INFINITY);
  }

  /** Tells the clock where a partition's watermark goes on. */
  #timed<T>(partition: number, work: () => T): T {
    const before = this.#watermark(partition);
    const done = work();
    const reached = this.#watermark(partition);
    if (reached > before) this.#clock?.came(partition, reached);
    return done;
  }

  /** A column that is null where a record is not bad. */
  #marks(batch: Batch): Float64Column {
    const answers = this.#options.bad.mask(batch);
    const nulls = new Uint8Array(batch.length).fill(1);
    for (let at = 0; at < answers.length; at++) {
      if (answers[at] === 1) nulls[batch.selection === undefined ? at : batch.selection[at]] = 0;
    }
    return { kind: 'float64', values: new Float64Array(batch.length), nulls };
  }

  #judged(windows: Batch): Batch {
    const { by, max, monitor } = this.#options;
    const { length } = windows;
    const [totals, bads] = [numbers(windows, TOTAL), numbers(windows, BAD)];
    const names = this.output.fields.slice(0, by.length).map(({ name }) => name);
    const groups = names.map((name) => [name, columnOf(windows, name)] as const);
    const ratios = new Float64Array(length);
    const noRatio = new Uint8Array(length);
    const texts = new StatusColumns(length, monitor);
    for (let row = 0; row < length; row++) {
      const [bad, total] = [bads[row], totals[row]];
      ratios[row] = total === 0 ? 0 : bad / total;
      noRatio[row] = total === 0 ? 1 : 0;
      const group = Object.fromEntries(groups.map(([name, column]) => [name, valueAt(column, row)]));
      const { status, reason } = this.#judge(group, bad, total);
      texts.set(row, status, reason);
    }
    const own: Record<string, Column> = {
      window_start: columnOf(windows, 'window_start'),
      window_end: columnOf(windows, 'window_end'),
      ...texts.columns(),
      bad: { kind: 'float64', values: bads },
      total: { kind: 'float64', values: totals },
      ratio: { kind: 'float64', values: ratios, nulls: noRatio },
      max: { kind: 'float64', values: new Float64Array(length).fill(max) },
    };
    const all = new Map([...groups, ...Object.entries(own)]);
    const ordered = this.output.fields.map(({ name }) => [name, all.get(name) ?? bug(`no column ${name}`)] as const);
    return { schema: this.output, length, columns: new Map(ordered) };
  }

  #judge(group: Row, bad: number, total: number): { readonly status: string; readonly reason: string | null } {
    const { max, minSamples, breaches } = this.#options;
    const ratio = bad / total;
    if (total === 0 || total < minSamples) {
      const reason = total === 0 ? null : `${total} of at least ${minSamples} records: too few to tell`;
      return { status: 'ok', reason };
    }
    const isOver = ratio > max;
    // Of single breaches nobody asks for the run.
    const run = breaches === 1 ? 1 : this.#runs.next(group, isOver);
    if (!isOver) return { status: 'ok', reason: null };
    const reason = `the ratio ${shortNumber(ratio, max)} is over ${max}: ${bad} of ${total} are bad`;
    if (breaches === 1) return { status: 'breach', reason };
    if (run < breaches) return { status: 'ok', reason: `${reason}, ${run} of ${breaches} windows in a row` };
    return { status: 'breach', reason: `${reason}, ${run} windows in a row` };
  }
}

function numbers(batch: Batch, name: string): Float64Array {
  const column = columnOf(batch, name);
  return column.kind === 'float64' ? column.values : bug(`column ${name} holds ${column.kind}`);
}
