import type { ByteStrings } from './byte-strings.js';
import { numbersBelow, sortByKey } from './radix-order.js';

/** Below this many strings comparing is faster than partitioning by one byte. */
const FEW = 12;

/** From so many strings on some bytes of each are sorted as numbers first. */
const MANY = 4096;
/** Bytes in one number: each is 0 for the end of the string, or its value + 1. */
const BYTES_A_NUMBER = 3;

/**
 * The ids of distinct strings, in byte order: multikey quicksort, which looks at a common prefix once and not once a
 * comparison (Bentley and Sedgewick, "Fast algorithms for sorting and searching strings", 1997). Of many strings six
 * bytes behind their common prefix are sorted as numbers before, which reads the strings one after the other.
 */
export function sortedStrings(strings: ByteStrings): Int32Array {
  const ids = numbersBelow(strings.size);
  /** Ranges still to sort: from, to and how many bytes they share. A stack, so that depth costs no calls. */
  const ranges = ids.length < MANY ? [0, ids.length, 0] : rangesOfMany(strings, ids);
  while (ranges.length > 0) {
    const depth = ranges.pop() as number;
    const to = ranges.pop() as number;
    const from = ranges.pop() as number;
    if (to - from <= FEW) {
      insertionSort(strings, ids, from, to);
      continue;
    }
    const pivot = medianByte(strings, ids, from, to, depth);
    let [low, at, high] = [from, from, to];
    while (at < high) {
      const id = ids[at];
      const byte = strings.byteAt(id, depth);
      if (byte < pivot) {
        ids[at++] = ids[low];
        ids[low++] = id;
      } else if (byte > pivot) {
        ids[at] = ids[--high];
        ids[high] = id;
      } else {
        at++;
      }
    }
    if (low - from > 1) ranges.push(from, low, depth);
    if (to - high > 1) ranges.push(high, to, depth);
    if (pivot >= 0 && high - low > 1) ranges.push(low, high, depth + 1);
  }
  return ids;
}

/** Sorts by six bytes; what is equal so far is left as ranges. */
function rangesOfMany(strings: ByteStrings, ids: Int32Array): number[] {
  const shared = commonPrefix(strings);
  const first = numbersAt(strings, shared);
  const second = numbersAt(strings, shared + BYTES_A_NUMBER);
  sortByKey(ids, second, NUMBERS);
  sortByKey(ids, first, NUMBERS);
  const ranges: number[] = [];
  let from = 0;
  for (let at = 1; at <= ids.length; at++) {
    const [id, start] = [ids[at], ids[from]];
    if (at < ids.length && first[id] === first[start] && second[id] === second[start]) continue;
    if (at - from > 1) ranges.push(from, at, shared + 2 * BYTES_A_NUMBER);
    from = at;
  }
  return ranges;
}

const NUMBERS = 257 ** BYTES_A_NUMBER;

function numbersAt(strings: ByteStrings, depth: number): Int32Array {
  const numbers = new Int32Array(strings.size);
  for (let id = 0; id < numbers.length; id++) {
    let number = 0;
    for (let at = depth; at < depth + BYTES_A_NUMBER; at++) number = number * 257 + strings.byteAt(id, at) + 1;
    numbers[id] = number;
  }
  return numbers;
}

/** How many bytes all strings begin with. */
function commonPrefix(strings: ByteStrings): number {
  let length = strings.byteLength(0);
  for (let id = 1; id < strings.size && length > 0; id++) {
    let at = 0;
    while (at < length && strings.byteAt(id, at) === strings.byteAt(0, at)) at++;
    length = at;
  }
  return length;
}

function insertionSort(strings: ByteStrings, ids: Int32Array, from: number, to: number): void {
  for (let next = from + 1; next < to; next++) {
    const id = ids[next];
    let at = next;
    while (at > from && strings.compare(ids[at - 1], id) > 0) {
      ids[at] = ids[at - 1];
      at--;
    }
    ids[at] = id;
  }
}

function medianByte(strings: ByteStrings, ids: Int32Array, from: number, to: number, depth: number): number {
  const byte = (at: number): number => strings.byteAt(ids[at], depth);
  const [a, b, c] = [byte(from), byte((from + to) >> 1), byte(to - 1)];
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
