import type { Kernel } from './kernel.js';
import type { NewestGrid } from './newest-grid.js';

// Words of struct Gather (assembly/newest.ts).
const GATHER = { keys: 0, ids: 1, ranks: 2, rank: 3, rowIds: 4, rowCells: 5, room: 6 } as const;
const GATHER_BYTES = 32;

/** All keys in their order, and what stands for each of them in the cells that are given. */
export interface SortedKeys {
  readonly keys: Int32Array;
  readonly ids: Int32Array;
}

/** Cells in the order of (window, key), in columns. */
export interface SortedCells {
  /** What stands for the keys. */
  readonly ids: Int32Array;
  readonly times: Float64Array;
  readonly values: readonly Float64Array[];
  /** The windows that they are of, and where each one's cells end. */
  readonly windows: readonly { readonly window: number; readonly end: number }[];
}

/**
 * The cells of a grid that have changed, in the order of (window, key), in parts of at most `most`: a row of the grid
 * is one window, so that only the keys have to be sorted, and once for all windows. They count as unchanged then.
 */
export function* sortedCells(
  kernel: Kernel,
  grid: NewestGrid,
  { keys, ids }: SortedKeys,
  most: number,
): Generator<SortedCells> {
  const columns = 1 + grid.valueCount;
  const bytes = GATHER_BYTES + most * (8 * columns + 4) + keys.length * 8;
  const at = kernel.allocate(bytes);
  const rowCells = at + GATHER_BYTES;
  const rowIds = rowCells + most * 8 * columns;
  const sorted = rowIds + most * 4;
  const gather = kernel.views.u32.subarray(at >> 2, (at + GATHER_BYTES) >> 2);
  gather[GATHER.keys] = sorted;
  gather[GATHER.ids] = sorted + keys.length * 4;
  gather[GATHER.ranks] = keys.length;
  gather[GATHER.rowIds] = rowIds;
  gather[GATHER.rowCells] = rowCells;
  gather[GATHER.room] = most;
  kernel.views.i32.set(keys, sorted >> 2);
  kernel.views.i32.set(ids, (sorted >> 2) + keys.length);
  const rankAt = (at >> 2) + GATHER.rank;
  let windows: { window: number; end: number }[] = [];
  let count = 0;
  /** Copies: the room is filled anew for the next. */
  const cells = (): SortedCells => {
    const { i32, f64 } = kernel.views;
    const [times = new Float64Array(0), ...values] = Array.from({ length: columns }, (_, index) => {
      const first = (rowCells >> 3) + index * most;
      return f64.slice(first, first + count);
    });
    return { ids: i32.slice(rowIds >> 2, (rowIds >> 2) + count), times, values, windows };
  };
  for (const { window, base } of grid.sortedWindows()) {
    kernel.views.u32[rankAt] = 0;
    while (kernel.views.u32[rankAt] < keys.length) {
      count = kernel.exports.gatherNewest(grid.address, at, base, count);
      windows.push({ window, end: count });
      if (count < most) continue;
      yield cells();
      [windows, count] = [[], 0];
    }
  }
  if (count > 0) yield cells();
  kernel.release(at, bytes);
}
