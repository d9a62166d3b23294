import { sortByKey } from '../keys/radix-order.js';

/** Windows of groups that are to be given out: for each entry those from `first` to `last` of its group. */
export interface GroupWindows {
  readonly groups: Int32Array;
  readonly firsts: Float64Array;
  readonly lasts: Float64Array;
}

/** Those of the windows that are from one to another. */
export function windowsBetween({ groups, firsts, lasts }: GroupWindows, from: number, to: number): GroupWindows {
  const some = Int32Array.from(groups.keys()).filter((at) => lasts[at] >= from && firsts[at] <= to);
  return {
    groups: some.map((at) => groups[at]),
    firsts: Float64Array.from(some, (at) => Math.max(firsts[at], from)),
    lasts: Float64Array.from(some, (at) => Math.min(lasts[at], to)),
  };
}

/**
 * The same windows with none named twice, as few entries as can be, ordered by their first window.
 * @param bound groups are less than this
 */
export function mergedWindows({ groups, firsts, lasts }: GroupWindows, bound: number): GroupWindows {
  const order = orderOf(firsts);
  sortByKey(order, groups, bound);
  const kept: number[] = [];
  const ends: number[] = [];
  for (const entry of order) {
    const before = kept.length - 1;
    if (before >= 0 && groups[kept[before]] === groups[entry] && firsts[entry] <= ends[before] + 1) {
      ends[before] = Math.max(ends[before], lasts[entry]);
    } else {
      kept.push(entry);
      ends.push(lasts[entry]);
    }
  }
  const starts = Float64Array.from(kept, (entry) => firsts[entry]);
  const sorted = orderOf(starts);
  return {
    groups: Int32Array.from(sorted, (at) => groups[kept[at]]),
    firsts: Float64Array.from(sorted, (at) => starts[at]),
    lasts: Float64Array.from(sorted, (at) => ends[at]),
  };
}

/** The places of numbers, ordered by the numbers. */
function orderOf(numbers: Float64Array): Int32Array {
  const count = numbers.length;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  const order = Int32Array.from(numbers, (_, at) => at);
  if ((greatest - least + 1) * count > Number.MAX_SAFE_INTEGER) return order.sort((a, b) => numbers[a] - numbers[b]);
  // Number and place as one number: plain numbers are sorted without a call for each comparison.
  const packed = numbers.map((number, at) => (number - least) * count + at).sort();
  for (let at = 0; at < count; at++) order[at] = packed[at] - Math.floor(packed[at] / count) * count;
  return order;
}
