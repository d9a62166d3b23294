// Lines that have the layout of the first one: the same bytes between the values.
import { full, intern, internLater, internWaiting, isFar } from './dictionary';
import { countDigits, digitsValue, loadDigits } from './digits';
import { fillMissing } from './fill';
import { misfit, resetInRecord, value } from './json';
import { Scan } from './line-scan';
import { Dictionary, Node } from './node';
import { readNumber } from './number';
import { skip } from './skip';
import { takeNumber } from './take';
import { hasEscapes, stringEnd } from './text';
import { timeText } from './time';

const SLOT_SKIP: u32 = 0;
const SLOT_STRING: u32 = 1;
const SLOT_TIME: u32 = 2;
const SLOT_NUMBER: u32 = 3;
const SLOT_VALUE: u32 = 4;
const SLOT_FILL: u32 = 5;
const SLOT_END: u32 = 6;
const SLOT_INTEGER: u32 = 7;

/** The bytes before a value, and what the value is. */
@unmanaged
class Slot {
  literal: usize;
  /** Whole blocks of 16 bytes, the bytes behind them, and as many low bits set. */
  blocks: u32;
  tail: u32;
  tailMask: u32;
  kind: u32;
  node: usize;
}
const SLOT_BYTES: usize = 24;

/**
 * Matches lines from p on against the layout until one differs; where that one starts. A function of its own so that
 * its loop keeps to registers.
 */
export function matchLines(scan: Scan, p: usize, end: usize): usize {
  const layout = scan.layout;
  const maxRows = scan.maxRows;
  const starts = scan.starts;
  const firstRow = scan.rows;
  const lines = scan.lines;
  const lineOfRow = scan.lineCount - firstRow;
  let row = firstRow;
  let line = p;
  while (line < end && row < maxRows && !full) {
    p = line;
    let at = layout;
    while (true) {
      const slot = changetype<Slot>(at);
      let literal = slot.literal;
      let blocks = slot.blocks;
      while (blocks > 0 && !v128.any_true(v128.xor(v128.load(p), v128.load(literal)))) {
        p += 16;
        literal += 16;
        blocks--;
      }
      const mask = slot.tailMask;
      if (blocks > 0 || (i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(literal))) & mask) != mask) {
        p = 0;
        break;
      }
      p += slot.tail;
      const kind = slot.kind;
      if (kind == SLOT_END) break;
      const node = changetype<Node>(slot.node);
      if (kind == SLOT_STRING && load<u8>(p) == 0x22) {
        const close = stringEnd(p + 1);
        if (close == 0 || (node.column && hasEscapes)) {
          p = 0;
          break;
        }
        if (node.column) {
          const dictionary = changetype<Dictionary>(node.dictionary);
          const target = node.column + ((<usize>row) << 2);
          const length = <u32>(close - p - 1);
          if (isFar(dictionary)) internLater(dictionary, p + 1, length, target);
          else store<i32>(target, intern(dictionary, p + 1, length));
          if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
        }
        p = close + 1;
      } else if (kind == SLOT_TIME && load<u8>(p) == 0x22 && load<u8>(p, 20) == 0x22) {
        // A quote or backslash within makes it no time, and the line takes the general path.
        if (!timeText(node, row, p + 1, 19)) {
          p = 0;
          break;
        }
        if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
        p += 21;
      } else if (kind == SLOT_INTEGER && (<u32>load<u8>(p)) - 49 < 9 && (<u32>load<u8>(p, 7)) - 48 > 9) {
        // Up to 7 digits without a sign; a fraction or exponent does not match the literal behind it.
        const x = loadDigits(p);
        const digits = countDigits(x);
        p += <usize>digits;
        if (node.column) {
          store<f64>(node.column + ((<usize>row) << 3), <f64>digitsValue(x, digits));
          if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
        }
      } else {
        p = matchValue(kind, node, p, row);
        if (p == 0) break;
      }
      at += SLOT_BYTES;
    }
    if (p == 0) break;
    store<i32>(lines + ((<usize>row) << 2), row + lineOfRow);
    if (starts) {
      store<u32>(starts + ((<usize>row) << 2), <u32>line);
      store<u32>(scan.ends + ((<usize>row) << 2), <u32>(p - 1));
    }
    row++;
    line = p;
  }
  internWaiting();
  scan.lineCount += row - firstRow;
  scan.rows = row;
  return line;
}

/** A value that the loop of matchLines() leaves to the general readers; its end, or 0. */
function matchValue(kind: u32, node: Node, p: usize, row: i32): usize {
  if (kind == SLOT_FILL) {
    fillMissing(node, row);
    return p;
  }
  resetInRecord();
  if (kind == SLOT_SKIP) return skip(p);
  if ((kind == SLOT_NUMBER || kind == SLOT_INTEGER) && load<u8>(p) < 0x40) {
    p = readNumber(p);
    return p != 0 && takeNumber(node, row) ? p : 0;
  }
  p = value(node, p, row);
  return misfit ? 0 : p;
}
