import type { KeyIds } from '../key-ids.js';
import type { RowMemory } from './row-memory.js';
import { ROW } from './window-states.js';

/** Sorts states' rows by (last window, group in the order of the keys). */
export function sortRows({ words, doubles }: RowMemory, rows: Int32Array, groups: KeyIds): void {
  const count = rows.length;
  if (count < 2) return;
  const ranks = groups.ranksOf(rows.map((at) => words[at + ROW.group]));
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const at of rows) {
    const window = doubles[at >> 1];
    if (window < first) first = window;
    if (window > last) last = window;
  }
  const bound = groups.size;
  if ((last - first + 1) * bound * count > Number.MAX_SAFE_INTEGER) {
    const order = Int32Array.from(rows, (_, at) => at);
    order.sort((a, b) => doubles[rows[a] >> 1] - doubles[rows[b] >> 1] || ranks[a] - ranks[b]);
    rows.set(order.map((at) => rows[at]));
    return;
  }
  // Window, rank and place as one number each: plain numbers are sorted without a call for each comparison.
  const packed = new Float64Array(count);
  for (let at = 0; at < count; at++) packed[at] = ((doubles[rows[at] >> 1] - first) * bound + ranks[at]) * count + at;
  packed.sort();
  const before = rows.slice();
  for (let at = 0; at < count; at++) rows[at] = before[packed[at] - Math.floor(packed[at] / count) * count];
}
