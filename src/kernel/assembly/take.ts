// Strings and numbers that were read, as the values of a node.
import { find, intern } from './dictionary';
import {
  Dictionary, Node, NUMBER_FLOAT, NUMBER_INT, NUMBER_LONG, OUT_DICTIONARY, OUT_DOUBLE, OUT_LONG, OUT_NONE, OUT_TIME,
  storeLong, TEXT_ANY, TEXT_DOUBLE, TEXT_ENUM, TEXT_TIME,
} from './node';
import { FITS_LONG, INTEGRAL, numberDouble, numberFlags, numberLong } from './number';
import { hasEscapes, latinLength, stringEnd, unescaped, unescapedText } from './text';
import { timeNumber, timeText } from './time';

/** Takes the string content [p, end) as the value of a node; false if it does not fit. */
// @ts-ignore: decorator
@inline
export function takeText(node: Node, p: usize, end: usize, escapes: bool, row: i32): bool {
  if (node.out == OUT_NONE && node.text == TEXT_ANY) return true;
  if (escapes) {
    end = unescaped(p, end);
    p = unescapedText;
  }
  const length = <u32>(end - p);
  if (node.text == TEXT_ANY) {
    if (node.out == OUT_DICTIONARY) {
      store<i32>(node.column + ((<usize>row) << 2), intern(changetype<Dictionary>(node.dictionary), p, length));
    }
  } else if (node.text == TEXT_TIME) {
    if (!timeText(node, row, p, length)) return false;
  } else {
    if (!takeOddText(node, p, end, row)) return false;
  }
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  return true;
}

/** Reads the string at p into a column of texts; its end, or 0 where it is none. */
// @ts-ignore: decorator
@inline
export function textValue(node: Node, p: usize, row: i32): usize {
  let text = p + 1;
  const close = stringEnd(text);
  if (close == 0) return 0;
  let end = close;
  if (hasEscapes) {
    end = unescaped(text, close);
    text = unescapedText;
  }
  const id = intern(changetype<Dictionary>(node.dictionary), text, <u32>(end - text));
  store<i32>(node.column + ((<usize>row) << 2), id);
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  return close + 1;
}

/** NaN or an infinity by its name, or 0. */
function nonFinite(p: usize, length: u32): f64 {
  if (length == 3 && load<u16>(p) == 0x614e && load<u8>(p, 2) == 0x4e) return f64.NaN;
  const minus = load<u8>(p) == 0x2d;
  if (minus) {
    p++;
    length--;
  }
  if (length != 8 || load<u64>(p) != 0x7974696e69666e49) return 0;
  return minus ? f64.NEGATIVE_INFINITY : f64.POSITIVE_INFINITY;
}

function takeOddText(node: Node, p: usize, end: usize, row: i32): bool {
  if (node.text == TEXT_ENUM) {
    const id = find(changetype<Dictionary>(node.dictionary), p, <u32>(end - p));
    if (id < 0) return false;
    if (node.out == OUT_DICTIONARY) store<i32>(node.column + ((<usize>row) << 2), id);
    return true;
  }
  if (node.text == TEXT_DOUBLE) {
    const value = nonFinite(p, <u32>(end - p));
    if (value == 0) return false;
    if (node.out == OUT_DOUBLE) store<f64>(node.column + ((<usize>row) << 3), value);
    return true;
  }
  const length = latinLength(p, end);
  return length >= 0 && (node.size < 0 || length == node.size);
}

/** Takes the number read last as the value of a node; false if it does not fit. */
// @ts-ignore: decorator
@inline
export function takeNumber(node: Node, row: i32): bool {
  const kind = node.number;
  if (kind <= NUMBER_LONG) {
    if ((numberFlags & (INTEGRAL | FITS_LONG)) != (INTEGRAL | FITS_LONG)) return false;
    if (kind == NUMBER_INT && (numberLong > 2147483647 || numberLong < -2147483648)) return false;
  } else if (kind == NUMBER_FLOAT && abs(numberDouble) >= 3.4028235677973366e38) {
    return false;
  }
  if (node.out == OUT_DOUBLE) {
    // -0 is a double, but no whole number.
    store<f64>(node.column + ((<usize>row) << 3), kind <= NUMBER_LONG ? <f64>numberLong : numberDouble);
  } else if (node.out == OUT_LONG) {
    storeLong(node, row, numberLong);
  } else if (node.out == OUT_TIME) {
    if (!timeNumber(node, row, numberLong)) return false;
  }
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  return true;
}
