import { type Batch, selectedCount } from '../../records/batch.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import { EventTimes } from '../event-times.js';
import { KeyIds } from '../key-ids.js';
import type { Change, Exchangeable, FlushReason, OperatorFigures, Processed, Progress } from '../operator.js';
import { KEYS_AND_WINDOWS, stateBoundReached } from '../state-bound.js';
import { Aggregates, type WindowAggregate } from './aggregates.js';
import { NewestRows } from './newest-rows.js';
import { NewestStateRows } from './newest-state-rows.js';
import type { RowMemory } from './row-memory.js';
import { sortRows } from './row-order.js';
import { SlidingWindows } from './sliding-windows.js';
import { type KeptRows, StateRows } from './state-rows.js';
import { WindowClosing } from './window-closing.js';
import { type WindowGrid, windowGrid } from './window-grid.js';
import { type GroupWindows, mergedWindows, windowsBetween } from './window-intervals.js';
import { WindowRows } from './window-rows.js';
import { ROW, WindowStates } from './window-states.js';

export interface WindowOptions {
  /** The records' type. */
  readonly schema: RecordSchema;
  /** Paths of the fields to group by; none: all records are one group. */
  readonly by: readonly string[];
  readonly select: readonly WindowAggregate[];
  /** Milliseconds; absent: one window for all time (`aggregate total`). */
  readonly size?: number;
  /** Milliseconds from one window's begin to the next; absent: the size. */
  readonly slide?: number;
  /** The zone of windows of whole days, and of window_start and window_end. */
  readonly zone: Zone;
  readonly emit: 'update' | 'close';
  /** Whether changes() is asked for its state, which outlives the input: windows stay open at its end. */
  readonly kept?: boolean;
  /** Milliseconds; absent: unlimited, so that no record is late. */
  readonly allowedLateness?: number;
  /** Whether windows of records that are stamped on arrival are closed by the clock, also if nothing more arrives. */
  readonly byClock?: boolean;
  /** How many partitions the input is known to have: each holds back closing until it has brought a record. */
  readonly partitions?: number;
  /** States held at most. */
  readonly maxState: number;
  /** What to do where there are more; absent: to let windows close. */
  readonly stateHint?: string;
  /** What deriveWindow() gives: the group's fields, the window's bounds, what is selected, `records`. */
  readonly output: RecordSchema;
  /** The clock, epoch milliseconds: the time of records without one. */
  readonly now: () => number;
}

/** So many groups may be kept before those without a state are looked for. */
const FEW_GROUPS = 4096;
const NONE = new Int32Array(0);

/**
 * `aggregate window` and `aggregate total`: count, sum, avg, min, max and latest by group and window. Which windows
 * are closed and which records are late is decided by WindowClosing. With a slide longer than the size there are gaps
 * between the windows: records there are in no window, and not late.
 *
 * Of derived rows only the newest of each primary key counts (NewestRows); `records` then counts all that came and all
 * that left for another window or group, so that it grows with each change: it is the freshness of the rows that are
 * given out. A window that all of its rows have left is
 * given out with a count of 0 if rows are updates, and not at all if they are final.
 */
export class WindowOperator implements Exchangeable {
  readonly reads: readonly string[];
  readonly readsRecords = false;
  readonly output: RecordSchema;
  readonly #options: WindowOptions;
  readonly #grid: WindowGrid;
  readonly #groups: KeyIds;
  readonly #times: EventTimes;
  readonly #closing: WindowClosing;
  readonly #aggregates: Aggregates;
  readonly #states: WindowStates;
  /** Only where windows overlap. */
  readonly #sliding: SlidingWindows | undefined;
  /** Only over derived rows. */
  readonly #newest: NewestRows | undefined;
  readonly #rows: WindowRows;
  readonly #kept: KeptRows;
  /** With more states than this it is looked at more closely how many have to be kept. */
  #stateLimit: number;
  #groupLimit = FEW_GROUPS;
  #firsts = new Float64Array(0);
  #lasts = new Float64Array(0);
  #firstOpen = new Float64Array(0);
  #rowStates = new Int32Array(0);

  /** @throws UsageError for a size and slide that do not fit together */
  constructor(options: WindowOptions) {
    const { schema, by, select, size, slide, zone, output, emit } = options;
    this.#options = options;
    this.output = output;
    this.#grid = windowGrid(size, slide, zone);
    this.#groups = new KeyIds(schema, by);
    this.#times = new EventTimes(schema, options.now);
    this.#closing = new WindowClosing(this.#grid, zone, options.allowedLateness, options.partitions);
    this.#aggregates = new Aggregates(schema, select);
    this.#states = new WindowStates(this.#aggregates.stride, emit === 'update' || options.kept === true);
    this.#sliding = this.#grid.most > 1 ? new SlidingWindows(this.#states, this.#aggregates, this.#grid) : undefined;
    const boundsZone = size === undefined ? undefined : zone;
    this.#rows = new WindowRows(output, this.#groups, this.#aggregates, this.#grid, boundsZone);
    this.#stateLimit = options.maxState;
    const paths = [...new Set(select.flatMap(({ path }) => path ?? []))];
    const { derived } = schema;
    const of = { schema, states: this.#states, aggregates: this.#aggregates, by, kept: options.kept === true };
    this.#newest = derived && new NewestRows({ ...of, derived, paths });
    this.#kept =
      derived === undefined || this.#newest === undefined
        ? new StateRows(schema, output, this.#groups, this.#aggregates, this.#states)
        : new NewestStateRows({ ...of, derived, output, groups: this.#groups, newest: this.#newest });
    this.reads = [...new Set([...by, ...paths, ...this.#times.reads, ...(this.#newest?.paths ?? [])])];
  }

  process(batch: Batch): Processed {
    const count = selectedCount(batch);
    if (count === 0) return {};
    this.#makeRoom(count);
    const { times, forms } = this.#times.of(batch);
    const [firsts, lasts, firstOpen] = [this.#firsts, this.#lasts, this.#firstOpen];
    this.#grid.assign(times, count, firsts, lasts);
    const refused = this.#closing.refuseLate(batch, { times, count, firsts, lasts, firstOpen });
    const groups = this.#groups.assign(batch);
    this.#states.count(groups, firsts, lasts, count, this.#rowStates, this.#needRoom);
    const { memory } = this.#states;
    const rows = { batch, selection: batch.selection, count, states: this.#rowStates, times, forms };
    if (this.#newest === undefined) {
      this.#aggregates.add(memory, rows);
    } else {
      this.#newest.take({ ...rows, firstOpen, closedUpTo: this.#closing.closedUpTo });
      if (this.#newest.size > this.#options.maxState) this.#refuseMore('primary keys');
    }
    this.#aggregates.tidy(memory, () => this.#states.rows());
    return refused.length === 0 ? {} : { refused };
  }

  get state(): RecordSchema {
    return this.#kept.schema;
  }

  get progress(): Progress {
    return this.#closing.progress;
  }

  restore(rows: Batch): void {
    this.#kept.restore(rows);
    this.#aggregates.tidy(this.#states.memory, () => this.#states.rows());
  }

  resume(progress: Progress): void {
    this.#closing.resume(progress);
    this.#forget(this.#closing.closedUpTo);
  }

  *flush(reason: FlushReason): Generator<Batch> {
    for (const { rows, as } of this.changes(reason)) if (as === 'rows') yield rows;
  }

  *changes(reason: FlushReason): Generator<Change> {
    this.#newest?.settle();
    const before = this.#closing.closedUpTo;
    this.#close(reason);
    const { closedUpTo } = this.#closing;
    const { emit, kept = false } = this.#options;
    const changed = emit === 'update' || kept ? this.#states.takeChanged() : NONE;
    if (kept) yield* this.#keptStates(changed, closedUpTo);
    if (emit === 'update') yield* this.#changedRows(changed, before);
    else if (closedUpTo > before) yield* this.#finalRows(before, closedUpTo);
    if (closedUpTo > before) this.#forget(closedUpTo);
    this.#stateLimit = this.#options.maxState;
  }

  ended(partition: number): void {
    this.#closing.ended(partition);
  }

  advance(partition: number, instant: number): void {
    this.#closing.advance(partition, instant);
  }

  steadyUntil(reached: number): number {
    return this.#closing.steadyUntil(reached);
  }

  /** No record that comes from now on is of a time before this instant. */
  reach(instant: number): void {
    this.#closing.reach(instant);
  }

  figures(): OperatorFigures {
    const { greatest } = this.#closing;
    return { states: this.#states.size, ...(Number.isFinite(greatest) ? { watermark: greatest } : {}) };
  }

  #close(reason: FlushReason): void {
    if (this.#options.byClock === true && this.#times.byClock) this.#closing.reach(this.#options.now());
    this.#closing.close(this.#closing.closable);
    const { emit, kept } = this.#options;
    if (reason === 'tick' || (reason === 'end' && (emit === 'update' || kept === true))) return;
    const { doubles } = this.#states.memory;
    for (const at of this.#states.rows()) this.#closing.close(doubles[at >> 1]);
  }

  #keptStates(changed: Int32Array, closedUpTo: number): Iterable<Change> {
    const { doubles } = this.#states.memory;
    const open = changed.filter((at) => doubles[at >> 1] > closedUpTo);
    return this.#kept.changes({ changed: open, closed: this.#states.rows(closedUpTo), closedUpTo });
  }

  /** The rows of the windows of changed states; those that were closed by then have not changed. */
  *#changedRows(changed: Int32Array, closedBefore: number): Generator<Change> {
    if (this.#sliding === undefined) {
      yield* this.#direct(changed);
    } else {
      const windows = windowsBetween(this.#windowsOf(changed), closedBefore + 1, Number.POSITIVE_INFINITY);
      yield* this.#slid(this.#sliding, windows);
    }
  }

  /** The rows of the windows behind one and up to another, which are final. */
  *#finalRows(closedBefore: number, closedUpTo: number): Generator<Change> {
    if (this.#sliding === undefined) {
      yield* this.#direct(this.#states.rows(closedUpTo));
    } else {
      const windows = windowsBetween(this.#windowsOf(this.#states.rows()), closedBefore + 1, closedUpTo);
      yield* this.#slid(this.#sliding, windows);
    }
  }

  /** Rows of windows that don't overlap: each state is one. */
  #direct(rows: Int32Array): Generator<Change> {
    return this.#sorted(this.#states.memory, rows);
  }

  *#slid(sliding: SlidingWindows, windows: GroupWindows): Generator<Change> {
    for (const { memory, rows } of sliding.rows(mergedWindows(windows, this.#groups.size))) {
      yield* this.#sorted(memory, rows);
    }
  }

  *#sorted(memory: RowMemory, rows: Int32Array): Generator<Change> {
    const dropsEmpty = this.#newest !== undefined && this.#options.emit === 'close';
    const given = dropsEmpty ? rows.filter((at) => this.#aggregates.members(memory, at) > 0) : rows;
    sortRows(memory, given, this.#groups);
    for (const batch of this.#rows.batches(memory, given)) yield { rows: batch, as: 'rows' };
  }

  #windowsOf(rows: Int32Array): GroupWindows {
    const { words, doubles } = this.#states.memory;
    return {
      groups: rows.map((at) => words[at + ROW.group]),
      firsts: Float64Array.from(rows, (at) => doubles[at >> 1] - words[at + ROW.span] + 1),
      lasts: Float64Array.from(rows, (at) => doubles[at >> 1]),
    };
  }

  /** Removes the states that are in closed windows only, and the groups that have none left. */
  #forget(closedUpTo: number): void {
    for (const at of this.#states.rows(closedUpTo)) {
      this.#newest?.forget(at);
      this.#states.remove(at);
    }
    this.#newest?.tidy();
    if (this.#groups.size < this.#groupLimit) return;
    const { words } = this.#states.memory;
    const inUse = new Uint8Array(this.#groups.size);
    for (const at of this.#states.rows()) inUse[words[at + ROW.group]] = 1;
    this.#states.renumberGroups(this.#groups.retain(inUse));
    this.#groupLimit = Math.max(FEW_GROUPS, this.#groups.size * 2);
  }

  /** States that the next flush lets go of do not count; if the others are too many, that is the end. */
  readonly #needRoom = (): void => {
    if (this.#states.size < this.#stateLimit) return;
    const closable = this.#states.countUpTo(this.#closing.closable);
    if (this.#states.size - closable >= this.#options.maxState) this.#refuseMore('groups and windows');
    this.#stateLimit = this.#options.maxState + closable;
  };

  #refuseMore(states: string): never {
    const { maxState, stateHint: hint = KEYS_AND_WINDOWS.hint } = this.#options;
    throw stateBoundReached(maxState, { states, hint });
  }

  #makeRoom(count: number): void {
    if (this.#rowStates.length >= count) return;
    this.#firsts = new Float64Array(count);
    this.#lasts = new Float64Array(count);
    this.#firstOpen = new Float64Array(count);
    this.#rowStates = new Int32Array(count);
  }
}
