// CSV (RFC 4180) and TSV: records of cells to columns. Cells of the usual shapes are read in place; all others, and
// whatever does not fit, by ./csv-cell.ts.
import {
  breaks, clearBreaks, closeGroups, Column, COLUMN_BYTES, Group, GROUP_BYTES, KIND_INTEGER, KIND_NUMBER, KIND_TEXT,
  KIND_TIME, plainCell, quotedCell, setDialect, take,
} from './csv-cell';
import {
  blanksEnd, closingQuote, countLines, CRLF, isBlank, isEnd, isWaiting, LINE_FEED, lineEnd, QUOTE, recordEnd,
} from './csv-frame';
import { takeShortDecimal } from './csv-value';
import { clearFull, full, intern } from './dictionary';
import { fillMissing } from './fill';
import { Dictionary, Node } from './node';
import { readNumber } from './number';
import { takeNumber } from './take';
import { timeText } from './time';

/** Where a scan starts and what it found. Written and read by ../../codecs/csv/decoder.ts. */
@unmanaged
class CsvScan {
  columns: usize;
  columnCount: i32;
  /** Addresses of the nodes that no column fills. */
  missing: usize;
  missingCount: i32;
  groups: usize;
  groupCount: i32;
  separator: u32;
  /** The quote of CSV, the backslash of TSV. */
  mark: u32;
  /** 1 where white space separates the cells of a line that tabs don't. */
  spaced: u32;
  /** Room for cells without their quotes and escapes. */
  texts: usize;
  /** One a row: the line that its record starts in, counted from 0 in this scan. */
  lines: usize;
  maxRows: i32;
  /** Start and end of each refused record, then its line. */
  rejects: usize;
  maxRejects: i32;
  /** 1 when a quoted cell that is open at the end of this scan will never be closed. */
  last: u32;
  /** How many bytes of the record at which the scan stopped were looked at in vain for a closing quote; 0 otherwise. */
  open: u32;
  rows: i32;
  rejectCount: i32;
  lineCount: i32;
}

/** No byte: TSV has no quotes. */
const NO_QUOTE: u32 = 256;

/** Reads records from p on until one is blank, refused or not complete; where that one starts. */
function readRecords(scan: CsvScan, p: usize, end: usize): usize {
  const columns = scan.columns;
  const columnsEnd = columns + (<usize>scan.columnCount) * COLUMN_BYTES;
  const separator = scan.separator;
  const separators = i8x16.splat(<i8>separator);
  const marks = i8x16.splat(<i8>scan.mark);
  const quote = scan.mark == QUOTE ? QUOTE : NO_QUOTE;
  const isOne = scan.columnCount == 1;
  const isPatchy = scan.missingCount > 0 || scan.groupCount > 0;
  const maxRows = scan.maxRows;
  const lines = scan.lines;
  let row = scan.rows;
  let line = scan.lineCount;
  let start = p;
  clearBreaks();
  while (start < end && row < maxRows && !full) {
    p = start;
    if (isOne && isBlank(p)) break;
    if (isPatchy) beginPatches(scan);
    let at = columns;
    while (true) {
      const column = changetype<Column>(at);
      const kind = column.kind;
      const c = <u32>load<u8>(p);
      let next: usize = 0;
      if (kind == KIND_TEXT && c != quote) {
        const block = v128.load(p);
        const special = i8x16.bitmask(
          v128.or(
            v128.or(i8x16.eq(block, separators), i8x16.eq(block, marks)),
            i8x16.lt_s(block, i8x16.splat(0x20)),
          ),
        );
        const length = ctz(special);
        if (special != 0 && length != 0 && isEnd(p + length, separator)) {
          const node = changetype<Node>(column.node);
          if (node.column) {
            const id = intern(changetype<Dictionary>(node.dictionary), p, length);
            store<i32>(node.column + ((<usize>row) << 2), id);
            if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
          }
          next = p + length;
        }
      } else if (kind == KIND_TIME && isEnd(p + 19, separator)) {
        const node = changetype<Node>(column.node);
        if (timeText(node, row, p, 19)) {
          if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
          next = p + 19;
        }
      } else if (kind == KIND_INTEGER && c - 49 < 9 && (<u32>load<u8>(p, 7)) - 48 > 9) {
        // Up to 7 digits without a sign.
        let x = load<u64>(p) ^ 0x3030303030303030;
        const digits = ctz((x | (x + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0) >> 3;
        if (isEnd(p + <usize>digits, separator)) {
          x <<= (8 - digits) << 3;
          x = x * 10 + (x >> 8);
          const value =
            ((x & 0x000000ff000000ff) * 0x000f424000000064 + ((x >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32;
          const node = changetype<Node>(column.node);
          if (node.column) {
            store<f64>(node.column + ((<usize>row) << 3), <f64>value);
            if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
          }
          next = p + <usize>digits;
        }
      } else if ((kind == KIND_NUMBER || kind == KIND_INTEGER) && c < 0x40) {
        const node = changetype<Node>(column.node);
        next = kind == KIND_NUMBER ? takeShortDecimal(node, p, row) : 0;
        if (next == 0 || !isEnd(next, separator)) {
          next = readNumber(p);
          if (next != 0 && !(isEnd(next, separator) && takeNumber(node, row))) next = 0;
        }
      }
      if (next == 0) {
        next = c == quote ? quotedCell(column, p, start, end, row) : plainCell(column, p, row);
        if (next == 0) {
          p = 0;
          break;
        }
      }
      p = next;
      at += COLUMN_BYTES;
      if (at == columnsEnd) {
        if (load<u8>(p) == LINE_FEED) p++;
        else p = <u32>load<u16>(p) == CRLF ? p + 2 : 0;
        break;
      }
      if (load<u8>(p) != separator) {
        p = 0;
        break;
      }
      p++;
    }
    if (p == 0 || (isPatchy && !patch(scan, columns, columnsEnd, row))) break;
    store<i32>(lines + ((<usize>row) << 2), line);
    line += 1 + breaks;
    clearBreaks();
    row++;
    start = p;
  }
  scan.rows = row;
  scan.lineCount = line;
  return start;
}

function beginPatches(scan: CsvScan): void {
  for (let at = 0; at < scan.groupCount; at++) {
    const group = changetype<Group>(scan.groups + (<usize>at) * GROUP_BYTES);
    group.present = 0;
    group.holed = 0;
  }
}

/** Fills what the record's cells have left open; false where it may not stay open. */
function patch(scan: CsvScan, columns: usize, columnsEnd: usize, row: i32): bool {
  for (let at = 0; at < scan.missingCount; at++) {
    fillMissing(changetype<Node>(load<u32>(scan.missing + ((<usize>at) << 2))), row);
  }
  return scan.groupCount == 0 || closeGroups(columns, columnsEnd, row);
}

/** Reads the line at p as cells between runs of spaces and tabs; where the next starts, or 0 if it does not fit. */
function spacedRecord(scan: CsvScan, p: usize): usize {
  const row = scan.rows;
  if (scan.missingCount > 0 || scan.groupCount > 0) beginPatches(scan);
  const columnsEnd = scan.columns + (<usize>scan.columnCount) * COLUMN_BYTES;
  for (let at = scan.columns; at < columnsEnd; at += COLUMN_BYTES) {
    p = blanksEnd(p);
    const start = p;
    // All but texts are ASCII, or do not fit.
    while (load<u8>(p) > 0x20) p++;
    if (p == start || !take(changetype<Column>(at), start, p, false, false, row)) return 0;
  }
  p = blanksEnd(p);
  if (load<u8>(p) == 0x0d) p++;
  return load<u8>(p) == LINE_FEED && patch(scan, scan.columns, columnsEnd, row) ? p + 1 : 0;
}

/**
 * Reads records from p until `end` (just behind a line feed), or until rows or rejects are full.
 * Returns where the first record that was not read starts. Unless `open` is 0, a quoted cell in it is not closed.
 */
export function scanCsv(scanAt: usize, p: usize, end: usize): usize {
  const scan = changetype<CsvScan>(scanAt);
  clearFull();
  setDialect(scan.separator, scan.mark, scan.texts);
  scan.open = 0;
  while (p < end && scan.rows < scan.maxRows && !full) {
    p = readRecords(scan, p, end);
    if (p >= end || scan.rows >= scan.maxRows || full) break;
    if (isBlank(p)) {
      p = lineEnd(p) + 1;
      scan.lineCount++;
      continue;
    }
    const spaced = scan.spaced ? spacedRecord(scan, p) : 0;
    if (spaced != 0) {
      store<i32>(scan.lines + ((<usize>scan.rows) << 2), scan.lineCount++);
      scan.rows++;
      p = spaced;
      continue;
    }
    const next = scan.mark == QUOTE ? recordEnd(p, end, scan.separator, !!scan.last) : lineEnd(p) + 1;
    if (next == 0) {
      scan.open = <u32>(end - p);
      break;
    }
    const reject = scan.rejects + (<usize>scan.rejectCount) * 12;
    store<u32>(reject, <u32>p);
    store<u32>(reject, <u32>(next - 1), 4);
    store<i32>(reject, scan.lineCount, 8);
    scan.lineCount += countLines(p, next);
    p = next;
    if (++scan.rejectCount == scan.maxRejects) break;
  }
  return p;
}

/**
 * Where the record at p, at which a scan has stopped for an open cell, ends now that there is input until `end`: just
 * behind a line feed. 0 while more input may close the cell. `last`: none will come.
 */
export function csvRecordEnd(scanAt: usize, p: usize, end: usize, last: i32): usize {
  const scan = changetype<CsvScan>(scanAt);
  let next: usize = 0;
  if (closingQuote(p + scan.open, end) != 0 || !isWaiting(p, end, !!last)) {
    next = recordEnd(p, end, scan.separator, !!last);
  }
  scan.open = <u32>(end - p);
  return next;
}
