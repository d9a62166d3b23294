// Tables that decode the canonical Huffman codes of Deflate (RFC 1951, 3.2.2): what the next bits of the input are is
// looked up in one step for codes of few bits, and in a second one, in a table behind the first, for longer ones.

/** The longest code. */
const MOST_BITS: u32 = 15;

/** How many codes there are of each length, and where the next symbol of that length goes; u16 each. */
const counts = memory.data(32);
const places = memory.data(32);
/** The symbols by (length of code, symbol); u16 each. */
const symbols = memory.data(576);

/** Entries. Of all: bits 0 to 4 say how many bits of input it takes. */
export const BITS: u32 = 31;
/** One literal byte, or two: bits 8 to 15, and 16 to 23. */
export const LITERAL: u32 = 1 << 5;
export const PAIR: u32 = 1 << 6;
/** None of these and not LITERAL: bits 16 to 31 are a base, to which the input's bits from bit 8 to 11 on are added. */
export const SPECIAL: u32 = 1 << 7;
/** With SPECIAL: a further table of as many bits as bits 8 to 11 say, which begins at the entry of bits 16 to 31. */
export const FURTHER: u32 = 1 << 6;
/** No code: SPECIAL without FURTHER, and not 0 from bit 16 on as the end of a block has. */
export const NO_CODE: u32 = SPECIAL | (1 << 16);

/**
 * Makes the table of a code.
 * @param lengths by symbol its code's length, u8; 0: it has none
 * @param meanings by symbol its entry but for the bits of its code, u32
 * @param table gets u32 entries: 2 ** bits, and the further tables behind them
 * @param mayBeOne whether a code of one symbol, of one bit, is one, too
 * @returns whether it is a code: complete, or of no symbol
 */
export function makeTable(lengths: usize, count: u32, meanings: usize, table: usize, bits: u32, mayBeOne: bool): bool {
  memory.fill(counts, 0, 32);
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const place = counts + (<usize>load<u8>(lengths + symbol) << 1);
    store<u16>(place, load<u16>(place) + 1);
  }
  store<u16>(counts, 0);
  let longest: u32 = 0;
  let used: u32 = 0;
  let place: u32 = 0;
  for (let length: u32 = 1; length <= MOST_BITS; length++) {
    const own = <u32>load<u16>(counts + (length << 1));
    if (own != 0) longest = length;
    store<u16>(places + (length << 1), <u16>place);
    place += own;
    used += own << (MOST_BITS - length);
  }
  const isComplete = used == 1 << MOST_BITS;
  if (!isComplete && place > 0 && !(mayBeOne && place == 1 && longest == 1)) return false;
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length = <u32>load<u8>(lengths + symbol);
    if (length == 0) continue;
    const at = places + (length << 1);
    const index = load<u16>(at);
    store<u16>(symbols + (<usize>index << 1), <u16>symbol);
    store<u16>(at, index + 1);
  }
  fill(lengths, place, isComplete, meanings, table, bits, longest);
  return true;
}

/** Codes count up, and the input has their first bit lowest: the table is doubled with each bit that they get longer. */
function fill(
  lengths: usize,
  count: u32,
  isComplete: bool,
  meanings: usize,
  table: usize,
  bits: u32,
  longest: u32,
): void {
  let filled: u32 = isComplete ? 1 : 2;
  store<u32>(table, NO_CODE);
  store<u32>(table, NO_CODE, 4);
  let code: u32 = 0;
  let index: u32 = 0;
  for (; index < count; index++) {
    const symbol = <usize>load<u16>(symbols + (<usize>index << 1));
    const length = <u32>load<u8>(lengths + symbol);
    if (length > bits) break;
    while (filled < 1 << length) {
      memory.copy(table + (<usize>filled << 2), table, <usize>filled << 2);
      filled <<= 1;
    }
    store<u32>(table + (<usize>code << 2), entryOf(load<u32>(meanings + (symbol << 2)), length));
    code = next(code, length);
  }
  while (filled < 1 << bits) {
    memory.copy(table + (<usize>filled << 2), table, <usize>filled << 2);
    filled <<= 1;
  }
  if (index < count) fillFurther(lengths, index, count, meanings, table, bits, longest, code);
}

function fillFurther(
  lengths: usize,
  index: u32,
  count: u32,
  meanings: usize,
  table: usize,
  bits: u32,
  longest: u32,
  code: u32,
): void {
  const size: u32 = 1 << (longest - bits);
  const low: u32 = (1 << bits) - 1;
  let top: u32 = 1 << bits;
  let known: u32 = 0xffffffff;
  for (; index < count; index++) {
    const symbol = <usize>load<u16>(symbols + (<usize>index << 1));
    const length = <u32>load<u8>(lengths + symbol);
    if ((code & low) != known) {
      known = code & low;
      store<u32>(table + (<usize>known << 2), SPECIAL | FURTHER | bits | ((longest - bits) << 8) | (top << 16));
      top += size;
    }
    const entry = entryOf(load<u32>(meanings + (symbol << 2)), length - bits);
    for (let at = code >> bits; at < size; at += 1 << (length - bits)) {
      store<u32>(table + (<usize>(top - size + at) << 2), entry);
    }
    code = next(code, length);
  }
}

/** Of what has further bits (8 to 11 say how many) they are taken together with the code's. */
// @ts-ignore: decorator
@inline
function entryOf(meaning: u32, length: u32): u32 {
  if ((meaning & (LITERAL | SPECIAL)) != 0) return meaning + length;
  const more = (meaning >> 8) & 15;
  return (meaning & ~(<u32>0xf00)) | (length << 8) | (length + more);
}

/** The code behind one of so many bits, both with their first bit lowest. */
// @ts-ignore: decorator
@inline
function next(code: u32, length: u32): u32 {
  let bit: u32 = 1 << (length - 1);
  while ((code & bit) != 0) bit >>= 1;
  return bit == 0 ? 0 : (code & (bit - 1)) | bit;
}

/** Puts two literals into one entry where both codes fit into a look-up. */
export function pairLiterals(table: usize, bits: u32): void {
  // Downwards: what is behind a code is found at a lower index, where there are no pairs yet.
  for (let index: i32 = (1 << bits) - 1; index >= 0; index--) {
    const entry = load<u32>(table + (<usize>index << 2));
    if ((entry & LITERAL) == 0) continue;
    const length = entry & BITS;
    const behind = load<u32>(table + (<usize>(<u32>index >> length) << 2));
    if ((behind & LITERAL) == 0 || (behind & PAIR) != 0 || length + (behind & BITS) > bits) continue;
    store<u32>(table + (<usize>index << 2), (entry + (behind & BITS)) | PAIR | ((behind & 0xff00) << 8));
  }
}
