// The literals of Zstandard's blocks (RFC 8878, 3.1.1.3.1): Huffman codes whose bits are read from the end of a stream
// back to its start. The next bits are the highest of 8 bytes that lie where the stream is, but for those used up.

import { CELL_SHIFT, makeStates, readCounts, tableBits, tableEnd } from './fse';

const MOST_BYTES: usize = 128 * 1024;
const MOST_CODE_BITS: u32 = 11;
const WEIGHT_BITS: u32 = 6;
const MOST_WEIGHTS: u32 = 255;
const MOST_WEIGHT: u32 = 12;
/** Kinds of literals. */
const PLAIN: u32 = 0;
const ONE_BYTE: u32 = 1;
const OWN_CODE: u32 = 2;

const decoded = memory.data(131136);
const weightStates = memory.data(512);
const weights = memory.data(320);
/** By weight: how many symbols have it, and where the next one's cells begin; u32 each. */
const ofWeight = memory.data(64);
const placeOfWeight = memory.data(64);
/** By the next bits: a byte, and above it how many of the bits are its code; u16. */
const codes = memory.data(4096);
let codeBits: u32 = 0;

/** The literals of the block that was read last, and where what follows them begins. */
export let literals: usize = 0;
export let literalsEnd: usize = 0;
export let behindLiterals: usize = 0;

/** To be called before a frame's first block: it may not use the code of another. */
export function forgetCode(): void {
  codeBits = 0;
}

/** Reads a block's literals. @returns whether they are sound */
export function readLiterals(at: usize, end: usize): bool {
  if (at >= end) return false;
  const first = load<u32>(at);
  const kind = first & 3;
  const format = (first >> 2) & 3;
  if (kind == PLAIN || kind == ONE_BYTE) {
    const header: usize = (format & 1) == 0 ? 1 : format == 1 ? 2 : 3;
    const size = <usize>((format & 1) == 0 ? (first & 0xff) >> 3 : format == 1 ? (first & 0xffff) >> 4 : (first & 0xffffff) >> 4);
    const held = kind == PLAIN ? size : 1;
    if (size > MOST_BYTES || header + held > end - at) return false;
    if (kind == PLAIN) literals = at + header;
    else {
      memory.fill(decoded, load<u8>(at + header), size);
      literals = decoded;
    }
    literalsEnd = literals + size;
    behindLiterals = at + header + held;
    return true;
  }
  const header: usize = format < 2 ? 3 : <usize>format + 2;
  const width: u64 = format < 2 ? 10 : format == 2 ? 14 : 18;
  const sizes = load<u64>(at) >> 4;
  const size = <usize>(sizes & ((1 << width) - 1));
  const held = <usize>((sizes >> width) & ((1 << width) - 1));
  if (size > MOST_BYTES || header + held > end - at) return false;
  let from = at + header;
  const to = from + held;
  if (kind == OWN_CODE) {
    from = readCode(from, to);
    if (from == 0) return false;
  } else if (codeBits == 0) return false;
  literals = decoded;
  literalsEnd = decoded + size;
  behindLiterals = to;
  return format == 0 ? decodeOne(from, to, decoded, literalsEnd) : decodeFour(from, to, size);
}

/** RFC 8878, 4.2.1: the weights of a code. Returns where they end, 0 where they are damaged. */
function readCode(at: usize, end: usize): usize {
  if (at >= end) return 0;
  const header = <u32>load<u8>(at++);
  let count: u32;
  let behind: usize;
  if (header >= 128) {
    count = header - 127;
    behind = at + ((count + 1) >> 1);
    if (behind > end) return 0;
    for (let index: u32 = 0; index < count; index += 2) {
      const pair = load<u8>(at + (index >> 1));
      store<u8>(weights + index, pair >> 4);
      store<u8>(weights + index, pair & 15, 1);
    }
  } else {
    behind = at + header;
    if (behind > end) return 0;
    count = readWeights(at, behind);
    if (count == 0) return 0;
  }
  return makeCodes(count) ? behind : 0;
}

/** Weights that are coded by two states in turn. Returns how many there are, 0 where they are damaged. */
function readWeights(at: usize, end: usize): u32 {
  const symbols = readCounts(at, end, MOST_WEIGHT + 1, WEIGHT_BITS);
  if (symbols == 0 || !makeStates(symbols, tableBits, 0, 0, weightStates)) return 0;
  const start = tableEnd;
  const last = start < end ? <u32>load<u8>(end - 1) : 0;
  if (last == 0) return 0;
  /** Bits that are left. */
  let left = (<i32>(end - start) << 3) - (<i32>clz<u32>(last) - 23);
  left -= <i32>tableBits;
  let one = takeBits(start, left, <i32>tableBits);
  left -= <i32>tableBits;
  let two = takeBits(start, left, <i32>tableBits);
  if (left < 0) return 0;
  let count: u32 = 0;
  while (count < MOST_WEIGHTS - 1) {
    const cell = weightStates + (<usize>one << CELL_SHIFT);
    store<u8>(weights + count++, load<u8>(cell));
    const width = <i32>load<u8>(cell, 5);
    left -= width;
    if (left < 0) {
      store<u8>(weights + count++, load<u8>(weightStates + (<usize>two << CELL_SHIFT)));
      return count;
    }
    const next = <u32>load<u16>(cell, 6) + takeBits(start, left, width);
    one = two;
    two = next;
  }
  return 0;
}

/** Bits of a stream, at most 9 of them, from the `place`-th on. */
function takeBits(start: usize, place: i32, width: i32): u32 {
  if (place < 0) return 0;
  return (load<u32>(start + (place >> 3)) >>> (place & 7)) & ((1 << width) - 1);
}

/** Makes the table of a code. The last weight is the one that makes it complete. */
function makeCodes(count: u32): bool {
  memory.fill(ofWeight, 0, 64);
  let sum: u32 = 0;
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const weight = <usize>load<u8>(weights + symbol);
    if (weight > MOST_WEIGHT) return false;
    store<u32>(ofWeight + (weight << 2), load<u32>(ofWeight + (weight << 2)) + 1);
    sum += (<u32>1 << <u32>weight) >> 1;
  }
  if (sum == 0) return false;
  const bits: u32 = 32 - clz<u32>(sum);
  if (bits > MOST_CODE_BITS) return false;
  const rest: u32 = (1 << bits) - sum;
  if ((rest & (rest - 1)) != 0) return false;
  const last = <usize>(32 - clz<u32>(rest));
  store<u8>(weights + count, <u8>last);
  store<u32>(ofWeight + (last << 2), load<u32>(ofWeight + (last << 2)) + 1);
  // As zstd has it: of the longest codes there are two or more, and of these an even number.
  const longest = load<u32>(ofWeight, 4);
  if (longest < 2 || (longest & 1) != 0) return false;
  let place: u32 = 0;
  for (let weight: u32 = 1; weight <= bits; weight++) {
    store<u32>(placeOfWeight + (weight << 2), place);
    place += load<u32>(ofWeight + (weight << 2)) << (weight - 1);
  }
  for (let symbol: u32 = 0; symbol <= count; symbol++) {
    const weight = <u32>load<u8>(weights + symbol);
    if (weight == 0) continue;
    const cells: u32 = 1 << (weight - 1);
    const from = load<u32>(placeOfWeight + (weight << 2));
    store<u32>(placeOfWeight + (weight << 2), from + cells);
    const entry = <u16>(symbol | ((bits + 1 - weight) << 8));
    for (let at = from; at < from + cells; at++) store<u16>(codes + (<usize>at << 1), entry);
  }
  codeBits = bits;
  return true;
}

/** Decodes one stream, [start, end), to [to, limit). */
function decodeOne(start: usize, end: usize, to: usize, limit: usize): bool {
  const last = start < end ? <u32>load<u8>(end - 1) : 0;
  if (last == 0) return false;
  return finish(start, end - 8, <u64>(clz<u32>(last) - 23), to, limit);
}

/** Goes on with a stream, of which so many bits of the 8 bytes at `at` are used, and which is to end at its start. */
function finish(start: usize, at: usize, used: u64, to: usize, limit: usize): bool {
  const shift = <u64>(64 - codeBits);
  while (to < limit) {
    at -= <usize>(used >> 3);
    used &= 7;
    if (at + 8 < start) return false;
    const entry = <u32>load<u16>(codes + (<usize>((load<u64>(at) << used) >> shift) << 1));
    store<u8>(to++, <u8>entry);
    used += <u64>(entry >> 8);
  }
  return ((<i32>at - <i32>start) << 3) + 64 == <i32>used;
}

/** Decodes four streams together, so that the processor need not wait for each look-up. */
function decodeFour(at: usize, end: usize, size: usize): bool {
  if (at + 10 > end) return false;
  const start1 = at + 6;
  const start2 = start1 + <usize>load<u16>(at);
  const start3 = start2 + <usize>load<u16>(at, 2);
  const start4 = start3 + <usize>load<u16>(at, 4);
  if (start4 >= end) return false;
  const last1 = <u32>load<u8>(start2 - 1);
  const last2 = <u32>load<u8>(start3 - 1);
  const last3 = <u32>load<u8>(start4 - 1);
  const last4 = <u32>load<u8>(end - 1);
  const each = (size + 3) >> 2;
  if (last1 == 0 || last2 == 0 || last3 == 0 || last4 == 0 || each * 3 > size) return false;
  if (start2 == start1 || start3 == start2 || start4 == start3) return false;
  let at1 = start2 - 8;
  let at2 = start3 - 8;
  let at3 = start4 - 8;
  let at4 = end - 8;
  let used1 = <u64>(clz<u32>(last1) - 23);
  let used2 = <u64>(clz<u32>(last2) - 23);
  let used3 = <u64>(clz<u32>(last3) - 23);
  let used4 = <u64>(clz<u32>(last4) - 23);
  const to2 = decoded + each;
  const to3 = to2 + each;
  const to4 = to3 + each;
  const limit = decoded + size;
  const shift = <u64>(64 - codeBits);
  let to: usize = decoded;
  // Five codes of 11 bits and 7 bits that are used already are no more than 64.
  while (to + (to4 - decoded) + 5 <= limit) {
    at1 -= <usize>(used1 >> 3);
    at2 -= <usize>(used2 >> 3);
    at3 -= <usize>(used3 >> 3);
    at4 -= <usize>(used4 >> 3);
    if (at1 + 8 < start1 || at2 + 8 < start2 || at3 + 8 < start3 || at4 + 8 < start4) return false;
    used1 &= 7;
    used2 &= 7;
    used3 &= 7;
    used4 &= 7;
    const bits1 = load<u64>(at1);
    const bits2 = load<u64>(at2);
    const bits3 = load<u64>(at3);
    const bits4 = load<u64>(at4);
    for (let step: usize = 0; step < 5; step++) {
      const entry1 = <u32>load<u16>(codes + (<usize>((bits1 << used1) >> shift) << 1));
      const entry2 = <u32>load<u16>(codes + (<usize>((bits2 << used2) >> shift) << 1));
      const entry3 = <u32>load<u16>(codes + (<usize>((bits3 << used3) >> shift) << 1));
      const entry4 = <u32>load<u16>(codes + (<usize>((bits4 << used4) >> shift) << 1));
      store<u8>(to + step, <u8>entry1);
      store<u8>(to + each + step, <u8>entry2);
      store<u8>(to + each * 2 + step, <u8>entry3);
      store<u8>(to + each * 3 + step, <u8>entry4);
      used1 += <u64>(entry1 >> 8);
      used2 += <u64>(entry2 >> 8);
      used3 += <u64>(entry3 >> 8);
      used4 += <u64>(entry4 >> 8);
    }
    to += 5;
  }
  return (
    finish(start1, at1, used1, to, to2) &&
    finish(start2, at2, used2, to + each, to3) &&
    finish(start3, at3, used3, to + each * 2, to4) &&
    finish(start4, at4, used4, to + each * 3, limit)
  );
}
