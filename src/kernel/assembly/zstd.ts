// Compressed blocks of Zstandard (RFC 8878, 3.1.1.3): literals, and sequences that say how many of them come next and
// what is then copied from before. As of literals, a stream's bits are read from its end back to its start.

import { copy, repeat } from './copies';
import { CELL_SHIFT, makeOneState, makeStates, readCounts, setCounts, tableBits, tableEnd } from './fse';
import { behindLiterals, forgetCode, literals, literalsEnd, readLiterals } from './zstd-literals';

/** How the table of a kind of number is given. */
const PREDEFINED: u32 = 0;
const ONE: u32 = 1;
const OWN: u32 = 2;

/** One of the three kinds of numbers of a sequence. */
@unmanaged
class Numbers {
  /** How many symbols there are, and the most bits of a state. */
  symbols: u32;
  mostBits: u32;
  /** By symbol. */
  bases: usize;
  further: usize;
  /** The probabilities to be taken where none are given, i8 each, and the bits of their states. */
  predefined: usize;
  predefinedSymbols: u32;
  predefinedBits: u32;
  table: usize;
  /** Of the table's states; it has none yet where `isKnown` is 0. */
  bits: u32;
  isKnown: u32;
}

// RFC 8878, 3.1.1.3.2.1.1 and 3.1.1.3.2.2.
const RUN_FURTHER = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const RUN_COUNTS = memory.data<i8>([
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
]);
const MATCH_FURTHER = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3,
  3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const MATCH_COUNTS = memory.data<i8>([
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
]);
const OFFSET_COUNTS = memory.data<i8>([
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
]);
const RUN_SYMBOLS: u32 = 36;
const MATCH_SYMBOLS: u32 = 53;
const OFFSET_SYMBOLS: u32 = 32;
const LEAST_MATCH: u32 = 3;

const offsetFurther = memory.data(32);
const runBases = memory.data(144);
const matchBases = memory.data(212);
const offsetBases = memory.data(128);
for (let symbol: u32 = 0, base: u32 = 0; symbol < RUN_SYMBOLS; symbol++) {
  store<u32>(runBases + (symbol << 2), base);
  base += 1 << load<u8>(RUN_FURTHER + symbol);
}
for (let symbol: u32 = 0, base: u32 = LEAST_MATCH; symbol < MATCH_SYMBOLS; symbol++) {
  store<u32>(matchBases + (symbol << 2), base);
  base += 1 << load<u8>(MATCH_FURTHER + symbol);
}
for (let symbol: u32 = 0; symbol < OFFSET_SYMBOLS; symbol++) {
  store<u32>(offsetBases + (symbol << 2), 1 << symbol);
  store<u8>(offsetFurther + symbol, <u8>symbol);
}

// 2 ** mostBits cells of 8 bytes each.
const runTable = memory.data(4096);
const matchTable = memory.data(4096);
const offsetTable = memory.data(2048);

const runs = changetype<Numbers>(memory.data(40));
const offsets = changetype<Numbers>(memory.data(40));
const matches = changetype<Numbers>(memory.data(40));
describeNumbers(runs, RUN_SYMBOLS, 9, runBases, RUN_FURTHER, RUN_COUNTS, 36, 6, runTable);
describeNumbers(offsets, OFFSET_SYMBOLS, 8, offsetBases, offsetFurther, OFFSET_COUNTS, 29, 5, offsetTable);
describeNumbers(matches, MATCH_SYMBOLS, 9, matchBases, MATCH_FURTHER, MATCH_COUNTS, 53, 6, matchTable);

function describeNumbers(
  numbers: Numbers,
  symbols: u32,
  mostBits: u32,
  bases: usize,
  further: usize,
  predefined: usize,
  predefinedSymbols: u32,
  predefinedBits: u32,
  table: usize,
): void {
  numbers.symbols = symbols;
  numbers.mostBits = mostBits;
  numbers.bases = bases;
  numbers.further = further;
  numbers.predefined = predefined;
  numbers.predefinedSymbols = predefinedSymbols;
  numbers.predefinedBits = predefinedBits;
  numbers.table = table;
}

/** The offsets that were used last. */
let last1: usize = 1;
let last2: usize = 4;
let last3: usize = 8;

/** To be called before the first block of a frame. */
export function beginZstd(): void {
  forgetCode();
  runs.isKnown = 0;
  offsets.isKnown = 0;
  matches.isKnown = 0;
  last1 = 1;
  last2 = 4;
  last3 = 8;
}

/**
 * Decompresses a compressed block: [at, end) to [to, limit); its copies may reach back to `start`. Up to 16 bytes are
 * read behind `end`, and written behind what it gives. Returns where that ends; 0 where the block is damaged or holds
 * more.
 */
export function unpackZstd(at: usize, end: usize, to: usize, limit: usize, start: usize): usize {
  if (!readLiterals(at, end)) return 0;
  at = behindLiterals;
  if (at >= end) return 0;
  let count = <u32>load<u8>(at++);
  if (count == 255) {
    if (at + 2 > end) return 0;
    count = <u32>load<u16>(at) + 0x7f00;
    at += 2;
  } else if (count >= 128) {
    if (at >= end) return 0;
    count = ((count - 128) << 8) | <u32>load<u8>(at++);
  }
  if (count == 0) return at == end ? rest(literals, to, limit) : 0;
  if (at >= end) return 0;
  const kinds = <u32>load<u8>(at++);
  if ((kinds & 3) != 0) return 0;
  at = readNumbers(runs, kinds >> 6, at, end);
  if (at != 0) at = readNumbers(offsets, (kinds >> 4) & 3, at, end);
  if (at != 0) at = readNumbers(matches, (kinds >> 2) & 3, at, end);
  return at == 0 ? 0 : followSequences(at, end, count, to, limit, start);
}

/** Makes the table of a kind of number. Returns where what it is made of ends; 0 where that is damaged. */
function readNumbers(numbers: Numbers, kind: u32, at: usize, end: usize): usize {
  if (kind == PREDEFINED) {
    setCounts(numbers.predefined, numbers.predefinedSymbols);
    numbers.bits = numbers.predefinedBits;
    makeStates(numbers.predefinedSymbols, numbers.bits, numbers.bases, numbers.further, numbers.table);
  } else if (kind == ONE) {
    const symbol = at < end ? <u32>load<u8>(at) : numbers.symbols;
    if (symbol >= numbers.symbols) return 0;
    makeOneState(symbol, numbers.bases, numbers.further, numbers.table);
    numbers.bits = 0;
    at++;
  } else if (kind == OWN) {
    const symbols = readCounts(at, end, numbers.symbols, numbers.mostBits);
    if (symbols == 0) return 0;
    numbers.bits = tableBits;
    at = tableEnd;
    if (!makeStates(symbols, numbers.bits, numbers.bases, numbers.further, numbers.table)) return 0;
  } else if (numbers.isKnown == 0) return 0;
  numbers.isKnown = 1;
  return at;
}

/** The literals behind the last sequence. */
function rest(from: usize, to: usize, limit: usize): usize {
  const length = literalsEnd - from;
  if (length > limit - to) return 0;
  memory.copy(to, from, length);
  return to + length;
}

function followSequences(first: usize, end: usize, count: u32, to: usize, limit: usize, start: usize): usize {
  const last = first < end ? <u32>load<u8>(end - 1) : 0;
  if (last == 0) return 0;
  let at = end - 8;
  let used = <u64>(clz<u32>(last) - 23);
  let bits = load<u64>(at);
  // A shift by 64 − width in two steps: a width may be 0.
  let run = <usize>((bits << used) >> 1 >> (63 - <u64>runs.bits));
  used += runs.bits;
  let offset = <usize>((bits << used) >> 1 >> (63 - <u64>offsets.bits));
  used += offsets.bits;
  let match = <usize>((bits << used) >> 1 >> (63 - <u64>matches.bits));
  used += matches.bits;
  let from = literals;
  while (true) {
    at -= <usize>(used >> 3);
    used &= 7;
    if (at + 8 < first) return 0;
    bits = load<u64>(at);
    const runCell = load<u64>(runTable + (run << CELL_SHIFT));
    const offsetCell = load<u64>(offsetTable + (offset << CELL_SHIFT));
    const matchCell = load<u64>(matchTable + (match << CELL_SHIFT));

    const offsetBits = (offsetCell >> 32) & 0xff;
    const matchBits = (matchCell >> 32) & 0xff;
    const runBits = (runCell >> 32) & 0xff;
    let distance = <usize>offsetCell + <usize>((bits << used) >> 1 >> (63 - offsetBits));
    used += offsetBits;
    const length = <usize>matchCell + <usize>((bits << used) >> 1 >> (63 - matchBits));
    used += matchBits;
    // 26 bits at most lead to the next states.
    if (offsetBits + matchBits + runBits > 31) {
      at -= <usize>(used >> 3);
      used &= 7;
      if (at + 8 < first) return 0;
      bits = load<u64>(at);
    }
    const plain = <usize>runCell + <usize>((bits << used) >> 1 >> (63 - runBits));
    used += runBits;

    if (distance > 3) {
      distance -= 3;
      last3 = last2;
      last2 = last1;
      last1 = distance;
    } else {
      if (plain == 0) distance++;
      if (distance == 1) distance = last1;
      else {
        const before = distance;
        distance = before == 2 ? last2 : before == 3 ? last3 : last1 - 1;
        if (before != 2) last3 = last2;
        last2 = last1;
        last1 = distance;
      }
    }

    if (plain > literalsEnd - from || plain + length > limit - to) return 0;
    copy(from, to, plain);
    from += plain;
    to += plain;
    if (distance - 1 >= to - start) return 0;
    repeat(to, distance, length);
    to += length;

    if (--count == 0) break;
    const runWidth = (runCell >> 40) & 0xff;
    run = <usize>(runCell >> 48) + <usize>((bits << used) >> 1 >> (63 - runWidth));
    used += runWidth;
    const matchWidth = (matchCell >> 40) & 0xff;
    match = <usize>(matchCell >> 48) + <usize>((bits << used) >> 1 >> (63 - matchWidth));
    used += matchWidth;
    const offsetWidth = (offsetCell >> 40) & 0xff;
    offset = <usize>(offsetCell >> 48) + <usize>((bits << used) >> 1 >> (63 - offsetWidth));
    used += offsetWidth;
  }
  if (((<i32>at - <i32>first) << 3) + 64 != <i32>used) return 0;
  return rest(from, to, limit);
}
