// One cell of CSV or TSV to a node: where it ends, that it is UTF-8 without a bare NUL, and that its text fits the field.
import { BACKSLASH, isEnd, isTooLong, LINE_FEED, QUOTE } from './csv-frame';
import {
  setTexts, takeBool, takeEscapedText, takeJson, takeNull, takeNumberText, takePlainText,
} from './csv-value';
import { intern } from './dictionary';
import { fillMissing, fillNull } from './fill';
import { Dictionary, Node } from './node';
import { readNumber } from './number';
import { takeNumber } from './take';
import { sequenceLength } from './text';
import { timeText } from './time';

export const KIND_TEXT: u32 = 1;
export const KIND_TIME: u32 = 2;
export const KIND_INTEGER: u32 = 3;
export const KIND_NUMBER: u32 = 4;
export const KIND_BOOL: u32 = 5;
export const KIND_ENUM: u32 = 6;
export const KIND_JSON: u32 = 7;
/** Added to the kind of a column that belongs to a group, so that no shortcut takes it. */
export const KIND_GROUPED: u32 = 16;

/** What an empty cell is. */
const EMPTY_REFUSED: u32 = 0;
const EMPTY_NULL: u32 = 1;
const EMPTY_DEFAULT: u32 = 2;
const EMPTY_TEXT: u32 = 3;
/** Refused unless every cell of the column's group is empty. */
const EMPTY_HOLE: u32 = 4;

/** A column of the file. Written by ../../codecs/csv/column-table.ts, as is Group. */
@unmanaged
export class Column {
  kind: u32;
  /** For a column that the schema does not know, a node that takes any text and keeps none. */
  node: usize;
  empty: u32;
  /** A Group; 0 if none. */
  group: usize;
}
export const COLUMN_BYTES: usize = 16;

/** The columns below a nullable record: it is null where all their cells are empty. */
@unmanaged
export class Group {
  parent: usize;
  present: u32;
  holed: u32;
}
export const GROUP_BYTES: usize = 12;

/** The byte between cells, and the quote (CSV) or the backslash (TSV). */
let separator: u32 = 0;
let mark: u32 = 0;
/** Line breaks within quoted cells since this was set to 0. */
export let breaks: i32 = 0;

export function setDialect(separatorByte: u32, markByte: u32, room: usize): void {
  separator = separatorByte;
  mark = markByte;
  setTexts(room);
}

// @ts-ignore: decorator
@inline
export function clearBreaks(): void {
  breaks = 0;
}

/** Behind the UTF-8 sequences at p, or 0 where one is none. */
function passSequences(p: usize): usize {
  do {
    const length = sequenceLength(p);
    if (length == 0) return 0;
    p += length;
  } while (load<u8>(p) >= 0x80);
  return p;
}

/** Reads a cell without quotes at p; the separator or line break behind it, or 0 where it does not fit. */
export function plainCell(column: Column, p: usize, row: i32): usize {
  const start = p;
  const separators = i8x16.splat(<i8>separator);
  const marks = i8x16.splat(<i8>mark);
  let escapes = false;
  while (true) {
    const block = v128.load(p);
    const special = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(block, separators), i8x16.eq(block, marks)),
        // As signed bytes, 0x80 and more are below 0x20 too.
        i8x16.lt_s(block, i8x16.splat(0x20)),
      ),
    );
    if (special == 0) {
      p += 16;
      continue;
    }
    p += ctz(special);
    const c = <u32>load<u8>(p);
    if (isEnd(p, separator)) break;
    if (c >= 0x80) {
      p = passSequences(p);
      if (p == 0) return 0;
    } else {
      if (c == 0) return 0;
      if (c == BACKSLASH) escapes = true;
      p++;
    }
  }
  return take(column, start, p, false, escapes, row) ? p : 0;
}

/**
 * Reads the quoted cell at p, of the record that starts at `start`; where its closing quote ends, or 0 where it does
 * not fit or is not closed before `end`.
 */
export function quotedCell(column: Column, p: usize, start: usize, end: usize, row: i32): usize {
  const short = shortQuotedCell(column, p + 1, row);
  if (short != 0) return short;
  const first = ++p;
  let doubled = false;
  let lines = 0;
  while (true) {
    if (p >= end) return 0;
    const block = v128.load(p);
    const special = i8x16.bitmask(v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.lt_s(block, i8x16.splat(0x20))));
    if (special == 0) {
      p += 16;
      continue;
    }
    p += ctz(special);
    if (p >= end) return 0;
    const c = <u32>load<u8>(p);
    if (c == QUOTE) {
      if (load<u8>(p, 1) != QUOTE) break;
      doubled = true;
      p += 2;
    } else if (c >= 0x80) {
      p = passSequences(p);
      if (p == 0) return 0;
    } else {
      if (c == LINE_FEED) lines++;
      p++;
    }
  }
  if (isTooLong(start, p)) return 0;
  breaks += lines;
  return take(column, first, p, true, doubled, row) ? p + 1 : 0;
}

/** A quoted cell of a usual shape, whose content is at p; where its closing quote ends, or 0 for any other. */
// @ts-ignore: decorator
@inline
function shortQuotedCell(column: Column, p: usize, row: i32): usize {
  const kind = column.kind;
  const node = changetype<Node>(column.node);
  if (kind == KIND_TEXT) {
    const block = v128.load(p);
    const special = i8x16.bitmask(v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.lt_s(block, i8x16.splat(0x20))));
    const length = ctz(special);
    if (special == 0 || load<u8>(p + length) != QUOTE || load<u8>(p + length, 1) == QUOTE) return 0;
    if (node.column) {
      const id = intern(changetype<Dictionary>(node.dictionary), p, length);
      store<i32>(node.column + ((<usize>row) << 2), id);
      if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
    }
    return p + length + 1;
  }
  // A doubled quote is no separator, so that what has one is refused.
  if (kind == KIND_TIME) {
    if (load<u8>(p, 19) != QUOTE || !timeText(node, row, p, 19)) return 0;
    if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
    return p + 20;
  }
  if (kind != KIND_INTEGER && kind != KIND_NUMBER) return 0;
  p = readNumber(p);
  return p != 0 && load<u8>(p) == QUOTE && takeNumber(node, row) ? p + 1 : 0;
}

/** Takes the cell [p, end) for a column; false if it does not fit. `escapes`: it has doubled quotes or backslashes. */
export function take(column: Column, p: usize, end: usize, quoted: bool, escapes: bool, row: i32): bool {
  const kind = column.kind & ~KIND_GROUPED;
  const node = changetype<Node>(column.node);
  if (kind != KIND_TEXT) {
    // Spaces belong to texts; around anything else they mean nothing.
    while (p < end && load<u8>(p) == 0x20) p++;
    while (p < end && load<u8>(end - 1) == 0x20) end--;
  }
  if (p == end && !(quoted && kind == KIND_TEXT)) return takeEmpty(column, node, p, row);
  if (column.group) markPresent(column.group);
  if (kind == KIND_JSON) return takeJson(node, p, end, escapes ? mark : 0, row);
  if (kind == KIND_TEXT) {
    return escapes ? takeEscapedText(node, p, end, mark, row) : takePlainText(node, p, end, row);
  }
  if (escapes) return false;
  if (kind == KIND_INTEGER || kind == KIND_NUMBER) return takeNumberText(node, p, end, row);
  return kind == KIND_BOOL ? takeBool(node, p, end, row) : takePlainText(node, p, end, row);
}

function takeEmpty(column: Column, node: Node, p: usize, row: i32): bool {
  const empty = column.empty;
  if (empty == EMPTY_TEXT) return takePlainText(node, p, p, row);
  if (empty == EMPTY_NULL) takeNull(node, row);
  else if (empty == EMPTY_DEFAULT) fillMissing(node, row);
  else if (empty == EMPTY_HOLE) changetype<Group>(column.group).holed = 1;
  else return false;
  return true;
}

function markPresent(at: usize): void {
  while (at != 0) {
    const group = changetype<Group>(at);
    group.present = 1;
    at = group.parent;
  }
}

/** Makes the columns of absent groups null; false where a group has some cells but lacks one that it must have. */
export function closeGroups(columns: usize, columnsEnd: usize, row: i32): bool {
  for (let at = columns; at < columnsEnd; at += COLUMN_BYTES) {
    const column = changetype<Column>(at);
    if (column.group == 0) continue;
    const group = changetype<Group>(column.group);
    if (group.present == 0) fillNull(changetype<Node>(column.node), row);
    else if (group.holed != 0) return false;
  }
  return true;
}

