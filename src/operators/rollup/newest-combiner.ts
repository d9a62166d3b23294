import { kernel } from '../../kernel/kernel.js';
import { KernelDictionary } from '../../kernel/kernel-dictionary.js';
import { type GridCells, type GridColumns, MAX_GRID_VALUES, NewestGrid } from '../../kernel/newest-grid.js';
import { type SortedCells, type SortedKeys, sortedCells } from '../../kernel/sorted-cells.js';
import { type Batch, columnOf } from '../../records/batch.js';
import type { TimeColumn } from '../../records/columns.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Calendar } from '../../records/time/calendar.js';
import type { KeyIds } from '../key-ids.js';
import { EntryKeys } from './entry-keys.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Where clocks are changed at anything finer, that span is left to the rollup. */
const QUARTER_MS = 900_000;
/** The smallest step of time (records/time/exact-millis.ts). */
const STEP_MS = 0.001;

/** Going over to another form of time costs as much as folding about so many records a cell. */
const RECORDS_A_CELL = 4;

/** What a batch must have to be taken: all in the kernel's memory. */
interface Plain {
  readonly dictionary: KernelDictionary;
  readonly columns: Omit<GridColumns, 'keyOf'>;
  readonly times: TimeColumn;
}

/**
 * Stands before a rollup's states and folds records together in the kernel, so that only the newest of each key and
 * window reach them: "newest" is associative, commutative and idempotent, so that neither what is folded nor when it
 * is drained makes a difference to the answer. It takes what is plain: records whose key is one string, whose other
 * fields are numbers, and whose times are written in one form. Everything else is left to the rollup.
 */
export class NewestCombiner {
  /** The fields of its values. */
  readonly values: readonly string[];
  readonly #schema: RecordSchema;
  readonly #calendar: Calendar;
  readonly #keyCount: () => number;
  readonly #entryKeys: EntryKeys;
  readonly #spanMs: number;
  #grid: NewestGrid | undefined;
  #form = 0;
  /** Cells that had a record when it was last drained: their states are the rollup's. */
  #drained = 0;
  /** Records taken with this form. */
  #taken = 0;
  #gaveUp = false;

  private constructor(schema: RecordSchema, values: readonly string[], calendar: Calendar, keys: KeyIds) {
    this.#schema = schema;
    this.#calendar = calendar;
    this.values = values;
    this.#keyCount = () => keys.size;
    this.#entryKeys = new EntryKeys(schema, keys);
    this.#spanMs = calendar.zone.clock !== undefined ? QUARTER_MS : calendar.period === 'hourly' ? HOUR_MS : DAY_MS;
  }

  /** Undefined for a type of which no record could be taken. */
  static of(schema: RecordSchema, calendar: Calendar, keys: KeyIds): NewestCombiner | undefined {
    const values = schema.fields.filter(({ name }) => !schema.key.includes(name) && name !== schema.time?.path);
    const plain =
      schema.key.length === 1 &&
      schema.fields.some(({ name, type }) => name === schema.key[0] && type.kind === 'string') &&
      schema.time !== undefined &&
      values.length <= MAX_GRID_VALUES &&
      values.every(({ type }) => ['int', 'long', 'float', 'double'].includes(type.kind));
    return plain
      ? new NewestCombiner(
          schema,
          values.map(({ name }) => name),
          calendar,
          keys,
        )
      : undefined;
  }

  /** How all of its times are written. */
  get form(): number {
    return this.#form;
  }

  /** How many states it has that the rollup may not have. */
  get states(): number {
    return (this.#grid?.filled ?? 0) - this.#drained;
  }

  /** Whether drain() and clear() must come before take(): its records' times are written in another form. */
  mustDrain(batch: Batch): boolean {
    const plain = this.#plain(batch);
    return plain !== undefined && this.#grid !== undefined && plain.times.form !== this.#form && this.#pays(this.#grid);
  }

  /**
   * Folds a batch in, up to the first row that has no place in the grid. `rest` is what was not taken; `greatest` is the
   * greatest time of the rows that were newer than what it held.
   */
  take(batch: Batch): { readonly rest: Batch | undefined; readonly greatest: number } {
    const none = { rest: batch, greatest: Number.NEGATIVE_INFINITY };
    const plain = this.#plain(batch);
    const grid = plain === undefined ? undefined : this.#gridFor(plain.times.form);
    if (plain === undefined || grid === undefined) return none;
    const columns = { ...plain.columns, keyOf: this.#entryKeys.table(kernel(), plain.dictionary) };
    let row = 0;
    if (grid.coverKeys(this.#keyCount())) {
      row = grid.fold(columns, 0, batch.length);
      while (row < batch.length && this.#place(grid, plain.times.millis[row]))
        row = grid.fold(columns, row, batch.length);
    } else {
      this.#gaveUp = true;
    }
    this.#taken += row;
    return { rest: row === batch.length ? undefined : rest(batch, row), greatest: grid.takeGreatest() };
  }

  /** What has changed since it was last drained, in the order of (window, key), for when nothing more comes. */
  sorted(keys: SortedKeys, most: number): Iterable<SortedCells> {
    return this.#grid === undefined ? [] : sortedCells(kernel(), this.#grid, keys, most);
  }

  /** What has changed since it was last drained. */
  *drain(): Generator<GridCells> {
    const grid = this.#grid;
    if (grid === undefined) return;
    yield* grid.takeChanged();
    this.#drained = grid.filled;
    if (this.#gaveUp) this.clear();
  }

  /** Forgets everything: it was drained, or the rollup has let go of the states. */
  clear(): void {
    this.#grid?.close();
    this.#grid = undefined;
    this.#drained = 0;
    this.#taken = 0;
  }

  /** Gives back what it has of the kernel's memory; it is not to be used any more. */
  close(): void {
    this.clear();
    this.#entryKeys.close(kernel());
  }

  #gridFor(form: number): NewestGrid | undefined {
    if (this.#grid !== undefined) return this.#form === form ? this.#grid : undefined;
    this.#grid = new NewestGrid(kernel(), this.values.length, this.#spanMs);
    this.#form = form;
    return this.#grid;
  }

  #pays(grid: NewestGrid): boolean {
    return this.#taken >= grid.filled * RECORDS_A_CELL;
  }

  /** Gives the span that an instant lies in its place; false where the rollup must see to its records. */
  #place(grid: NewestGrid, millis: number): boolean {
    const span = grid.spanOf(millis);
    const window = this.#calendar.windowOf(span * this.#spanMs);
    if (this.#calendar.windowOf((span + 1) * this.#spanMs - STEP_MS) !== window) return false;
    return grid.place(span, window);
  }

  #plain(batch: Batch): Plain | undefined {
    const {
      key: [key = ''],
      time,
    } = this.#schema;
    if (this.#gaveUp || batch.selection !== undefined || time === undefined) return undefined;
    const [texts, times] = [columnOf(batch, key), columnOf(batch, time.path)];
    if (texts.kind !== 'dictionary' || !(texts.dictionary instanceof KernelDictionary)) return undefined;
    if (times.kind !== 'time' || times.forms !== undefined) return undefined;
    if (texts.nulls !== undefined || times.nulls !== undefined) return undefined;
    const shared = kernel();
    const entries = shared.addressOf(texts.ids);
    const millis = shared.addressOf(times.millis);
    const values: number[] = [];
    for (const path of this.values) {
      const column = columnOf(batch, path);
      const at = column.kind === 'float64' && column.nulls === undefined ? shared.addressOf(column.values) : undefined;
      if (at === undefined) return undefined;
      values.push(at);
    }
    if (entries === undefined || millis === undefined) return undefined;
    return { dictionary: texts.dictionary, columns: { entries, times: millis, values }, times };
  }
}

/** The rows of a batch from one on. */
function rest(batch: Batch, from: number): Batch {
  return { ...batch, selection: Int32Array.from({ length: batch.length - from }, (_, index) => from + index) };
}
