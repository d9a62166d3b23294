// NDJSON: lines of JSON records to columns. Most lines have the layout of the first one, the same bytes between the
// values; they are matched against it. A line that differs anywhere takes the general path.
import { clearFull, full, intern, internLater, internWaiting, isFar } from './dictionary';
import { countDigits, digitsValue, loadDigits } from './digits';
import { fillMissing } from './fill';
import { misfit, record, reset, resetInRecord, value } from './json';
import { Dictionary, Node } from './node';
import { readNumber } from './number';
import { skip, space } from './skip';
import { takeNumber } from './take';
import { hasEscapes, stringEnd } from './text';
import { timeText } from './time';
import { startTrace } from './trace';

/** Where a scan starts and what it found. Written and read by ../../codecs/ndjson. */
@unmanaged
class Scan {
  root: usize;
  /** Slots of the learned layout; 0 while none is known. */
  layout: usize;
  slotCount: i32;
  /** One a row: where its record starts and ends; 0 when the plan does not keep records. */
  starts: usize;
  ends: usize;
  /** One a row: its line, counted from 0 in this scan. */
  lines: usize;
  maxRows: i32;
  /** Start and end of each refused line, then its number. */
  rejects: usize;
  maxRejects: i32;
  rows: i32;
  rejectCount: i32;
  lineCount: i32;
  /** Lines that the layout did not match. */
  misses: i32;
  /** 1 when a line that holds several records does not fit into the rows left. */
  crowded: i32;
}

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
function matchLines(scan: Scan, p: usize, end: usize): usize {
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

/** Where the line at p ends (its line feed). There is one: the caller sees to that. */
function lineEnd(p: usize): usize {
  while (true) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(0x0a)));
    if (found != 0) return p + ctz(found);
    p += 16;
  }
}

/**
 * A line that is an array of records; where the next line starts, or 0 if it is none. Records that do not fit are
 * refused one by one.
 */
function recordList(scan: Scan, p: usize): usize {
  const root = changetype<Node>(scan.root);
  const rows = scan.rows;
  const rejects = scan.rejectCount;
  p = space(p + 1);
  if (load<u8>(p) == 0x5d) {
    p = space(p + 1);
    return load<u8>(p) == 0x0a ? p + 1 : 0;
  }
  while (p != 0) {
    // A dictionary that is full stops the scan behind a line, but a list is one line: it is read again with room.
    if (scan.rows == scan.maxRows || scan.rejectCount + 1 == scan.maxRejects || full) {
      scan.crowded = 1;
      scan.rows = rows;
      scan.rejectCount = rejects;
      return 0;
    }
    const start = p;
    const isObject = load<u8>(p) == 0x7b;
    p = isObject ? record(root, p, scan.rows) : skip(p);
    if (p == 0) break;
    if (isObject && !misfit) {
      keep(scan, start, p);
      scan.rows++;
    } else {
      refuse(scan, start, p);
    }
    p = space(p);
    const next = load<u8>(p);
    p = space(p + 1);
    if (next == 0x5d) {
      if (load<u8>(p) == 0x0a) return p + 1;
      break;
    }
    if (next != 0x2c) break;
  }
  scan.rows = rows;
  scan.rejectCount = rejects;
  return 0;
}

function refuse(scan: Scan, start: usize, end: usize): void {
  const reject = scan.rejects + (<usize>scan.rejectCount) * 12;
  store<u32>(reject, <u32>start);
  store<u32>(reject, <u32>end, 4);
  store<i32>(reject, scan.lineCount, 8);
  scan.rejectCount++;
}

// @ts-ignore: decorator
@inline
function keep(scan: Scan, start: usize, end: usize): void {
  const row = (<usize>scan.rows) << 2;
  store<i32>(scan.lines + row, scan.lineCount);
  if (scan.starts) {
    store<u32>(scan.starts + row, <u32>start);
    store<u32>(scan.ends + row, <u32>end);
  }
}

/**
 * Reads lines from p until `end` (just behind a line feed), or until rows or rejects are full.
 * Returns where the first line that was not read starts.
 */
export function scanLines(scanAt: usize, p: usize, end: usize): usize {
  const scan = changetype<Scan>(scanAt);
  const root = changetype<Node>(scan.root);
  const hasLayout = scan.layout != 0;
  const maxRows = scan.maxRows;
  clearFull();
  while (p < end && scan.rows < maxRows && !full) {
    if (hasLayout) {
      p = matchLines(scan, p, end);
      if (p >= end || scan.rows >= maxRows || full) break;
      scan.misses++;
    }
    const start = space(p);
    let next: usize = 0;
    const c = load<u8>(start);
    const rows = scan.rows;
    if (c == 0x7b) {
      reset();
      next = record(root, start, rows);
      if (next != 0) {
        const close = next;
        next = space(next);
        if (misfit || load<u8>(next) != 0x0a) {
          next = 0;
        } else {
          keep(scan, start, close);
          scan.rows++;
          next++;
        }
      }
    } else if (c == 0x5b) {
      reset();
      next = recordList(scan, start);
      if (scan.crowded) return p;
    } else if (c == 0x0a) {
      next = start + 1;
    }
    if (next == 0) {
      scan.rows = rows;
      next = lineEnd(p) + 1;
      refuse(scan, p, next - 1);
      if (scan.rejectCount == scan.maxRejects) {
        scan.lineCount++;
        return next;
      }
    }
    scan.lineCount++;
    p = next;
  }
  return p;
}

/** Reads the line at p, tracing its values to `trace`; its end, or 0 where it is not one record that fits. */
export function traceRecord(root: usize, p: usize, trace: usize, limit: i32): usize {
  reset();
  p = space(p);
  if (load<u8>(p) != 0x7b) return 0;
  startTrace(trace, limit);
  p = record(changetype<Node>(root), p, 0);
  if (p == 0 || misfit) return 0;
  p = space(p);
  return load<u8>(p) == 0x0a ? p : 0;
}

/**
 * Reads one record for each row from `row` on, at [starts[row], ends[row]) relative to `base`. Stops early when a
 * dictionary is full. Returns the first row that was not read, or -1 - row if that row is no record that fits.
 */
export function scanRecords(root: usize, base: usize, starts: usize, ends: usize, row: i32, count: i32): i32 {
  clearFull();
  while (row < count && !full) {
    reset();
    let p = space(base + <usize>load<u32>(starts + ((<usize>row) << 2)));
    if (load<u8>(p) != 0x7b) return -1 - row;
    p = record(changetype<Node>(root), p, row);
    const end = base + <usize>load<u32>(ends + ((<usize>row) << 2));
    // What stands behind the record may be blanks, too: those of the next one.
    if (p == 0 || misfit || p > end || space(p) < end) return -1 - row;
    row++;
  }
  return row;
}
