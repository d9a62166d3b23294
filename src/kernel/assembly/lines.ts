// NDJSON: lines of JSON records to columns. Most lines have the layout of the first one, the same bytes between the
// values; they are matched against it. A line that differs anywhere takes the general path.
import { clearFull, full } from './dictionary';
import { misfit, record, reset } from './json';
import { matchLines } from './line-layout';
import { Scan } from './line-scan';
import { Node } from './node';
import { skip, space } from './skip';
import { startTrace } from './trace';

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
