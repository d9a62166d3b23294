// Rows of columns as JSON, a record a line.

const CELL_TEXT: u32 = 0;
const CELL_TIME: u32 = 1;
const CELL_NUMBER: u32 = 2;
const CELL_BOOL: u32 = 3;

const DAY_MS: f64 = 86_400_000;
/** Of whole numbers below this each is a double, and of decimals with up to 15 digits no two are the same double. */
const MOST_WHOLE: f64 = 9_007_199_254_740_991;
const MOST_SCALED: f64 = 1_000_000_000_000_000;
const MOST_DECIMALS: u32 = 6;

/** Written and read by ../row-writer.ts. */
@unmanaged
class Rows {
  cells: usize;
  cellCount: u32;
  /** By place the row, i32; 0 where they are the same. */
  selection: usize;
  /** Where the next row is written, and where there is no more room. */
  to: usize;
  end: usize;
  /** What a row takes besides its texts, at most. */
  fixed: u32;
}

/** One column, by addresses. */
@unmanaged
class Cell {
  /** The bytes before the value, padded to whole blocks of 16. */
  lead: usize;
  leadLength: u32;
  kind: u32;
  /** Ids (i32), epoch milliseconds or numbers (f64), or bools (u8). */
  column: usize;
  /** A byte a row, 1 for null; 0 where no row is. */
  nulls: usize;
  /** The texts: one behind the other, and where each starts (u32). */
  bytes: usize;
  starts: usize;
  /** Of a time: 10, 16 or 19 characters, the separator, the digits of the fraction, and what stands behind them. */
  timeLength: u32;
  separator: u32;
  digits: u32;
  zoneLength: u32;
  zone: u64;
  /** What its clock is ahead of UTC. */
  offsetMs: f64;
  /** The date that was written last: its day since the epoch, and its text. */
  day: i32;
  dateEnd: u32;
  date: u64;
}
const CELL_BYTES: usize = 80;

/**
 * Writes rows from place `at` to `count` as lines; the first that was not written: there is no room, or one of its
 * values is left to the caller.
 */
export function writeRows(rowsAt: usize, at: u32, count: u32): u32 {
  const rows = changetype<Rows>(rowsAt);
  const cells = rows.cells;
  const cellsEnd = cells + <usize>rows.cellCount * CELL_BYTES;
  const limit = rows.end - <usize>rows.fixed;
  const selection = rows.selection;
  let line = rows.to;
  for (; at < count && line <= limit; at++) {
    const row = <usize>(selection == 0 ? at : load<u32>(selection + ((<usize>at) << 2)));
    let p = line;
    for (let cellAt = cells; cellAt < cellsEnd && p != 0; cellAt += CELL_BYTES) {
      const cell = changetype<Cell>(cellAt);
      p = copy(cell.lead, cell.leadLength, p);
      if (cell.nulls != 0 && load<u8>(cell.nulls + row) == 1) {
        store<u32>(p, 0x6c6c756e);
        p += 4;
      } else if (cell.kind == CELL_TEXT) {
        const start = cell.starts + ((<usize>load<u32>(cell.column + (row << 2))) << 2);
        const from = load<u32>(start);
        const length = load<u32>(start, 4) - from;
        // Each byte may take six: \u0000.
        p = p + <usize>length * 6 > limit ? 0 : writeText(cell.bytes + <usize>from, <usize>length, p);
      } else if (cell.kind == CELL_TIME) {
        p = writeTime(cell, load<f64>(cell.column + (row << 3)), p);
      } else if (cell.kind == CELL_NUMBER) {
        p = writeNumber(load<f64>(cell.column + (row << 3)), p);
      } else if (load<u8>(cell.column + row) == 1) {
        store<u32>(p, 0x65757274);
        p += 4;
      } else {
        store<u64>(p, 0x65736c6166);
        p += 5;
      }
    }
    if (p == 0) break;
    store<u16>(p, 0x0a7d);
    line = p + 2;
  }
  rows.to = line;
  return at;
}

/** Copies in blocks of 16, which may go beyond the end; the end. */
// @ts-ignore: decorator
@inline
function copy(from: usize, length: u32, to: usize): usize {
  for (let at: usize = 0; at < <usize>length; at += 16) v128.store(to + at, v128.load(from + at));
  return to + <usize>length;
}

/** UTF-8 as a JSON string. */
function writeText(from: usize, length: usize, to: usize): usize {
  store<u8>(to++, 0x22);
  const end = from + length;
  while (from < end) {
    const block = v128.load(from);
    const special = v128.or(
      i8x16.lt_u(block, i8x16.splat(0x20)),
      v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))),
    );
    const plain = min(<usize>ctz(i8x16.bitmask(special) | 0x10000), end - from);
    v128.store(to, block);
    to += plain;
    from += plain;
    if (plain < 16 && from < end) to = writeEscaped(load<u8>(from++), to);
  }
  store<u8>(to, 0x22);
  return to + 1;
}

/** A character that JSON must not have as it is (RFC 8259, section 7), in its short form where it has one. */
function writeEscaped(byte: u32, to: usize): usize {
  store<u8>(to, 0x5c);
  let short: u32 = 0;
  if (byte == 0x22 || byte == 0x5c) short = byte;
  else if (byte == 0x08) short = 0x62;
  else if (byte == 0x09) short = 0x74;
  else if (byte == 0x0a) short = 0x6e;
  else if (byte == 0x0c) short = 0x66;
  else if (byte == 0x0d) short = 0x72;
  if (short != 0) {
    store<u8>(to, <u8>short, 1);
    return to + 2;
  }
  const low = byte & 15;
  store<u32>(to, 0x303075, 1);
  store<u8>(to, <u8>(0x30 + (byte >> 4)), 4);
  store<u8>(to, <u8>(low < 10 ? 0x30 + low : 0x57 + low), 5);
  return to + 6;
}

/** A time as the text that it came as; 0 for a year that four digits do not hold. */
function writeTime(cell: Cell, millis: f64, to: usize): usize {
  const wall = floor(millis) + cell.offsetMs;
  const dayOf = floor(wall / DAY_MS);
  const day = <i32>dayOf;
  if (day != cell.day && !setDate(cell, day)) return 0;
  store<u8>(to, 0x22);
  store<u64>(to, cell.date, 1);
  store<u16>(to, <u16>cell.dateEnd, 9);
  let p = to + 11;
  if (cell.timeLength > 10) {
    const inDay = <u32>(wall - dayOf * DAY_MS);
    const seconds = inDay / 1000;
    const minutes = seconds / 60;
    store<u8>(p, <u8>cell.separator);
    writeTwo(p + 1, minutes / 60);
    store<u8>(p, 0x3a, 3);
    writeTwo(p + 4, minutes % 60);
    p += 6;
    if (cell.timeLength > 16) {
      store<u8>(p, 0x3a);
      writeTwo(p + 1, seconds % 60);
      p += 3;
      if (cell.digits > 0) {
        const fraction = inDay % 1000;
        store<u8>(p, 0x2e);
        store<u8>(p, <u8>(0x30 + fraction / 100), 1);
        writeTwo(p + 2, fraction % 100);
        p += 1 + <usize>cell.digits;
      }
    }
  }
  store<u64>(p, cell.zone);
  p += <usize>cell.zoneLength;
  store<u8>(p, 0x22);
  return p + 1;
}

/** Keeps the text of a day since the epoch (Hinnant, "chrono-compatible low-level date algorithms"). */
function setDate(cell: Cell, day: i32): bool {
  // Years 0 to 9999.
  if (day < -719_528 || day > 2_932_896) return false;
  const shifted = <u32>(day + 719_468 + 146_097);
  const era = shifted / 146_097;
  const dayOfEra = shifted % 146_097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shiftedMonth = (5 * dayOfYear + 2) / 153;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 - 400 + (month <= 2 ? 1 : 0);
  const text = changetype<usize>(cell) + offsetof<Cell>('date');
  writeTwo(text, year / 100);
  writeTwo(text + 2, year % 100);
  store<u8>(text, 0x2d, 4);
  writeTwo(text + 5, month);
  store<u8>(text, 0x2d, 7);
  cell.dateEnd = twoDigits(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1);
  cell.day = day;
  return true;
}

// @ts-ignore: decorator
@inline
function twoDigits(value: u32): u32 {
  const tens = value / 10;
  return (0x30 + tens) | ((0x30 + value - tens * 10) << 8);
}

// @ts-ignore: decorator
@inline
function writeTwo(p: usize, value: u32): void {
  store<u16>(p, <u16>twoDigits(value));
}

/**
 * A number in its shortest form that reads back as the same double; 0 for one that is left to the caller: -0, what is
 * not finite, and what is neither whole nor has up to six decimals.
 */
function writeNumber(value: f64, to: usize): usize {
  let scaled = value;
  let decimals: u32 = 0;
  if (trunc(value) == value) {
    if (abs(value) > MOST_WHOLE || reinterpret<u64>(value) == 0x8000000000000000) return 0;
  } else {
    let scale: f64 = 1;
    do {
      if (decimals == MOST_DECIMALS) return 0;
      scale *= 10;
      decimals++;
      scaled = nearest(value * scale);
      if (!(abs(scaled) < MOST_SCALED)) return 0;
    } while (scaled / scale != value);
  }
  if (value < 0) store<u8>(to++, 0x2d);
  let rest = <u64>abs(scaled);
  if (decimals == 0) return writeWhole(rest, to);
  let scale: u64 = 1;
  for (let power: u32 = 0; power < decimals; power++) scale *= 10;
  const whole = rest / scale;
  rest -= whole * scale;
  to = writeWhole(whole, to);
  store<u8>(to, 0x2e);
  for (let place = decimals; place > 0; place--) {
    const tenth = rest / 10;
    store<u8>(to + <usize>place, <u8>(0x30 + rest - tenth * 10));
    rest = tenth;
  }
  return to + 1 + <usize>decimals;
}

function writeWhole(value: u64, to: usize): usize {
  let length: usize = 1;
  for (let power: u64 = 10; value >= power; power *= 10) length++;
  let p = to + length;
  while (value > 0xffffffff) {
    const tenth = value / 10;
    store<u8>(--p, <u8>(0x30 + value - tenth * 10));
    value = tenth;
  }
  let rest = <u32>value;
  do {
    const tenth = rest / 10;
    store<u8>(--p, <u8>(0x30 + rest - tenth * 10));
    rest = tenth;
  } while (p > to);
  return to + length;
}
