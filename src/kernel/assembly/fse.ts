// Tables of finite state entropy as Zstandard has them (RFC 8878, 4.1): a state stands for a symbol, and says how many
// bits of input lead to which next state.

/** The probabilities of symbols, i16 each; −1: less than one cell's. */
const counts = memory.data(512);
/** By symbol: the next of its states, u16 each. */
const nextStates = memory.data(512);

/** A cell: its symbol's base (u32), its further bits (u8), the bits up to the next state (u8), the least of these (u16). */
export const CELL_SHIFT: usize = 3;

/** How the probabilities of a table are written: how many bits its states have, and where they end. */
export let tableBits: u32 = 0;
export let tableEnd: usize = 0;

/**
 * Reads probabilities (RFC 8878, 4.1.1). Up to 8 bytes are read behind `end`.
 * @param most symbols there may be
 * @param mostBits that a state may have
 * @returns how many symbols have one; 0 where they are damaged
 */
export function readCounts(at: usize, end: usize, most: u32, mostBits: u32): u32 {
  if (at >= end) return 0;
  const bits = (<u32>load<u8>(at) & 15) + 5;
  if (bits > mostBits) return 0;
  let place: usize = 4;
  let remaining: i32 = 1 << bits;
  let symbol: u32 = 0;
  while (remaining > 0) {
    if (symbol >= most || at + (place >> 3) >= end) return 0;
    const width = 32 - clz<u32>(<u32>remaining + 1);
    const value = (load<u32>(at + (place >> 3)) >>> (<u32>place & 7)) & ((1 << width) - 1);
    const low = value & ((1 << (width - 1)) - 1);
    const threshold: u32 = (1 << width) - 2 - <u32>remaining;
    let count: i32;
    if (low < threshold) {
      count = <i32>low - 1;
      place += width - 1;
    } else {
      count = <i32>(value >= 1 << (width - 1) ? value - threshold : value) - 1;
      place += width;
    }
    remaining -= count < 0 ? 1 : count;
    store<i16>(counts + (symbol++ << 1), <i16>count);
    if (count != 0) continue;
    let zeros: u32;
    do {
      if (at + (place >> 3) >= end) return 0;
      zeros = (load<u16>(at + (place >> 3)) >>> (<u32>place & 7)) & 3;
      place += 2;
      if (symbol + zeros > most) return 0;
      for (let more = zeros; more > 0; more--) store<i16>(counts + (symbol++ << 1), 0);
    } while (zeros == 3);
  }
  tableBits = bits;
  tableEnd = at + ((place + 7) >> 3);
  return remaining == 0 && tableEnd <= end ? symbol : 0;
}

/** Takes probabilities from a list of bytes. */
export function setCounts(list: usize, symbols: u32): void {
  for (let symbol: u32 = 0; symbol < symbols; symbol++) store<i16>(counts + (symbol << 1), load<i8>(list + symbol));
}

/**
 * Makes the table of the probabilities that were read or set (RFC 8878, 4.1.1): 2 ** bits cells.
 * @param bases by symbol its base, u32; 0: it is its own
 * @param further by symbol how many further bits it has, u8; 0: none have
 * @returns whether the probabilities are sound
 */
export function makeStates(symbols: u32, bits: u32, bases: usize, further: usize, table: usize): bool {
  const size: u32 = 1 << bits;
  let high = size;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const count = <i32>load<i16>(counts + (symbol << 1));
    if (count == -1) store<u32>(table + (<usize>--high << CELL_SHIFT), symbol);
    store<u16>(nextStates + (symbol << 1), <u16>(count == -1 ? 1 : count));
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let place: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    for (let more = <i32>load<i16>(counts + (symbol << 1)); more > 0; more--) {
      store<u32>(table + (<usize>place << CELL_SHIFT), symbol);
      do place = (place + step) & (size - 1);
      while (place >= high);
    }
  }
  if (place != 0) return false;
  for (let at: u32 = 0; at < size; at++) {
    const cell = table + (<usize>at << CELL_SHIFT);
    const symbol = <usize>load<u32>(cell);
    const next = <u32>load<u16>(nextStates + (symbol << 1));
    store<u16>(nextStates + (symbol << 1), <u16>(next + 1));
    const width = bits - (31 - clz<u32>(next));
    if (bases != 0) store<u32>(cell, load<u32>(bases + (symbol << 2)));
    store<u8>(cell, further == 0 ? 0 : load<u8>(further + symbol), 4);
    store<u8>(cell, <u8>width, 5);
    store<u16>(cell, <u16>((next << width) - size), 6);
  }
  return true;
}

/** A table of one state, of this symbol. */
export function makeOneState(symbol: u32, bases: usize, further: usize, table: usize): void {
  store<u32>(table, load<u32>(bases + (<usize>symbol << 2)));
  store<u32>(table, <u32>load<u8>(further + symbol), 4);
}
