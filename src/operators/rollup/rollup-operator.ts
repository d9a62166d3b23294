import { type Batch, selectedCount } from '../../records/batch.js';
import { deriveRollup } from '../../records/derive.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Calendar } from '../../records/time/calendar.js';
import { EventTimes } from '../event-times.js';
import { without as withoutRefused } from '../guard.js';
import { KeyIds } from '../key-ids.js';
import type { Change, FlushReason, OperatorFigures, Processed, Progress, Restorable } from '../operator.js';
import { combinedRows } from './combined-rows.js';
import { isNarrow, NarrowWinners } from './narrow-winners.js';
import { NewestCombiner } from './newest-combiner.js';
import { NewestStates, type PlacedRecords } from './newest-states.js';
import { StateRows } from './state-rows.js';
import { type RecordAccess, WideWinners } from './wide-winners.js';
import { WindowClosing } from './window-closing.js';

export interface RollupOptions {
  /** The raw records' type; names a key. */
  readonly schema: RecordSchema;
  readonly calendar: Calendar;
  readonly emit: 'update' | 'close';
  /** Whether changes() is asked for its state, which outlives the input: windows stay open at its end. */
  readonly kept?: boolean;
  /** Milliseconds; absent: unlimited, so that no record is late. */
  readonly allowedLateness?: number;
  /** How many partitions the input is known to have. */
  readonly partitions: number;
  readonly access: RecordAccess;
  /** The clock, epoch milliseconds: the time of records without one. */
  readonly now: () => number;
}

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
  readonly #states: NewestStates;
  readonly #closing: WindowClosing;
  readonly #rows: StateRows;
  #keyLimit = FEW_KEYS;
  /** Undefined once windows were closed because nothing arrived: from then on records may be late. */
  #combiner: NewestCombiner | undefined;
  #windows = new Int32Array(0);

  constructor(options: RollupOptions) {
    const { schema, calendar } = options;
    this.#options = options;
    this.output = deriveRollup(schema, calendar.period);
    this.#keys = new KeyIds(schema, schema.key);
    this.#times = new EventTimes(schema, options.now);
    const rest = schema.fields.filter(({ name }) => !schema.key.includes(name) && name !== schema.time?.path);
    const narrow = isNarrow(rest);
    const winners = narrow ? new NarrowWinners(rest) : new WideWinners(rest, options.access);
    this.#states = new NewestStates(winners, calendar.zone, options.emit === 'update' || options.kept === true);
    this.readsRecords = !narrow;
    this.reads = [...schema.key, ...this.#times.reads, ...(narrow ? rest.map(({ name }) => name) : [])];
    this.#combiner = NewestCombiner.of(schema, calendar, this.#keys);
    this.#closing = new WindowClosing(calendar, options.allowedLateness, options.partitions);
    this.#rows = new StateRows({
      output: this.output,
      calendar,
      keys: this.#keys,
      states: this.#states,
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
    const kept = withoutRefused(batch, late);
    const keptCount = selectedCount(kept);
    this.#options.calendar.assign(this.#times.of(kept).times, keptCount, this.#windows);
    this.#take(kept, keptCount);
    return { refused: late };
  }

  /** State is kept as rows of the output: they have all that records have. */
  get state(): RecordSchema {
    return this.output;
  }

  get progress(): Progress {
    return this.#closing.progress;
  }

  /** They count as given. Older ones of a key and window change nothing. */
  restore(rows: Batch): void {
    const count = selectedCount(rows);
    this.#makeRoom(count);
    this.#options.calendar.assign(this.#times.of(rows).times, count, this.#windows);
    this.#take(rows, count);
    this.#states.changed?.take();
  }

  close(): void {
    this.#endCombining();
  }

  resume(progress: Progress): void {
    this.#closing.resume(progress);
    const { window } = progress;
    if (window !== null) {
      this.#endCombining();
      this.#forget(this.#states.table.before(window));
    }
    this.#forget(this.#closed());
  }

  *flush(reason: FlushReason): Generator<Batch> {
    for (const { rows, as } of this.changes(reason)) if (as === 'rows' || as === 'both') yield rows;
  }

  *changes(reason: FlushReason): Generator<Change> {
    const { emit, kept = false } = this.#options;
    const combined = reason === 'end' && this.#states.table.size === 0 ? this.#combined() : undefined;
    if (combined !== undefined) {
      yield* given(combined, 'both');
      return;
    }
    if (this.#combiner !== undefined) this.#drain(this.#combiner);
    const final = this.#final(reason);
    const changed = this.#states.changed?.take();
    if (emit === 'update') yield* given(this.#rows.of(changed), 'both');
    else if (reason === 'end' && !kept) yield* given(this.#rows.of(undefined), 'rows');
    else {
      if (changed !== undefined) yield* given(this.#rows.of(without(changed, final)), 'state');
      yield* given(this.#rows.of(final), 'rows');
    }
    if (kept) yield* given(this.#rows.of(final), 'gone');
    this.#forget(final);
  }

  ended(partition: number): void {
    this.#closing.ended(partition);
  }

  figures(): OperatorFigures {
    const { greatest } = this.#closing;
    const states = this.#states.table.size + (this.#combiner?.states ?? 0);
    return { states, ...(Number.isFinite(greatest) ? { watermark: greatest } : {}) };
  }

  /** The states of windows that are closed now. */
  #final(reason: FlushReason): Int32Array {
    if (reason === 'idle') return this.#closeAll();
    return reason === 'tick' || this.#options.kept === true ? this.#closed() : new Int32Array(0);
  }

  /** Takes rows whose windows were assigned and which are not late. */
  #take(batch: Batch, count: number): void {
    if (count === 0) return;
    const { times, forms } = this.#times.of(batch);
    this.#merge(this.#keys.assign(batch), { batch, count, times, forms });
  }

  /** Merges records whose windows were assigned into their states. */
  #merge(keys: Int32Array, placed: Pick<PlacedRecords, 'batch' | 'count' | 'times' | 'forms'>): void {
    this.#states.merge({ ...placed, keys, keyCount: this.#keys.size, windows: this.#windows });
  }

  /** The rows of what the combiner holds, where they need not become states. */
  #combined(): Iterable<Batch> | undefined {
    const combiner = this.#combiner;
    if (combiner === undefined || (this.#options.kept === true && this.#options.emit === 'close')) return undefined;
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
      this.#merge(keys, { batch: { schema, length, columns }, count: length, times, forms: form });
    }
  }

  /** Closes every window that has a state: nothing arrived for --idle-close. */
  #closeAll(): Int32Array {
    this.#endCombining();
    const states = this.#states.table.all();
    const { windows } = this.#states.table;
    for (let at = 0; at < states.length; at++) this.#closing.closeBefore(windows[states[at]] + 1);
    return states;
  }

  #endCombining(): void {
    this.#combiner?.close();
    this.#combiner = undefined;
  }

  /** The states of windows that have ended more than the allowed lateness ago. */
  #closed(): Int32Array {
    const { finalBefore } = this.#closing;
    return finalBefore === undefined ? new Int32Array(0) : this.#states.table.before(finalBefore);
  }

  /** Removes states, and where many keys have none left, forgets these. */
  #forget(states: Int32Array): void {
    for (let at = 0; at < states.length; at++) this.#states.remove(states[at]);
    if (states.length === 0 || this.#keys.size < this.#keyLimit) return;
    const inUse = new Uint8Array(this.#keys.size);
    for (const state of this.#states.table.all()) inUse[this.#states.table.keys[state]] = 1;
    this.#states.table.renumberKeys(this.#keys.retain(inUse));
    this.#keyLimit = Math.max(FEW_KEYS, this.#keys.size * 2);
  }

  #makeRoom(count: number): void {
    if (this.#windows.length >= count) return;
    this.#windows = new Int32Array(count);
  }
}

function* given(batches: Iterable<Batch>, as: Change['as']): Generator<Change> {
  for (const rows of batches) yield { rows, as };
}

/** The numbers of `states` that are not among some others. */
function without(states: Int32Array, others: Int32Array): Int32Array {
  if (others.length === 0) return states;
  const left = new Set(others);
  return states.filter((state) => !left.has(state));
}
