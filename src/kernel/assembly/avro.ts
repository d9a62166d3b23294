// Avro's binary encoding (Avro 1.12): records of flat fields to columns. A record that this does not take is left to
// the general path, which also knows what is wrong with it.
import { clearFull, find, full, intern } from './dictionary';
import { fillMissing, fillNull } from './fill';
import { Dictionary, Field, FIELD_BYTES, Node, OUT_LONG } from './node';
import { sequenceLength } from './text';
import { timeNumber, timeText } from './time';
import { longLength, longVarint, next, zigzag } from './varint';

/** What comes next in a record. Written by ../../codecs/avro/kernel-scan.ts, whose numbers must agree. */
@unmanaged
class Op {
  code: u32;
  /** Where the value goes; 0 where it is only checked. */
  node: usize;
  /** Of a nullable value: null's branch; of a fixed: its size; of an enum: how many symbols; of a number: its bounds. */
  a: u32;
  /** Of a nullable value: how many ops it takes; of an enum: the reader's ids, -1 for a symbol it lacks. */
  b: usize;
}
const OP_BYTES: usize = 16;

const OP_TEXT: u32 = 0;
const OP_TIME: u32 = 1;
const OP_LONG: u32 = 2;
const OP_DOUBLE: u32 = 3;
const OP_FLOAT: u32 = 4;
const OP_BOOL: u32 = 5;
const OP_ENUM: u32 = 6;
const OP_BYTES_SKIPPED: u32 = 7;
const OP_FIXED_SKIPPED: u32 = 8;
const OP_NULLABLE: u32 = 9;
const OP_FILL: u32 = 10;

/** Bits of a number's `a`. */
const INT: u32 = 1;
const ROUNDED: u32 = 2;
const TIME: u32 = 4;

/** A nullable value that may not be null in the reader's schema. */
const NO_NULL: u32 = 2;

/** Where a scan stands and how it ended. Written and read by ../../codecs/avro/kernel-scan.ts. */
@unmanaged
export class AvroScan {
  ops: usize;
  opCount: u32;
  /** One a row: where its record starts and ends; 0 when the plan does not keep records. */
  starts: usize;
  ends: usize;
  /** Where the first record that was not read starts. */
  at: usize;
  /** 1 where that record was refused, 0 where the rows or a dictionary are full. */
  refused: u32;
}

/** Whether [p, end) is valid UTF-8. */
function isText(p: usize, end: usize): bool {
  while (p < end) {
    let high = i8x16.bitmask(v128.load(p));
    if (end - p < 16) high &= (1 << <i32>(end - p)) - 1;
    if (high == 0) {
      p += 16;
      continue;
    }
    p += ctz(high);
    const length = sequenceLength(p);
    if (length == 0 || p + length > end) return false;
    p += length;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function present(node: Node, row: i32): void {
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
}

/** Puts a number into its column; false if it does not fit. */
// @ts-ignore: decorator
@inline
function takeLong(op: Op, value: i64, row: i32): bool {
  if ((op.a & INT) != 0 && value != <i64>(<i32>value)) return false;
  if (op.node == 0) return true;
  const node = changetype<Node>(op.node);
  if ((op.a & TIME) != 0) {
    if (!timeNumber(node, row, value)) return false;
  } else {
    const double = (op.a & ROUNDED) != 0 ? <f64>(<f32>(<f64>value)) : <f64>value;
    store<f64>(node.column + ((<usize>row) << 3), double);
    if (node.out == OUT_LONG && (value > 9007199254740991 || value < -9007199254740991)) {
      store<i64>(node.side + ((<usize>row) << 3), value);
      node.wide = 1;
    }
  }
  present(node, row);
  return true;
}

/** Reads a record at p into a row; its end, or 0 where it is left to the general path. */
// @ts-ignore: decorator
@inline
export function readRecord(scan: AvroScan, p: usize, end: usize, row: i32): usize {
  const last = scan.ops + (<usize>scan.opCount) * OP_BYTES;
  for (let at = scan.ops; at < last; at += OP_BYTES) {
    const op = changetype<Op>(at);
    const node = changetype<Node>(op.node);
    switch (op.code) {
      case OP_TEXT: {
        let length = <u32>load<u8>(p);
        if (length & 0x81) {
          length = longLength(p, end);
          p = next;
          if (p == 0) return 0;
        } else {
          p++;
          length >>>= 1;
          if (p + length > end) return 0;
        }
        if (op.node == 0) {
          if (!isText(p, p + length)) return 0;
        } else {
          const dictionary = changetype<Dictionary>(node.dictionary);
          let id = find(dictionary, p, length);
          if (id < 0) {
            if (!isText(p, p + length)) return 0;
            id = intern(dictionary, p, length);
          }
          store<i32>(node.column + ((<usize>row) << 2), id);
          present(node, row);
        }
        p += length;
        break;
      }
      case OP_TIME: {
        let length = <u32>load<u8>(p);
        if (length & 0x81) {
          length = longLength(p, end);
          p = next;
          if (p == 0) return 0;
        } else {
          p++;
          length >>>= 1;
          if (p + length > end) return 0;
        }
        if (!timeText(node, row, p, length)) return 0;
        present(node, row);
        p += length;
        break;
      }
      case OP_LONG: {
        // Up to four bytes at once.
        const four = load<u32>(p);
        let value: i64;
        if ((four & 0x80808080) == 0x80808080) {
          value = zigzag(longVarint(p));
          p = next;
          if (p == 0) return 0;
        } else {
          const bytes = (ctz(~four & 0x80808080) >> 3) + 1;
          const bits = four & (<u32>0xffffffff >>> ((4 - bytes) << 3));
          const packed = (bits & 0x7f) | ((bits >>> 1) & 0x3f80) | ((bits >>> 2) & 0x1fc000) | ((bits >>> 3) & 0xfe00000);
          value = <i64>(<i32>(packed >>> 1) ^ -<i32>(packed & 1));
          p += bytes;
        }
        if (p > end || !takeLong(op, value, row)) return 0;
        break;
      }
      case OP_DOUBLE:
      case OP_FLOAT: {
        const size: usize = op.code == OP_FLOAT ? 4 : 8;
        if (size > end - p) return 0;
        if (op.node != 0) {
          const value = op.code == OP_FLOAT ? <f64>load<f32>(p) : load<f64>(p);
          store<f64>(node.column + ((<usize>row) << 3), value);
          present(node, row);
        }
        p += size;
        break;
      }
      case OP_BOOL: {
        if (p >= end || load<u8>(p) > 1) return 0;
        if (op.node != 0) {
          store<u8>(node.column + <usize>row, load<u8>(p));
          present(node, row);
        }
        p++;
        break;
      }
      case OP_ENUM: {
        const index = zigzag(longVarint(p));
        p = next;
        if (p == 0 || p > end || <u64>index >= <u64>op.a) return 0;
        const id = load<i32>(op.b + (<usize>index << 2));
        if (id < 0) return 0;
        if (op.node != 0) {
          store<i32>(node.column + ((<usize>row) << 2), id);
          present(node, row);
        }
        break;
      }
      case OP_BYTES_SKIPPED: {
        let length = <u32>load<u8>(p);
        if (length & 0x81) {
          length = longLength(p, end);
          p = next;
          if (p == 0) return 0;
        } else {
          p++;
          length >>>= 1;
          if (p + length > end) return 0;
        }
        p += length;
        break;
      }
      case OP_FIXED_SKIPPED: {
        if (<usize>op.a > end - p) return 0;
        p += op.a;
        break;
      }
      case OP_NULLABLE: {
        const branch = <u32>load<u8>(p);
        if (p >= end || (branch & 0xfd) != 0) return 0;
        p++;
        if (branch >>> 1 == (op.a & 1)) {
          if ((op.a & NO_NULL) != 0) return 0;
          if (op.node != 0) fillNull(node, row);
          at += op.b * OP_BYTES;
        }
        break;
      }
      default:
        fillMissing(node, row);
    }
  }
  return p;
}

/**
 * Reads up to `count` records from p on into rows from `row` on, until one is refused or a dictionary is full.
 * Returns the row behind the last one; scan.at and scan.refused say where and why it stopped.
 */
export function scanAvro(scanAt: usize, p: usize, end: usize, count: i32, row: i32): i32 {
  const scan = changetype<AvroScan>(scanAt);
  const lastRow = row + count;
  const starts = scan.starts;
  scan.refused = 0;
  clearFull();
  while (row < lastRow && !full) {
    const stop = readRecord(scan, p, end, row);
    if (stop == 0) {
      scan.refused = 1;
      break;
    }
    if (starts) {
      store<u32>(starts + ((<usize>row) << 2), <u32>p);
      store<u32>(scan.ends + ((<usize>row) << 2), <u32>stop);
    }
    p = stop;
    row++;
  }
  scan.at = p;
  return row;
}

/** The node of a record's field, by its place in the schema. */
export function childNode(node: usize, index: u32): usize {
  return changetype<Field>(changetype<Node>(node).fields + (<usize>index) * FIELD_BYTES).node;
}
