const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
/** Below this many items comparing is faster than counting. */
const FEW = 256;

/**
 * Sorts items by their keys, stably and in place: least significant digit first (Knuth, The Art of Computer
 * Programming 3, 5.2.5).
 * @param keyOf keys by item, each from `least` up to but not `least + bound`
 */
export function sortByKey(items: Int32Array, keyOf: Int32Array, bound: number, least = 0): void {
  if (items.length < FEW) {
    items.sort((a, b) => keyOf[a] - keyOf[b]);
    return;
  }
  let from = items;
  let to = new Int32Array(items.length);
  for (let shift = 0; shift < 32 && bound > 2 ** shift; shift += DIGIT_BITS) {
    const places = new Int32Array(DIGITS);
    for (let index = 0; index < from.length; index++) {
      const digit = ((keyOf[from[index]] - least) >>> shift) & (DIGITS - 1);
      places[digit] = places[digit] + 1;
    }
    let place = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = places[digit];
      places[digit] = place;
      place += count;
    }
    for (let index = 0; index < from.length; index++) {
      const item = from[index];
      const digit = ((keyOf[item] - least) >>> shift) & (DIGITS - 1);
      const at = places[digit];
      places[digit] = at + 1;
      to[at] = item;
    }
    [from, to] = [to, from as Int32Array<ArrayBuffer>];
  }
  if (from !== items) items.set(from);
}

/** 0, 1, 2 … */
export function numbersBelow(count: number): Int32Array {
  const numbers = new Int32Array(count);
  for (let number = 0; number < count; number++) numbers[number] = number;
  return numbers;
}

/** The place of each number in an order of all numbers from 0. */
export function inverse(order: Int32Array): Int32Array {
  const places = new Int32Array(order.length);
  for (let place = 0; place < order.length; place++) places[order[place]] = place;
  return places;
}
