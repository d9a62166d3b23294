// Deflate (RFC 1951). The input's next bits are held in a word, the first of them lowest; it is filled up to at least 56
// of them at once, which are enough for the longest length and distance (48) or for four literals.

import { repeat } from './copies';
import { BITS, FURTHER, LITERAL, makeTable, NO_CODE, PAIR, pairLiterals, SPECIAL } from './huffman';

const LENGTH_BITS: u32 = 10;
const DISTANCE_BITS: u32 = 9;
const ORDER_BITS: u32 = 7;
/** Symbols of literals and lengths, of distances, and of the lengths of codes. */
const LENGTHS: u32 = 288;
const DISTANCES: u32 = 32;
const ORDERS: u32 = 19;
const MOST_LENGTHS: u32 = 286;
const MOST_DISTANCES: u32 = 30;
const END_OF_BLOCK: usize = 256;

// Behind 2 ** LENGTH_BITS entries at most 144 tables of 32, behind 2 ** DISTANCE_BITS at most 15 of 64.
const lengthTable = memory.data(22528);
const distanceTable = memory.data(6144);
const orderTable = memory.data(512);

const lengthMeanings = memory.data(1152);
const distanceMeanings = memory.data(128);
const orderMeanings = memory.data(76);
/** The lengths of a block's codes, u8 each, with room for a last repetition. */
const codeLengths = memory.data(512);
const orderLengths = memory.data(32);
/** RFC 1951, 3.2.7: in which order the lengths of the codes for lengths are given. */
const ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

for (let byte: u32 = 0; byte < 256; byte++) store<u32>(lengthMeanings + (byte << 2), LITERAL | (byte << 8));
store<u32>(lengthMeanings + (END_OF_BLOCK << 2), SPECIAL);
for (let index: u32 = 0, base: u32 = 3; index < 28; index++) {
  const more: u32 = index < 8 ? 0 : (index >> 2) - 1;
  store<u32>(lengthMeanings + ((257 + index) << 2), (more << 8) | (base << 16));
  base += 1 << more;
}
store<u32>(lengthMeanings + (285 << 2), 258 << 16);
for (let symbol = MOST_LENGTHS; symbol < LENGTHS; symbol++) store<u32>(lengthMeanings + (symbol << 2), NO_CODE);
for (let index: u32 = 0, base: u32 = 1; index < MOST_DISTANCES; index++) {
  const more: u32 = index < 4 ? 0 : (index >> 1) - 1;
  store<u32>(distanceMeanings + (index << 2), (more << 8) | (base << 16));
  base += 1 << more;
}
for (let symbol = MOST_DISTANCES; symbol < DISTANCES; symbol++) store<u32>(distanceMeanings + (symbol << 2), NO_CODE);
for (let symbol: u32 = 0; symbol < ORDERS; symbol++) store<u32>(orderMeanings + (symbol << 2), symbol << 16);

/** Where the input of the last inflate() ended. */
export let inflatedTo: usize = 0;

/**
 * Decompresses [at, end) up to the end of its last block to [to, limit). Up to 16 bytes are read behind `end`, and
 * written behind what it gives. Returns where that ends; 0 where the input is damaged or holds more.
 */
export function inflate(at: usize, end: usize, to: usize, limit: usize): usize {
  const start = to;
  const most = end + 8;
  let buffer: u64 = 0;
  let count: u64 = 0;
  let isLast = false;
  while (!isLast) {
    if (at > most || to > limit) return 0;
    buffer |= load<u64>(at) << count;
    at += <usize>((63 - count) >> 3);
    count |= 56;
    isLast = (buffer & 1) != 0;
    const kind = <u32>(buffer >> 1) & 3;
    buffer >>= 3;
    count -= 3;

    if (kind == 0) {
      at -= <usize>(count >> 3);
      buffer = 0;
      count = 0;
      if (at + 4 > end) return 0;
      const length = <usize>load<u16>(at);
      if (length != (<usize>load<u16>(at, 2) ^ 0xffff)) return 0;
      at += 4;
      if (length > end - at || length > limit - to) return 0;
      memory.copy(to, at, length);
      at += length;
      to += length;
      continue;
    }

    if (kind == 1) {
      if (!makeFixedTables()) return 0;
    } else if (kind == 2) {
      const lengths = (<u32>buffer & 31) + 257;
      const distances = (<u32>(buffer >> 5) & 31) + 1;
      const orders = (<u32>(buffer >> 10) & 15) + 4;
      if (lengths > MOST_LENGTHS || distances > MOST_DISTANCES) return 0;
      buffer >>= 14;
      count -= 14;
      memory.fill(orderLengths, 0, ORDERS);
      for (let index: u32 = 0; index < orders; index++) {
        buffer |= load<u64>(at) << count;
        at += <usize>((63 - count) >> 3);
        count |= 56;
        store<u8>(orderLengths + <usize>load<u8>(ORDER + index), <u8>(buffer & 7));
        buffer >>= 3;
        count -= 3;
      }
      if (!makeTable(orderLengths, ORDERS, orderMeanings, orderTable, ORDER_BITS, false)) return 0;
      const all = lengths + distances;
      for (let index: u32 = 0; index < all; ) {
        if (at > most) return 0;
        buffer |= load<u64>(at) << count;
        at += <usize>((63 - count) >> 3);
        count |= 56;
        const entry = load<u32>(orderTable + ((<usize>buffer & ((1 << ORDER_BITS) - 1)) << 2));
        if ((entry & SPECIAL) != 0) return 0;
        buffer >>= <u64>(entry & BITS);
        count -= <u64>(entry & BITS);
        const symbol = entry >> 16;
        if (symbol < 16) {
          store<u8>(codeLengths + index++, <u8>symbol);
          continue;
        }
        const bits: u64 = symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
        const times: u32 = (symbol == 18 ? <u32>11 : <u32>3) + (<u32>buffer & ((1 << <u32>bits) - 1));
        buffer >>= bits;
        count -= bits;
        if ((symbol == 16 && index == 0) || times > all - index) return 0;
        memory.fill(codeLengths + index, symbol == 16 ? load<u8>(codeLengths + index - 1) : 0, times);
        index += times;
      }
      // Without an end a block has none.
      if (load<u8>(codeLengths + END_OF_BLOCK) == 0) return 0;
      const isSound =
        makeTable(codeLengths + lengths, distances, distanceMeanings, distanceTable, DISTANCE_BITS, true) &&
        makeTable(codeLengths, lengths, lengthMeanings, lengthTable, LENGTH_BITS, true);
      if (!isSound) return 0;
      pairLiterals(lengthTable, LENGTH_BITS);
    } else return 0;

    while (true) {
      if (at > most || to > limit) return 0;
      buffer |= load<u64>(at) << count;
      at += <usize>((63 - count) >> 3);
      count |= 56;
      let entry = load<u32>(lengthTable + ((<usize>buffer & ((1 << LENGTH_BITS) - 1)) << 2));
      if ((entry & LITERAL) != 0) {
        store<u16>(to, <u16>(entry >> 8));
        to += 1 + ((entry & PAIR) >> 6);
        buffer >>= <u64>(entry & BITS);
        count -= <u64>(entry & BITS);
        entry = load<u32>(lengthTable + ((<usize>buffer & ((1 << LENGTH_BITS) - 1)) << 2));
        if ((entry & LITERAL) != 0) {
          store<u16>(to, <u16>(entry >> 8));
          to += 1 + ((entry & PAIR) >> 6);
          buffer >>= <u64>(entry & BITS);
          count -= <u64>(entry & BITS);
          entry = load<u32>(lengthTable + ((<usize>buffer & ((1 << LENGTH_BITS) - 1)) << 2));
          if ((entry & LITERAL) != 0) {
            store<u16>(to, <u16>(entry >> 8));
            to += 1 + ((entry & PAIR) >> 6);
            buffer >>= <u64>(entry & BITS);
            count -= <u64>(entry & BITS);
            continue;
          }
        }
        buffer |= load<u64>(at) << count;
        at += <usize>((63 - count) >> 3);
        count |= 56;
      }
      if ((entry & SPECIAL) != 0) {
        if ((entry & FURTHER) != 0) {
          buffer >>= LENGTH_BITS;
          count -= LENGTH_BITS;
          const place = (entry >> 16) + (<u32>buffer & ((1 << ((entry >> 8) & 15)) - 1));
          entry = load<u32>(lengthTable + (<usize>place << 2));
          if ((entry & LITERAL) != 0) {
            store<u8>(to++, <u8>(entry >> 8));
            buffer >>= <u64>(entry & BITS);
            count -= <u64>(entry & BITS);
            continue;
          }
        }
        if ((entry & SPECIAL) != 0) {
          if (entry >> 16 != 0) return 0;
          buffer >>= <u64>(entry & BITS);
          count -= <u64>(entry & BITS);
          break;
        }
      }
      let bits = <u64>(entry & BITS);
      const length = <usize>(entry >> 16) + <usize>((buffer & ((<u64>1 << bits) - 1)) >> ((entry >> 8) & 15));
      buffer >>= bits;
      count -= bits;
      entry = load<u32>(distanceTable + ((<usize>buffer & ((1 << DISTANCE_BITS) - 1)) << 2));
      if ((entry & SPECIAL) != 0) {
        if ((entry & FURTHER) == 0) return 0;
        buffer >>= DISTANCE_BITS;
        count -= DISTANCE_BITS;
        const place = (entry >> 16) + (<u32>buffer & ((1 << ((entry >> 8) & 15)) - 1));
        entry = load<u32>(distanceTable + (<usize>place << 2));
        if ((entry & SPECIAL) != 0) return 0;
      }
      bits = <u64>(entry & BITS);
      const distance = <usize>(entry >> 16) + <usize>((buffer & ((<u64>1 << bits) - 1)) >> ((entry >> 8) & 15));
      buffer >>= bits;
      count -= bits;
      if (distance > to - start || to + length > limit) return 0;
      repeat(to, distance, length);
      to += length;
    }
  }
  at -= <usize>(count >> 3);
  inflatedTo = at;
  return at > end || to > limit ? 0 : to;
}

/** RFC 1951, 3.2.6. */
function makeFixedTables(): bool {
  memory.fill(codeLengths, 8, 144);
  memory.fill(codeLengths + 144, 9, 112);
  memory.fill(codeLengths + 256, 7, 24);
  memory.fill(codeLengths + 280, 8, 8);
  memory.fill(codeLengths + LENGTHS, 5, DISTANCES);
  return (
    makeTable(codeLengths, LENGTHS, lengthMeanings, lengthTable, LENGTH_BITS, true) &&
    makeTable(codeLengths + LENGTHS, DISTANCES, distanceMeanings, distanceTable, DISTANCE_BITS, true)
  );
}
