import type { Kernel } from './kernel.js';

// Words of struct Grid (assembly/newest.ts); the last three are doubles.
const GRID = {
  cells: 0,
  changed: 1,
  spans: 2,
  spanCount: 3,
  width: 4,
  valueCount: 5,
  entries: 6,
  times: 7,
  value: 8,
  keyOf: 12,
  filled: 13,
  spanMs: 14,
  firstSpan: 16,
  greatest: 18,
} as const;
const GRID_BYTES = 80;

/** The most columns of values that a grid has room for. */
export const MAX_GRID_VALUES = 4;

/** Cells that a grid may always have, and more for each that has a record: beyond that it would be mostly empty. */
const FREE_CELLS = 1 << 18;
const CELLS_PER_FILLED = 2;

const EMPTY = Number.NEGATIVE_INFINITY;
const NO_WINDOW = -1;
const SPARE_SPANS = 64;
const MOST_SPANS = 1 << 20;
/** So many changed cells are read out at a time. */
const READ_AT_ONCE = 65_536;

/** The columns of a batch, by their addresses in the kernel's memory: entries of a dictionary (int32), and doubles. */
export interface GridColumns {
  readonly entries: number;
  /** By entry of the dictionary its key, int32. */
  readonly keyOf: number;
  readonly times: number;
  readonly values: readonly number[];
}

/** What was read out of a grid's cells: the values come field by field. */
export interface GridCells {
  readonly keys: Int32Array;
  readonly windows: Int32Array;
  readonly times: Float64Array;
  readonly values: readonly Float64Array[];
}

/**
 * The newest record of each (key, window) as a grid in the kernel's memory, which folds a batch's columns in without
 * leaving WebAssembly. A window is a row of the grid; time is cut into spans, each of which lies in one window.
 */
export class NewestGrid {
  readonly valueCount: number;
  readonly #kernel: Kernel;
  readonly #at: number;
  /** Where the kernel writes the places of changed cells. */
  readonly #places: number;
  readonly #spanMs: number;
  /** The windows that the rows stand for. */
  readonly #windows: number[] = [];
  readonly #rowOf = new Map<number, number>();
  #rows = 0;
  #width = 0;
  #firstSpan = 0;
  #spans = 0;

  /** @param spanMs how long a span of time is; spans are counted from the epoch */
  constructor(kernel: Kernel, valueCount: number, spanMs: number) {
    this.#kernel = kernel;
    this.valueCount = valueCount;
    this.#spanMs = spanMs;
    this.#at = kernel.allocate(GRID_BYTES);
    this.#places = kernel.allocate(READ_AT_ONCE * 4);
    kernel.views.u8.fill(0, this.#at, this.#at + GRID_BYTES);
    this.#setDouble(GRID.spanMs, spanMs);
    this.#setDouble(GRID.greatest, EMPTY);
    this.#set(GRID.valueCount, valueCount);
  }

  /** How many cells have a record. */
  get filled(): number {
    return this.#get(GRID.filled);
  }

  /** Where the kernel finds it. */
  get address(): number {
    return this.#at;
  }

  /** The windows in their order, and the first cell of each. */
  sortedWindows(): { readonly window: number; readonly base: number }[] {
    const windows = Array.from(this.#rowOf, ([window, row]) => ({ window, base: row * this.#width }));
    return windows.sort((a, b) => a.window - b.window);
  }

  /** The greatest time that was folded in since the last call; -Infinity for none. */
  takeGreatest(): number {
    const word = (this.#at + GRID.greatest * 4) >> 3;
    const { f64 } = this.#kernel.views;
    const greatest = f64[word];
    f64[word] = EMPTY;
    return greatest;
  }

  /** Folds rows from `from` to `count` in; the first that was not, since its key or its span has no place yet. */
  fold(columns: GridColumns, from: number, count: number): number {
    this.#set(GRID.entries, columns.entries);
    this.#set(GRID.keyOf, columns.keyOf);
    this.#set(GRID.times, columns.times);
    for (let index = 0; index < this.valueCount; index++) this.#set(GRID.value + index, columns.values[index]);
    return this.#kernel.exports.foldNewest(this.#at, from, count);
  }

  /** Makes room for keys below `keys`; false where the grid would be too large. */
  coverKeys(keys: number): boolean {
    return keys <= this.#width || this.#resize(Math.max(this.#rows, 1), 2 ** Math.ceil(Math.log2(keys)));
  }

  /** The span that an instant (epoch milliseconds) lies in. */
  spanOf(millis: number): number {
    return Math.floor(millis / this.#spanMs);
  }

  /** Says in which window a span lies; false where the grid, or its table of spans, would be too large. */
  place(span: number, window: number): boolean {
    if (!this.#coverSpan(span)) return false;
    let row = this.#rowOf.get(window);
    if (row === undefined) {
      row = this.#rowOf.size;
      if (row >= this.#rows && !this.#resize(Math.max(row + 1, this.#rows * 2), this.#width)) return false;
      this.#rowOf.set(window, row);
      this.#windows.push(window);
    }
    this.#spanTable()[span - this.#firstSpan] = row * this.#width;
    return true;
  }

  /** The cells that have changed since the last call, in parts of at most `most`. */
  *takeChanged(most = READ_AT_ONCE): Generator<GridCells> {
    const cells = this.#rowOf.size * this.#width;
    const at = this.#places;
    for (let from = 0; from < cells; ) {
      const count = this.#kernel.exports.takeChanged(this.#at, from, cells, at, most);
      if (count === 0) return;
      const places = this.#kernel.views.i32.slice(at >> 2, (at >> 2) + count);
      from = count < most ? cells : places[count - 1] + 1;
      yield this.#read(places);
    }
  }

  /** Forgets every record, and what the keys were. */
  clear(): void {
    this.#rowOf.clear();
    this.#windows.length = 0;
    this.#spanTable().fill(NO_WINDOW);
    this.#empty(0, this.#rows * this.#width);
    this.#set(GRID.filled, 0);
  }

  close(): void {
    this.#release(this.#get(GRID.cells), this.#get(GRID.changed), this.#rows * this.#width);
    if (this.#spans > 0) this.#kernel.release(this.#get(GRID.spans), this.#spans * 4);
    this.#kernel.release(this.#places, READ_AT_ONCE * 4);
    this.#kernel.release(this.#at, GRID_BYTES);
  }

  #read(places: Int32Array): GridCells {
    const { f64 } = this.#kernel.views;
    const first = this.#get(GRID.cells) >> 3;
    const keys = new Int32Array(places.length);
    const [times = new Float64Array(0), ...values] = Array.from({ length: 1 + this.valueCount }, (_, index) => {
      const column = new Float64Array(places.length);
      for (let at = 0; at < places.length; at++) column[at] = f64[first + places[at] * (1 + this.valueCount) + index];
      return column;
    });
    const windows = new Int32Array(places.length);
    for (let at = 0; at < places.length; at++) {
      const place = places[at];
      const row = Math.floor(place / this.#width);
      keys[at] = place - row * this.#width;
      windows[at] = this.#windows[row] ?? 0;
    }
    return { keys, windows, times, values };
  }

  /** Gives the grid another size; what it holds stays. */
  #resize(rows: number, width: number): boolean {
    const cells = rows * width;
    if (cells > FREE_CELLS + CELLS_PER_FILLED * this.filled) return false;
    const kernel = this.#kernel;
    const before = {
      cells: this.#get(GRID.cells),
      changed: this.#get(GRID.changed),
      rows: this.#rows,
      width: this.#width,
    };
    this.#set(GRID.cells, kernel.allocate(cells * this.#cellBytes));
    this.#set(GRID.changed, kernel.allocate(cells));
    this.#set(GRID.width, width);
    this.#rows = rows;
    this.#width = width;
    this.#empty(0, cells);
    const { moveBytes } = kernel.exports;
    const [target, changed] = [this.#get(GRID.cells), this.#get(GRID.changed)];
    for (let row = 0; row < before.rows; row++) {
      const [from, to, bytes] = [row * before.width, row * width, this.#cellBytes];
      moveBytes(target + to * bytes, before.cells + from * bytes, before.width * bytes);
      moveBytes(changed + to, before.changed + from, before.width);
    }
    const table = this.#spanTable();
    for (let span = 0; span < table.length; span++) {
      if (table[span] !== NO_WINDOW) table[span] = (table[span] / before.width) * width;
    }
    this.#release(before.cells, before.changed, before.rows * before.width);
    return true;
  }

  /** Makes cells those of no record. */
  #empty(from: number, to: number): void {
    const { f64 } = this.#kernel.views;
    const [cells, changed] = [this.#get(GRID.cells) >> 3, this.#get(GRID.changed)];
    f64.fill(EMPTY, cells + from * (1 + this.valueCount), cells + to * (1 + this.valueCount));
    this.#kernel.exports.fillBytes(changed + from, 0, to - from);
  }

  #coverSpan(span: number): boolean {
    if (span >= this.#firstSpan && span < this.#firstSpan + this.#spans) return true;
    const known = this.#spans > 0;
    const first = known && span > this.#firstSpan ? this.#firstSpan : span - SPARE_SPANS;
    const end = known && span < this.#firstSpan ? this.#firstSpan + this.#spans : span + SPARE_SPANS;
    // Twice as many at least, so that time may go on and on.
    const count = Math.max(end - first, this.#spans * 2);
    if (count > MOST_SPANS) return false;
    const at = this.#kernel.allocate(count * 4);
    const table = this.#kernel.views.i32.subarray(at >> 2, (at >> 2) + count);
    const old = this.#spanTable();
    table.fill(NO_WINDOW);
    table.set(old, known ? this.#firstSpan - first : 0);
    if (known) this.#kernel.release(this.#get(GRID.spans), this.#spans * 4);
    this.#set(GRID.spans, at);
    this.#set(GRID.spanCount, count);
    this.#setDouble(GRID.firstSpan, first);
    this.#firstSpan = first;
    this.#spans = count;
    return true;
  }

  #spanTable(): Int32Array {
    const first = this.#get(GRID.spans) >> 2;
    return this.#kernel.views.i32.subarray(first, first + this.#spans);
  }

  #release(cells: number, changed: number, count: number): void {
    if (count === 0) return;
    this.#kernel.release(cells, count * this.#cellBytes);
    this.#kernel.release(changed, count);
  }

  get #cellBytes(): number {
    return 8 * (1 + this.valueCount);
  }

  #get(word: number): number {
    return this.#kernel.views.u32[(this.#at >> 2) + word] as number;
  }

  #set(word: number, value: number): void {
    this.#kernel.views.u32[(this.#at >> 2) + word] = value;
  }

  #setDouble(word: number, value: number): void {
    this.#kernel.views.f64[(this.#at + word * 4) >> 3] = value;
  }
}
