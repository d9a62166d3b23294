import { type Batch, selectedCount } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import type { RowShape } from '../../records/row-shape.js';
import { type Cells, numberAt } from './cells.js';
import { History, type Point } from './history.js';
import { KeptRows, MOST_BITS } from './kept-rows.js';
import { Lateness } from './lateness.js';
import { Recency } from './recency.js';
import { RowMarks } from './row-marks.js';
import { Series } from './series.js';

const FIRST_CAPACITY = 256;
/** Rows that are kept at most: the one that changed longest ago makes room. */
const MOST_ROWS = 200_000;
/** Records without a key that are kept at most. */
const MOST_RECORDS = 10_000;

export interface LiveTableOptions {
  /** Rows come from a table that is read again and again: what it has now stands, however old. */
  readonly mirrors?: boolean;
  readonly mostRows?: number;
}

/** What became of the rows that came. */
export interface TableCounts {
  /** New rows, and newer values of known ones. */
  changes: number;
  /** Older than what was there. */
  stale: number;
  /** Changes to a window after a later one of its partition that does not overlap it had begun. */
  late: number;
  /** Rows that made room. */
  forgotten: number;
}

/**
 * Rows by key, kept as columns by slot and updated in place. Memory is bounded. Times of changes are milliseconds of a
 * clock that goes forward, the one that readers compare with.
 */
export class LiveTable {
  readonly mirrors: boolean;
  readonly counts: TableCounts = { changes: 0, stale: 0, late: 0, forgotten: 0 };
  readonly #most: number;
  readonly #slots = new Map<string, number>();
  #keys: string[] = [];
  #free: number[] = [];
  #rows: KeptRows;
  #marks = new RowMarks(0);
  #history: History | undefined;
  #series: Series | undefined;
  #recency = new Recency(0);
  #capacity = 0;
  #used = 0;
  #round = 0;
  #measure: number | undefined;
  #lateness: Lateness;
  #version = 0;

  constructor(
    readonly shape: RowShape,
    { mirrors = false, mostRows }: LiveTableOptions = {},
  ) {
    this.mirrors = mirrors;
    this.#lateness = new Lateness(mirrors);
    this.#most = mostRows ?? (shape.key.length === 0 ? MOST_RECORDS : MOST_ROWS);
    this.#rows = new KeptRows(shape);
    [this.#measure] = shape.measures;
    if (shape.period === undefined) this.#history = new History(0);
    else this.#series = new Series(this.#byPeriod);
  }

  get size(): number {
    return this.#used - this.#free.length;
  }

  /** Another one after each change. */
  get version(): number {
    return this.#version;
  }

  /** The greatest event time seen, epoch milliseconds. */
  get watermark(): number | undefined {
    const { watermark } = this.#lateness;
    return Number.isFinite(watermark) ? watermark : undefined;
  }

  /** The field that deltas, sparklines and charts are of. */
  get measure(): number | undefined {
    return this.#measure;
  }

  set measure(place: number | undefined) {
    if (place === this.#measure) return;
    this.#measure = place;
    this.#marks.before.fill(Number.NaN);
    this.#history?.clearAll();
    this.#version++;
  }

  /** Takes rows; what it keeps of them is copied. @param onChange told the slot of each row that is new or changed */
  write(batch: Batch, now: number, onChange?: (slot: number) => void): void {
    const columns = this.shape.columns.map(({ name }) => batch.columns.get(name) ?? bug(`there is no column ${name}`));
    const count = selectedCount(batch);
    this.#lateness.begin(batch.origin?.partition ?? 0);
    for (let at = 0; at < count; at++) {
      const slot = this.#take(columns, batch.selection?.[at] ?? at, now);
      if (slot !== undefined) onChange?.(slot);
    }
    if (count > 0) this.#version++;
  }

  /** A mirrored table is read once more: rows of a reading that was broken off count as old. */
  beginRound(): void {
    this.#round++;
    this.#lateness.beginRound();
  }

  /** Rows that a mirrored table has no more go, once all that it has were written. */
  endRound(): void {
    for (const slot of [...this.#recency]) if (this.#marks.rounds[slot] !== this.#round) this.#remove(slot);
    this.#round++;
    this.#version++;
  }

  /** The slots, newest change first. */
  slots(): Iterable<number> {
    return this.#recency;
  }

  cells(place: number): Cells {
    return this.#rows.cells[place] ?? bug(`there is no field ${place}`);
  }

  /** When a row changed last; a new one when it came. */
  changedAt(slot: number): number {
    return this.#marks.changedAt[slot];
  }

  /** Whether a field was among what changed last; of a new row none was. */
  hasChanged(slot: number, place: number): boolean {
    return place < MOST_BITS && ((this.#marks.bits[slot] >>> place) & 1) === 1;
  }

  /** NaN where there is none. */
  measured(slot: number): number {
    return this.#measure === undefined ? Number.NaN : this.cells(this.#measure).number(slot);
  }

  /** The measure before its last change; NaN where that is not known. */
  before(slot: number): number {
    return this.#marks.before[slot];
  }

  /** The measure in the period before; NaN where there is none. */
  beforeOfPeriod(slot: number): number {
    const before = this.#series?.before(slot);
    return before === undefined ? Number.NaN : this.measured(before);
  }

  /** How late the last change came to its window, in milliseconds; 0 where it was not. */
  lateBy(slot: number): number {
    return this.#marks.lateBy[slot];
  }

  /** The measure's last values, or those of the series' last periods up to this one. */
  trend(slot: number, most: number): number[] {
    if (this.#series === undefined) return this.#history?.points(slot, most).map(({ value }) => value) ?? [];
    return this.#series.upTo(slot, most).map((one) => this.measured(one));
  }

  /** Of rows with periods: the slots of the series that a row is in. */
  seriesOf(slot: number): readonly number[] {
    return this.#series?.slots(slot) ?? [];
  }

  /** Of rows without periods: the measure's last values. */
  points(slot: number): readonly Point[] {
    return this.#history?.points(slot) ?? [];
  }

  /** A name of a row's key that outlives its slot. */
  keyOf(slot: number): string {
    return this.#keys[slot] ?? '';
  }

  slotOf(key: string): number | undefined {
    return this.#slots.get(key);
  }

  /** The table as it is now, to be read while this one goes on. */
  frozen(): LiveTable {
    const copy = new LiveTable(this.shape, { mirrors: this.mirrors, mostRows: this.#most });
    for (const [key, slot] of this.#slots) copy.#slots.set(key, slot);
    copy.#keys = this.#keys.slice();
    copy.#free = this.#free.slice();
    copy.#rows = this.#rows.copy();
    copy.#marks = this.#marks.copy();
    copy.#history = this.#history?.copy();
    copy.#series = this.#series?.copy(copy.#byPeriod);
    copy.#recency = new Recency(this.#capacity);
    for (const slot of [...this.#recency].reverse()) copy.#recency.add(slot);
    copy.#capacity = this.#capacity;
    copy.#used = this.#used;
    copy.#measure = this.#measure;
    copy.#lateness = this.#lateness.copy();
    copy.#version = this.#version;
    Object.assign(copy.counts, this.counts);
    return copy;
  }

  /** One row. @returns its slot where it is new or has changed */
  #take(columns: readonly Column[], row: number, now: number): number | undefined {
    const key = this.#rows.keyAt(columns, row) ?? `${this.#round} ${this.counts.changes}`;
    const known = this.#slots.get(key);
    if (known === undefined) return this.#add(key, columns, row, now);
    this.#marks.rounds[known] = this.#round;
    const bits = this.#rows.differences(known, columns, row);
    if (bits === 0) return undefined;
    if (!this.mirrors && !this.#rows.isNewer(known, columns, row)) {
      this.counts.stale++;
      return undefined;
    }
    this.#recency.touch(known);
    this.#marks.bits[known] = bits;
    const before = this.measured(known);
    this.#set(known, columns, row, now);
    if (!Object.is(before, this.measured(known))) this.#marks.before[known] = before;
    return known;
  }

  #add(key: string, columns: readonly Column[], row: number, now: number): number {
    if (this.size >= this.#most) {
      this.counts.forgotten++;
      this.#remove(this.#recency.oldest);
    }
    const slot = this.#free.pop() ?? this.#used++;
    if (slot >= this.#capacity) this.#grow();
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#recency.add(slot);
    this.#history?.clear(slot);
    this.#marks.begin(slot, this.#round);
    this.#set(slot, columns, row, now);
    this.#series?.add(slot, this.#rows.seriesName(slot));
    return slot;
  }

  #set(slot: number, columns: readonly Column[], row: number, now: number): void {
    const { time, end } = this.shape;
    this.#rows.set(slot, columns, row);
    this.#marks.changedAt[slot] = now;
    this.counts.changes++;
    const at = time === undefined ? now : numberAt(columns[time], row);
    this.#history?.add(slot, this.measured(slot), at);
    if (end !== undefined && end !== time) {
      const late = this.#lateness.of(this.cells(end).number(slot));
      this.#marks.lateBy[slot] = Math.max(late, 0);
      if (late >= 0) this.counts.late++;
    }
    if (time !== undefined) this.#lateness.came(at);
  }

  #remove(slot: number): void {
    this.#series?.remove(slot, this.#rows.seriesName(slot));
    this.#recency.remove(slot);
    this.#slots.delete(this.keyOf(slot));
    this.#keys[slot] = '';
    this.#free.push(slot);
  }

  #grow(): void {
    this.#capacity = Math.max(FIRST_CAPACITY, Math.min(this.#capacity * 2, this.#most));
    for (const cells of this.#rows.cells) cells.grow(this.#capacity);
    this.#marks.grow(this.#capacity);
    this.#recency.grow(this.#capacity);
    this.#history?.grow(this.#capacity);
  }

  readonly #byPeriod = (left: number, right: number): number => {
    const { period } = this.shape;
    return period === undefined ? 0 : this.cells(period).compare(left, right);
  };
}
