import { type Batch, selectedCount } from '../../records/batch.js';
import { compareTexts } from '../../records/compare.js';
import { deriveRollup } from '../../records/derive.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Calendar } from '../../records/time/calendar.js';
import { formatTime } from '../../records/time/format-time.js';
import { EventTimes } from '../event-times.js';
import { without } from '../guard.js';
import { KeyIds } from '../key-ids.js';
import type { FlushReason, OperatorFigures, Processed, Restorable } from '../operator.js';
import { combinedRows } from './combined-rows.js';
import { GrowableColumn } from './growable-column.js';
import { isNarrow, NarrowWinners } from './narrow-winners.js';
import { NewestCombiner } from './newest-combiner.js';
import { type Forms, StateForms } from './state-forms.js';
import { StateRows } from './state-rows.js';
import { StateTable } from './state-table.js';
import { type RecordAccess, WideWinners } from './wide-winners.js';
import { WindowClosing } from './window-closing.js';
import type { Winners } from './winners.js';

export interface RollupOptions {
  /** The raw records' type; names a key. */
  readonly schema: RecordSchema;
  readonly calendar: Calendar;
  readonly emit: 'update' | 'close';
  /** Milliseconds; absent: unlimited, so that no record is late. */
  readonly allowedLateness?: number;
  /** How many partitions the input is known to have. */
  readonly partitions: number;
  readonly access: RecordAccess;
  /** The clock, epoch milliseconds: the time of records without one. */
  readonly now: () => number;
}

/** Where a form has its nanoseconds (records/time/form.ts). */
const NANOS_SHIFT = 22;
/** So many keys may be kept before those without a state are looked for. */
const FEW_KEYS = 4096;

/**
 * `aggregate hourly|daily|weekly|monthly|yearly`: the newest record of each key and calendar period.
 * Newest is the greatest event time; at equal times the record that is greater by its remaining fields in the schema's
 * order. So the answer does not depend on the order of arrival.
 */
export class RollupOperator implements Restorable {
  readonly reads: readonly string[];
  readonly readsRecords: boolean;
  readonly output: RecordSchema;
  readonly #options: RollupOptions;
  readonly #keys: KeyIds;
  readonly #times: EventTimes;
  readonly #table = new StateTable();
  readonly #winners: Winners;
  readonly #closing: WindowClosing;
  readonly #forms = new StateForms();
  readonly #rows: StateRows;
  /** Whether, and which, states' rows changed since the last flush; only with --emit update. */
  readonly #dirty = new GrowableColumn(Uint8Array);
  readonly #changed = new GrowableColumn(Int32Array);
  #changedCount = 0;
  #keyLimit = FEW_KEYS;
  /** Undefined once windows were closed because nothing arrived: from then on records may be late. */
  #combiner: NewestCombiner | undefined;
  #windows = new Int32Array(0);
  #states = new Int32Array(0);
  #winStates = new Int32Array(0);
  #winRows = new Int32Array(0);

  constructor(options: RollupOptions) {
    const { schema, calendar } = options;
    this.#options = options;
    this.output = deriveRollup(schema, calendar.period);
    this.#keys = new KeyIds(schema, schema.key);
    this.#times = new EventTimes(schema, options.now);
    const rest = schema.fields.filter(({ name }) => !schema.key.includes(name) && name !== schema.time?.path);
    const narrow = isNarrow(rest);
    this.#winners = narrow ? new NarrowWinners(rest) : new WideWinners(rest, options.access);
    this.readsRecords = !narrow;
    this.reads = [...schema.key, ...this.#times.reads, ...(narrow ? rest.map(({ name }) => name) : [])];
    this.#combiner = NewestCombiner.of(schema, calendar, this.#keys);
    this.#closing = new WindowClosing(calendar, options.allowedLateness, options.partitions);
    this.#rows = new StateRows({
      output: this.output,
      calendar,
      table: this.#table,
      keys: this.#keys,
      winners: this.#winners,
      forms: this.#forms,
    });
  }

  process(batch: Batch): Processed {
    if (selectedCount(batch) === 0) return {};
    const rest = this.#combine(batch);
    return rest === undefined ? {} : this.#processRest(rest);
  }

  /** Has the combiner take what it can; the rest of the batch. */
  #combine(batch: Batch): Batch | undefined {
    const combiner = this.#combiner;
    // What may be late is looked at record by record.
    if (combiner === undefined || this.#options.allowedLateness !== undefined) return batch;
    if (combiner.mustDrain(batch)) {
      this.#drain(combiner);
      combiner.clear();
    }
    const { rest, greatest } = combiner.take(batch);
    this.#closing.advance(batch.origin?.partition ?? 0, greatest);
    return rest;
  }

  #processRest(batch: Batch): Processed {
    const count = selectedCount(batch);
    this.#makeRoom(count);
    const { times } = this.#times.of(batch);
    this.#options.calendar.assign(times, count, this.#windows);
    const late = this.#closing.late(batch, this.#windows, times, count);
    if (late.length === 0) {
      this.#take(batch, count);
      return {};
    }
    const kept = without(batch, late);
    const keptCount = selectedCount(kept);
    this.#options.calendar.assign(this.#times.of(kept).times, keptCount, this.#windows);
    this.#take(kept, keptCount);
    return { refused: late };
  }

  /** Rows of the output's type have all that records have. */
  restore(rows: Batch): void {
    const count = selectedCount(rows);
    this.#makeRoom(count);
    const { times } = this.#times.of(rows);
    this.#options.calendar.assign(times, count, this.#windows);
    this.#closing.resume(0, times, count);
    this.#take(rows, count);
    this.#takeChanged();
  }

  *flush(reason: FlushReason): Generator<Batch> {
    const combined = reason === 'end' && this.#table.size === 0 ? this.#combined() : undefined;
    if (combined !== undefined) {
      yield* combined;
      return;
    }
    if (this.#combiner !== undefined) this.#drain(this.#combiner);
    let final: Int32Array | undefined;
    if (reason === 'idle') final = this.#closeAll();
    else if (reason === 'tick') final = this.#closed();
    yield* this.#rows.of(this.#due(reason, final));
    if (final !== undefined) this.#forget(final);
  }

  ended(partition: number): void {
    this.#closing.ended(partition);
  }

  figures(): OperatorFigures {
    const { greatest } = this.#closing;
    const states = this.#table.size + (this.#combiner?.states ?? 0);
    return { states, ...(Number.isFinite(greatest) ? { watermark: greatest } : {}) };
  }

  /** The states that are to be written; undefined for all. */
  #due(reason: FlushReason, final: Int32Array | undefined): Int32Array | undefined {
    if (this.#options.emit === 'update') return this.#takeChanged();
    return reason === 'end' ? undefined : (final ?? new Int32Array(0));
  }

  /** Takes rows whose windows were assigned and which are not late. */
  #take(batch: Batch, count: number): void {
    if (count === 0) return;
    const { times, forms } = this.#times.of(batch);
    this.#merge(this.#keys.assign(batch), batch, times, forms, count);
  }

  /** Merges records whose windows were assigned into their states. */
  #merge(keys: Int32Array, batch: Batch, times: Float64Array, forms: Forms, count: number): void {
    const table = this.#table;
    table.locate(keys, this.#keys.size, this.#windows, count, this.#states);
    this.#forms.begin(forms, count, table.top);
    if (this.#options.emit === 'update') for (const column of [this.#dirty, this.#changed]) column.need(table.top);
    this.#winners.begin(batch, table.top);
    this.#fold(batch.selection, times, forms, count);
  }

  /** The rows of what the combiner holds, where they need not become states. */
  #combined(): Iterable<Batch> | undefined {
    const combiner = this.#combiner;
    if (combiner === undefined) return undefined;
    return combinedRows({ output: this.output, calendar: this.#options.calendar, combiner, keys: this.#keys });
  }

  /** Merges what the combiner holds into the states. */
  #drain(combiner: NewestCombiner): void {
    const { schema } = this.#options;
    const { form } = combiner;
    for (const { keys, windows, times, values } of combiner.drain()) {
      const { length } = keys;
      const columns = new Map(
        values.map((column, index) => [combiner.values[index] ?? '', { kind: 'float64' as const, values: column }]),
      );
      this.#makeRoom(length);
      this.#windows.set(windows);
      this.#merge(keys, { schema, length, columns }, times, form, length);
    }
  }

  #fold(selection: Int32Array | undefined, times: Float64Array, forms: Forms, count: number): void {
    const newest = this.#table.times;
    const states = this.#states;
    const winStates = this.#winStates;
    const winRows = this.#winRows;
    const formOf = this.#forms.each;
    let wins = 0;
    for (let at = 0; at < count; at++) {
      const state = states[at];
      const time = times[at];
      if (time < newest[state]) continue;
      const row = selection === undefined ? at : selection[at];
      if (time === newest[state]) {
        this.#keep(wins);
        wins = 0;
        if (!this.#isNewer(state, row, typeof forms === 'number' ? forms : forms[at])) continue;
      }
      newest[state] = time;
      if (formOf !== undefined) formOf[state] = typeof forms === 'number' ? forms : forms[at];
      winStates[wins] = state;
      winRows[wins++] = row;
    }
    this.#keep(wins);
  }

  #keep(wins: number): void {
    this.#winners.keep(this.#winStates, this.#winRows, wins);
    if (this.#options.emit === 'update') for (let at = 0; at < wins; at++) this.#markChanged(this.#winStates[at]);
  }

  /**
   * Decides between a row and what its state keeps where their times are equal to the microsecond: by the nanoseconds
   * below it, then by the remaining fields, then by the text of the time (02:00Z and 04:00+02:00 are one instant).
   */
  #isNewer(state: number, row: number, form: number): boolean {
    const kept = this.#forms.of(state);
    const nanos = (form >>> NANOS_SHIFT) - (kept >>> NANOS_SHIFT);
    if (nanos !== 0) return nanos > 0;
    const order = this.#winners.compare(state, row);
    if (order !== 0 || form === kept) return order > 0;
    const { zone } = this.#options.calendar;
    const time = this.#table.times[state];
    return compareTexts(String(formatTime(time, form, zone)), String(formatTime(time, kept, zone))) > 0;
  }

  #markChanged(state: number): void {
    const dirty = this.#dirty.values;
    if (dirty[state] === 1) return;
    dirty[state] = 1;
    this.#changed.values[this.#changedCount++] = state;
  }

  #takeChanged(): Int32Array {
    const changed = this.#changed.values.slice(0, this.#changedCount);
    this.#changedCount = 0;
    const dirty = this.#dirty.values;
    for (let at = 0; at < changed.length; at++) dirty[changed[at]] = 0;
    return changed;
  }

  /** Closes every window that has a state: nothing arrived for --idle-close. */
  #closeAll(): Int32Array {
    this.#combiner?.clear();
    this.#combiner = undefined;
    const states = this.#table.all();
    const { windows } = this.#table;
    for (let at = 0; at < states.length; at++) this.#closing.closeBefore(windows[states[at]] + 1);
    return states;
  }

  /** The states of windows that have ended more than the allowed lateness ago. */
  #closed(): Int32Array {
    const { finalBefore } = this.#closing;
    return finalBefore === undefined ? new Int32Array(0) : this.#table.before(finalBefore);
  }

  /** Removes states, and where many keys have none left, forgets these. */
  #forget(states: Int32Array): void {
    for (let at = 0; at < states.length; at++) this.#remove(states[at]);
    if (states.length === 0 || this.#keys.size < this.#keyLimit) return;
    const inUse = new Uint8Array(this.#keys.size);
    for (const state of this.#table.all()) inUse[this.#table.keys[state]] = 1;
    this.#table.renumberKeys(this.#keys.retain(inUse));
    this.#keyLimit = Math.max(FEW_KEYS, this.#keys.size * 2);
  }

  #remove(state: number): void {
    this.#table.remove(state);
    this.#winners.forget(state);
  }

  #makeRoom(count: number): void {
    if (this.#windows.length >= count) return;
    this.#windows = new Int32Array(count);
    this.#states = new Int32Array(count);
    this.#winStates = new Int32Array(count);
    this.#winRows = new Int32Array(count);
  }
}
