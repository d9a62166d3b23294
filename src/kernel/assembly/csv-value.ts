// Texts of CSV and TSV cells to the values of a node.
import { BACKSLASH, LINE_FEED, QUOTE } from './csv-frame';
import { countDigits, digitsValue, loadDigits } from './digits';
import { fillNull } from './fill';
import { misfit, reset, value } from './json';
import { Node, NUMBER_FLOAT, OUT_BOOL, OUT_DOUBLE, OUT_SLICE, OUT_TIME } from './node';
import { readNumber } from './number';
import { space } from './skip';
import { takeNumber, takeText } from './take';

/** Where cells are written without quotes or escapes: as large as the input. JSON cells stay until the next scan. */
let texts: usize = 0;

export function setTexts(room: usize): void {
  texts = room;
}

/** Takes [p, end) as a string, a time or an enum's symbol. */
export function takePlainText(node: Node, p: usize, end: usize, row: i32): bool {
  return takeText(node, p, end, false, row);
}

/** Takes the number read last. */
function takeRead(node: Node, row: i32): bool {
  return takeNumber(node, row);
}

const NULL_TEXT = memory.data<u8>([0x6e, 0x75, 0x6c, 0x6c]);

export function takeNull(node: Node, row: i32): void {
  fillNull(node, row);
  // A union of null and several types has no flag for null: its slice says so.
  if (node.out == OUT_SLICE && node.nulls == 0) takeSlice(node, NULL_TEXT, NULL_TEXT + 4, row);
}

function takeSlice(node: Node, start: usize, end: usize, row: i32): void {
  store<u32>(node.column + ((<usize>row) << 2), <u32>start);
  store<u32>(node.side + ((<usize>row) << 2), <u32>end);
}

/** Takes [p, end) as a string that has doubled quotes (CSV) or backslashes (TSV). */
export function takeEscapedText(node: Node, p: usize, end: usize, mark: u32, row: i32): bool {
  return takePlainText(node, texts, unescaped(p, end, mark, texts), row);
}

/** No byte. */
const NONE: u32 = 256;

/** Writes the cell [p, end) without doubled quotes or escapes to `target`; where that ends. */
function unescaped(p: usize, end: usize, mark: u32, target: usize): usize {
  while (p < end) {
    let c = <u32>load<u8>(p++);
    if (c != mark) {
      // As it is.
    } else if (c == QUOTE) {
      p++;
    } else if (p < end) {
      const next = <u32>load<u8>(p);
      let plain: u32 = NONE;
      if (next == 0x30) plain = 0;
      else if (next == 0x74) plain = 0x09;
      else if (next == 0x6e) plain = LINE_FEED;
      else if (next == 0x72) plain = 0x0d;
      else if (next == BACKSLASH) plain = BACKSLASH;
      if (plain != NONE) {
        c = plain;
        p++;
      }
    }
    store<u8>(target++, c);
  }
  return target;
}

/** Takes [p, end) as JSON text, escaped if `mark` is not 0. It is copied: it may have been escaped, and what follows it must not be read. */
export function takeJson(node: Node, p: usize, end: usize, mark: u32, row: i32): bool {
  const start = texts;
  texts = unescaped(p, end, mark, start);
  // Scanners of lines stop at a line feed. Between values a carriage return says the same, in a string both are wrong.
  for (let at = start; at < texts; at++) if (load<u8>(at) == LINE_FEED) store<u8>(at, 0x0d);
  store<u8>(texts, 0);
  reset();
  const first = space(start);
  const last = value(node, first, row);
  if (last == 0 || misfit || space(last) != texts) return false;
  texts++;
  if (node.out == OUT_SLICE && node.nulls == 0) takeSlice(node, first, last, row);
  return true;
}

export function takeBool(node: Node, p: usize, end: usize, row: i32): bool {
  const length = end - p;
  let yes: u8 = 0;
  if (length == 1) {
    yes = load<u8>(p) - 0x30;
    if (yes > 1) return false;
  } else if (length == 4 && (load<u32>(p) | 0x20202020) == 0x65757274) {
    yes = 1;
  } else if (length != 5 || (load<u8>(p) | 0x20) != 0x66 || (load<u32>(p, 1) | 0x20202020) != 0x65736c61) {
    return false;
  }
  if (node.out == OUT_BOOL) store<u8>(node.column + <usize>row, yes);
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  return true;
}

function isDigit(p: usize, end: usize): bool {
  return p < end && (<u32>load<u8>(p)) - 48 <= 9;
}

/** A number as JSON has it, or with a plus sign, leading zeros, no digits before or behind its point; NaN, Infinity. */
export function takeNumberText(node: Node, p: usize, end: usize, row: i32): bool {
  if (readNumber(p) == end) return takeRead(node, row);
  let target = texts;
  const negative = load<u8>(p) == 0x2d;
  if (negative) store<u8>(target++, 0x2d);
  if (negative || load<u8>(p) == 0x2b) p++;
  const whole = p;
  while (isDigit(p + 1, end) && load<u8>(p) == 0x30) p++;
  if (!isDigit(p, end)) {
    if (!(p < end && load<u8>(p) == 0x2e && isDigit(p + 1, end))) return takeNoNumber(node, whole, end, negative, row);
    store<u8>(target++, 0x30);
  }
  while (isDigit(p, end)) store<u8>(target++, load<u8>(p++));
  if (p < end && load<u8>(p) == 0x2e && !isDigit(p + 1, end)) p++;
  while (p < end) store<u8>(target++, load<u8>(p++));
  store<u8>(target, 0);
  return readNumber(texts) == target && takeRead(node, row);
}

function takeNoNumber(node: Node, p: usize, end: usize, negative: bool, row: i32): bool {
  if (node.number < NUMBER_FLOAT || node.out == OUT_TIME) return false;
  const length = end - p;
  const head = load<u32>(p) | 0x20202020;
  let double: f64;
  // nan, inf, infinity
  if (length == 3 && (head & 0xffffff) == 0x6e616e) double = NaN;
  else if (
    (length == 3 && (head & 0xffffff) == 0x666e69) ||
    (length == 8 && head == 0x69666e69 && (load<u32>(p, 4) | 0x20202020) == 0x7974696e)
  ) double = Infinity;
  else return false;
  if (node.out == OUT_DOUBLE) store<f64>(node.column + ((<usize>row) << 3), negative ? -double : double);
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  return true;
}

const POWERS = memory.data<f64>([1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]);

/**
 * Reads a number of up to 7 digits, a point and up to 8 digits at p for a float or double; its end, or 0 for any
 * other. Fifteen digits and a power of ten are exact, so that their quotient is rounded once.
 */
export function takeShortDecimal(node: Node, p: usize, row: i32): usize {
  if (node.number < NUMBER_FLOAT || node.out == OUT_TIME) return 0;
  const negative = load<u8>(p) == 0x2d;
  if (negative) p++;
  const whole = loadDigits(p);
  const count = countDigits(whole);
  if (count == 0 || count == 8) return 0;
  let double = <f64>digitsValue(whole, count);
  p += <usize>count;
  if (load<u8>(p) == 0x2e) {
    const fraction = loadDigits(++p);
    const places = countDigits(fraction);
    if (places == 0) return 0;
    const power = load<f64>(POWERS + (<usize>places << 3));
    double = (double * power + <f64>digitsValue(fraction, places)) / power;
    p += <usize>places;
  }
  if (node.out == OUT_DOUBLE) store<f64>(node.column + ((<usize>row) << 3), negative ? -double : double);
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  return p;
}
