// Newest-wins over columns: a grid of cells, a row of keys for each window, each cell with the time and the values of
// the newest record that was folded into it.

/** The most columns of values that a cell has. */
const MAX_VALUES = 4;

/** Written and read by ../newest-grid.ts. */
@unmanaged
class Grid {
  /** A cell is its time and its values, all f64: -Infinity is the time of a cell without a record. */
  cells: usize;
  /** One byte a cell: 1 where it has changed since it was read out. */
  changed: usize;
  /** By span of time, i32: the first cell of its window; -1 where that is not known. */
  spans: usize;
  spanCount: u32;
  /** Cells in a row: keys lie below it. */
  width: u32;
  valueCount: u32;
  /** The columns of a batch: entries of a dictionary (i32), times (f64), and values (f64 each). */
  entries: usize;
  times: usize;
  value0: usize;
  value1: usize;
  value2: usize;
  value3: usize;
  /** By entry of the dictionary its key, i32. */
  keyOf: usize;
  /** How many cells have a record. */
  filled: u32;
  /** A span's length in milliseconds; spans are counted from the epoch, the table starts at `firstSpan`. */
  spanMs: f64;
  firstSpan: f64;
  /** The greatest time that was folded in. */
  greatest: f64;
}

/** Whole numbers in the order of doubles (IEEE 754, totalOrder): -0 below 0, and NaN above all. */
// @ts-ignore: decorator
@inline
function ordered(value: f64): i64 {
  if (value != value) return i64.MAX_VALUE;
  const bits = reinterpret<i64>(value);
  return bits ^ ((bits >> 63) & i64.MAX_VALUE);
}

// @ts-ignore: decorator
@inline
function valuesOf(grid: Grid, index: u32): usize {
  return load<u32>(changetype<usize>(grid) + offsetof<Grid>('value0') + ((<usize>index) << 2));
}

/** Whether the row's values are greater than the cell's, field by field. */
function greater(grid: Grid, cell: usize, row: usize): bool {
  for (let index: u32 = 0; index < grid.valueCount; index++) {
    const given = ordered(load<f64>(valuesOf(grid, index) + (row << 3)));
    const kept = ordered(load<f64>(cell + 8 + ((<usize>index) << 3)));
    if (given != kept) return given > kept;
  }
  return false;
}

/**
 * Folds rows from `row` to `count` in; the first row that was not: its key or the span of its time has no place in the
 * grid yet.
 */
export function foldNewest(at: usize, row: u32, count: u32): u32 {
  const grid = changetype<Grid>(at);
  const cells = grid.cells;
  const changed = grid.changed;
  const spans = grid.spans;
  const spanCount = <f64>grid.spanCount;
  const width = grid.width;
  const valueCount = grid.valueCount;
  const entries = grid.entries;
  const keyOf = grid.keyOf;
  const times = grid.times;
  const first = grid.value0;
  const spanMs = grid.spanMs;
  const firstSpan = grid.firstSpan;
  const bytes = <usize>(1 + valueCount) << 3;
  let filled = grid.filled;
  let greatest = grid.greatest;
  while (row < count) {
    const time = load<f64>(times + ((<usize>row) << 3));
    const span = floor(time / spanMs) - firstSpan;
    if (!(span >= 0 && span < spanCount)) break;
    const base = load<i32>(spans + ((<usize>(<u32>span)) << 2));
    const key = load<u32>(keyOf + ((<usize>load<u32>(entries + ((<usize>row) << 2))) << 2));
    if (base < 0 || key >= width) break;
    const place = <usize>((<u32>base) + key);
    const cell = cells + place * bytes;
    const kept = load<f64>(cell);
    if (time > kept || (time == kept && greater(grid, cell, <usize>row))) {
      if (kept == -Infinity) filled++;
      if (time > greatest) greatest = time;
      store<f64>(cell, time);
      if (valueCount > 0) store<f64>(cell, load<f64>(first + ((<usize>row) << 3)), 8);
      for (let index: u32 = 1; index < valueCount; index++) {
        store<f64>(cell + ((<usize>index) << 3), load<f64>(valuesOf(grid, index) + ((<usize>row) << 3)), 8);
      }
      store<u8>(changed + place, 1);
    }
    row++;
  }
  grid.filled = filled;
  grid.greatest = greatest;
  return row;
}

/**
 * Writes the places of changed cells from `from` up to `end` to `places` (i32), at most so many, and takes them for
 * unchanged; how many there were.
 */
export function takeChanged(at: usize, from: u32, end: u32, places: usize, most: i32): i32 {
  const changed = changetype<Grid>(at).changed;
  let count = 0;
  // Most are not: 16 at a time are looked at, also where some of them are no cells.
  for (let block = from & ~15; block < end; block += 16) {
    let found = <u32>i8x16.bitmask(i8x16.ne(v128.load(changed + <usize>block), i8x16.splat(0)));
    for (; found != 0; found &= found - 1) {
      const place = block + ctz(found);
      if (place < from || place >= end) continue;
      if (count == most) return count;
      store<u8>(changed + <usize>place, 0);
      store<i32>(places + ((<usize>count) << 2), <i32>place);
      count++;
    }
  }
  return count;
}

/** Where cells are copied to, in the order of their keys; written and read by ../sorted-cells.ts. */
@unmanaged
class Gather {
  /** By rank a key, and what stands for it in the rows, i32 each. */
  keys: usize;
  ids: usize;
  ranks: u32;
  /** The rank that is next. */
  rank: u32;
  /** The rows' columns: ids (i32), and times and values (f64) one column behind the other, of `room` rows each. */
  rowIds: usize;
  rowCells: usize;
  room: u32;
}

/**
 * Copies the changed cells of the window that begins at cell `base` to rows from `row` on, as many as there is room
 * for, and takes them for unchanged. Returns the row behind the last.
 */
export function gatherNewest(at: usize, gatherAt: usize, base: u32, row: u32): u32 {
  const grid = changetype<Grid>(at);
  const gather = changetype<Gather>(gatherAt);
  const doubles = <usize>(1 + grid.valueCount);
  const column = (<usize>gather.room) << 3;
  let rank = gather.rank;
  for (; rank < gather.ranks && row < gather.room; rank++) {
    const key = load<u32>(gather.keys + ((<usize>rank) << 2));
    if (key >= grid.width) continue;
    const place = <usize>(base + key);
    if (load<u8>(grid.changed + place) == 0) continue;
    store<u8>(grid.changed + place, 0);
    store<i32>(gather.rowIds + ((<usize>row) << 2), load<i32>(gather.ids + ((<usize>rank) << 2)));
    const cell = grid.cells + place * (doubles << 3);
    for (let index: usize = 0; index < doubles; index++) {
      store<f64>(gather.rowCells + index * column + ((<usize>row) << 3), load<f64>(cell + (index << 3)));
    }
    row++;
  }
  gather.rank = rank;
  return row;
}
