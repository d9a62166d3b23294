// The general path: any JSON text (RFC 8259) against a node, checked in full.
import { find, intern } from './dictionary';
import {
  Dictionary, Field, FIELD_BYTES, JSON_ARRAY, JSON_BOOL, JSON_NULL, JSON_NUMBER, JSON_OBJECT, JSON_STRING,
  MISSING_REFUSED, Node, NUMBER_FLOAT, NUMBER_INT, NUMBER_LONG, OUT_BOOL, OUT_DICTIONARY, OUT_DOUBLE, OUT_LONG,
  OUT_NONE, OUT_SLICE, OUT_TIME, TEXT_DOUBLE, TEXT_ENUM, TEXT_TIME,
} from './node';
import { FITS_LONG, INTEGRAL, numberDouble, numberFlags, numberLong, readNumber, skipNumber } from './number';
import { hasEscapes, latinLength, stringEnd, unescape } from './text';
import { timeNumber, timeText } from './time';
import { equal } from './bytes';

/** Whether the value read last does not fit its node (it is valid JSON all the same). */
export let misfit: bool = false;

/** Room for one string without its escapes: as large as the input buffer. */
let scratch: usize = 0;
/** Room for one byte a field of every record that is open. */
let frames: usize = 0;
let framesEnd: usize = 0;
let frame: usize = 0;

export function setScratch(text: usize, frameStart: usize, frameLimit: usize): void {
  scratch = text;
  frames = frameStart;
  framesEnd = frameLimit;
}

/** Arrays and objects may nest this deep. */
const MAX_DEPTH: i32 = 512;
let depth: i32 = 0;

export function resetDepth(): void {
  depth = 0;
  frame = frames;
}

// Where the values of the first record lie, for learning its layout.
let trace: usize = 0;
let traceCount: i32 = 0;
let traceLimit: i32 = 0;
const TRACE_BYTES: usize = 16;

export function startTrace(at: usize, limit: i32): void {
  trace = at;
  traceCount = 0;
  traceLimit = limit;
}

/** Ends tracing; the number of entries, or -1 if there were too many. */
export function endTrace(): i32 {
  trace = 0;
  return traceCount > traceLimit ? -1 : traceCount;
}

// @ts-ignore: decorator
@inline
function traced(node: usize, start: usize, end: usize): void {
  if (trace == 0) return;
  if (traceCount < traceLimit) {
    const entry = trace + (<usize>traceCount) * TRACE_BYTES;
    store<u32>(entry, <u32>start);
    store<u32>(entry, <u32>end, 4);
    store<u32>(entry, <u32>node, 8);
  }
  traceCount++;
}

// Not the line feed: it ends a line.
// @ts-ignore: decorator
@inline
export function space(p: usize): usize {
  let c = load<u8>(p);
  while (c == 0x20 || c == 0x09 || c == 0x0d) c = load<u8>(++p);
  return p;
}

/** Passes over any JSON value; its end, or 0. */
export function skip(p: usize): usize {
  const c = <u32>load<u8>(p);
  if (c == 0x22) {
    const end = stringEnd(p + 1);
    return end == 0 ? 0 : end + 1;
  }
  if (c == 0x7b) {
    if (++depth > MAX_DEPTH) return 0;
    p = space(p + 1);
    if (load<u8>(p) == 0x7d) {
      depth--;
      return p + 1;
    }
    while (true) {
      if (load<u8>(p) != 0x22) return 0;
      p = stringEnd(p + 1);
      if (p == 0) return 0;
      p = space(p + 1);
      if (load<u8>(p) != 0x3a) return 0;
      p = skip(space(p + 1));
      if (p == 0) return 0;
      p = space(p);
      const next = load<u8>(p);
      if (next == 0x7d) break;
      if (next != 0x2c) return 0;
      p = space(p + 1);
    }
    depth--;
    return p + 1;
  }
  if (c == 0x5b) {
    if (++depth > MAX_DEPTH) return 0;
    p = space(p + 1);
    if (load<u8>(p) == 0x5d) {
      depth--;
      return p + 1;
    }
    while (true) {
      p = skip(p);
      if (p == 0) return 0;
      p = space(p);
      const next = load<u8>(p);
      if (next == 0x5d) break;
      if (next != 0x2c) return 0;
      p = space(p + 1);
    }
    depth--;
    return p + 1;
  }
  if (c == 0x74) return load<u32>(p) == 0x65757274 ? p + 4 : 0;
  if (c == 0x66) return load<u32>(p, 1) == 0x65736c61 ? p + 5 : 0;
  if (c == 0x6e) return load<u32>(p) == 0x6c6c756e ? p + 4 : 0;
  return skipNumber(p);
}

/** Makes every column below a node null at the row: an enclosing value is null or missing. */
export function fillNull(node: Node, row: i32): void {
  if (node.nulls) {
    store<u8>(node.nulls + <usize>row, 1);
    node.hasNull = 1;
    if (node.out == OUT_DICTIONARY) store<i32>(node.column + ((<usize>row) << 2), -1);
  }
  for (let at = 0; at < node.fieldCount; at++) {
    fillNull(changetype<Node>(changetype<Field>(node.fields + (<usize>at) * FIELD_BYTES).node), row);
  }
}

/** Gives every column below a node what a missing value has. */
export function fillMissing(node: Node, row: i32): void {
  if (node.fallbackNull) {
    fillNull(node, row);
    return;
  }
  for (let at = 0; at < node.fieldCount; at++) {
    fillMissing(changetype<Node>(changetype<Field>(node.fields + (<usize>at) * FIELD_BYTES).node), row);
  }
  if (node.out == OUT_NONE) return;
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  if (node.out == OUT_SLICE) {
    store<u32>(node.column + ((<usize>row) << 2), <u32>node.fallback);
    store<u32>(node.side + ((<usize>row) << 2), <u32>(node.fallback >> 32));
  } else if (node.out == OUT_DICTIONARY) store<i32>(node.column + ((<usize>row) << 2), <i32>node.fallback);
  else if (node.out == OUT_BOOL) store<u8>(node.column + <usize>row, <u8>node.fallback);
  else store<u64>(node.column + ((<usize>row) << 3), node.fallback);
}

/** Takes the string content [p, end) as the value of a node; false if it does not fit. */
// @ts-ignore: decorator
@inline
export function takeText(node: Node, p: usize, end: usize, escapes: bool, row: i32): bool {
  if (node.out == OUT_NONE && node.text == 0) return true;
  if (escapes) {
    const length = unescape(p, end, scratch);
    p = scratch;
    end = p + length;
  }
  const length = <u32>(end - p);
  if (node.text == 0) {
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
    store<f64>(node.column + ((<usize>row) << 3), <f64>numberLong);
    if (numberLong > 9007199254740991 || numberLong < -9007199254740991) {
      store<i64>(node.side + ((<usize>row) << 3), numberLong);
      node.wide = 1;
    }
  } else if (node.out == OUT_TIME) {
    if (!timeNumber(node, row, numberLong)) return false;
  }
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  return true;
}

/** Reads the value at p for a node; its end, or 0 where it is no JSON. Sets `misfit`. */
export function value(node: Node, p: usize, row: i32): usize {
  misfit = false;
  const start = p;
  const c = <u32>load<u8>(p);
  const accepts = node.accepts;
  if (c == 0x22) {
    const end = stringEnd(p + 1);
    if (end == 0) return 0;
    misfit = !(accepts & JSON_STRING) || !takeText(node, p + 1, end, hasEscapes, row);
    p = end + 1;
  } else if (c == 0x7b) {
    if (!(accepts & JSON_OBJECT)) {
      p = skip(p);
      misfit = true;
    } else if (node.fields) {
      p = record(node, p, row);
    } else {
      p = container(node, p, row, 0x7d);
    }
  } else if (c == 0x5b) {
    if (!(accepts & JSON_ARRAY)) {
      p = skip(p);
      misfit = true;
    } else {
      p = container(node, p, row, 0x5d);
    }
  } else if (c == 0x6e) {
    if (load<u32>(p) != 0x6c6c756e) return 0;
    p += 4;
    if (!(accepts & JSON_NULL)) {
      misfit = true;
    } else {
      fillNull(node, row);
      // A union of several types has no nulls of its own: its null is a value as any other.
      if (node.nulls || node.out != OUT_SLICE) return p;
    }
  } else if (c == 0x74 || c == 0x66) {
    const yes = c == 0x74;
    if (yes ? load<u32>(p) != 0x65757274 : load<u32>(p, 1) != 0x65736c61) return 0;
    p += yes ? 4 : 5;
    if (!(accepts & JSON_BOOL)) misfit = true;
    else if (node.out == OUT_BOOL) {
      store<u8>(node.column + <usize>row, yes ? 1 : 0);
      if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
    }
  } else {
    p = readNumber(p);
    if (p == 0) return 0;
    misfit = !(accepts & JSON_NUMBER) || !takeNumber(node, row);
  }
  if (node.out == OUT_SLICE && p != 0) {
    store<u32>(node.column + ((<usize>row) << 2), <u32>start);
    store<u32>(node.side + ((<usize>row) << 2), <u32>p);
    if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  }
  return p;
}

/** Reads an array, or an object whose names are not fields; `close` is its last byte. */
function container(node: Node, p: usize, row: i32, close: u32): usize {
  if (++depth > MAX_DEPTH) return 0;
  p = space(p + 1);
  if (load<u8>(p) == close) {
    depth--;
    return p + 1;
  }
  let bad = false;
  while (true) {
    if (close == 0x7d) {
      if (load<u8>(p) != 0x22) return 0;
      p = stringEnd(p + 1);
      if (p == 0) return 0;
      p = space(p + 1);
      if (load<u8>(p) != 0x3a) return 0;
      p = space(p + 1);
    }
    if (node.element) {
      const saved = trace;
      trace = 0;
      p = value(changetype<Node>(node.element), p, row);
      trace = saved;
      if (misfit) bad = true;
    } else {
      p = skip(p);
    }
    if (p == 0) return 0;
    p = space(p);
    const next = <u32>load<u8>(p);
    if (next == close) break;
    if (next != 0x2c) return 0;
    p = space(p + 1);
  }
  depth--;
  misfit = bad;
  return p + 1;
}

const UNSEEN: u8 = 0;
const FITS: u8 = 1;
const UNFIT: u8 = 2;

/** The index of the field named by the string content [p, end), or -1. `likely` is tried first. */
// @ts-ignore: decorator
@inline
function fieldOf(node: Node, p: usize, end: usize, likely: i32): i32 {
  const length = <u32>(end - p);
  const count = node.fieldCount;
  if (likely < count) {
    const field = changetype<Field>(node.fields + (<usize>likely) * FIELD_BYTES);
    if (field.nameLength == length && equal(field.name, p, length)) return likely;
  }
  for (let at = 0; at < count; at++) {
    const field = changetype<Field>(node.fields + (<usize>at) * FIELD_BYTES);
    if (field.nameLength == length && equal(field.name, p, length)) return at;
  }
  return -1;
}

/** Reads the object at p as a record: its fields in any order, of duplicate names the last. */
export function record(node: Node, p: usize, row: i32): usize {
  const seen = frame;
  const count = node.fieldCount;
  if (++depth > MAX_DEPTH || seen + <usize>count > framesEnd) return 0;
  frame += count;
  memory.fill(seen, UNSEEN, count);
  let found = 0;
  let bad = false;
  let likely = 0;
  p = space(p + 1);
  if (load<u8>(p) == 0x7d) {
    p++;
  } else {
    while (true) {
      if (load<u8>(p) != 0x22) return 0;
      let name = p + 1;
      const close = stringEnd(name);
      if (close == 0) return 0;
      let nameEnd = close;
      if (hasEscapes) {
        nameEnd = scratch + <usize>unescape(name, close, scratch);
        name = scratch;
      }
      const at = fieldOf(node, name, nameEnd, likely);
      p = space(close + 1);
      if (load<u8>(p) != 0x3a) return 0;
      p = space(p + 1);
      const start = p;
      if (at < 0) {
        p = skip(p);
        if (p == 0) return 0;
        traced(0, start, p);
      } else {
        const child = changetype<Node>(changetype<Field>(node.fields + (<usize>at) * FIELD_BYTES).node);
        const saved = trace;
        const leaf = child.fields == 0 || child.out == OUT_SLICE || load<u8>(start) != 0x7b;
        if (leaf) trace = 0;
        p = value(child, p, row);
        trace = saved;
        if (p == 0) return 0;
        if (leaf) traced(changetype<usize>(child), start, p);
        const state = seen + <usize>at;
        if (load<u8>(state) == UNSEEN) found++;
        else bad = bad || load<u8>(state) == UNFIT;
        store<u8>(state, misfit ? UNFIT : FITS);
        if (misfit) bad = true;
        likely = at + 1;
      }
      p = space(p);
      const next = load<u8>(p);
      p++;
      if (next == 0x7d) break;
      if (next != 0x2c) return 0;
      p = space(p);
    }
  }
  depth--;
  if (found < count || bad) {
    bad = false;
    for (let at = 0; at < count; at++) {
      const state = load<u8>(seen + <usize>at);
      if (state == UNFIT) {
        bad = true;
      } else if (state == UNSEEN) {
        const field = changetype<Field>(node.fields + (<usize>at) * FIELD_BYTES);
        if (field.missing == MISSING_REFUSED) {
          bad = true;
        } else {
          fillMissing(changetype<Node>(field.node), row);
          traced(field.node, 0, 0);
        }
      }
    }
  }
  frame = seen;
  misfit = bad;
  return p;
}
