// The general path: any JSON text (RFC 8259) against a node, checked in full.
import { countDigits, digitsValue, loadDigits } from './digits';
import {
  fieldNamed, KIND_NESTED, KIND_NUMBER, KIND_OF, KIND_STRING, KIND_WORD,
  READ_TEXT, READ_TIME, READ_UNKNOWN, READ_WHOLE,
} from './field-names';
import { fillMissing, fillNull } from './fill';
import {
  Field, FIELD_BYTES, JSON_ARRAY, JSON_BOOL, JSON_NULL, JSON_NUMBER, JSON_OBJECT, JSON_STRING,
  MISSING_REFUSED, Node, OUT_BOOL, OUT_SLICE,
} from './node';
import { readNumber, skipNumber } from './number';
import { blank, enter, leave, resetDepth, skip, skipColon, skipName, skipNested, skipWord, space, startInRecord } from './skip';
import { takeNumber, takeText, textValue } from './take';
import { hasEscapes, setTextRoom, stringEnd, unescaped, unescapedText } from './text';
import { timeText } from './time';
import { pauseTrace, resumeTrace, trace, traced } from './trace';

/** Whether the JSON text [p, p + length) fits the type of a node's check. Asked of unions that no node says exactly. */
@external("env", "slowFit")
declare function slowFit(check: u32, p: usize, length: u32): u32;

/** Whether the value read last does not fit its node (it is valid JSON all the same). */
export let misfit: bool = false;

/** Room for one byte a field of every record that is open. */
let frames: usize = 0;
let framesEnd: usize = 0;
let frame: usize = 0;

/** Room for a string without its escapes, as large as the input buffer, and for the fields of open records. */
export function setScratch(text: usize, frameStart: usize, frameLimit: usize): void {
  setTextRoom(text);
  frames = frameStart;
  framesEnd = frameLimit;
}

/** To be called before a record or value that stands in no other. */
export function reset(): void {
  resetDepth();
  frame = frames;
}

/** To be called before a value that stands in a record, where that was not read by record(). */
export function resetInRecord(): void {
  startInRecord();
  frame = frames;
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
  if (node.check && p != 0 && !misfit) misfit = slowFit(node.check, start, <u32>(p - start)) == 0;
  if (node.out == OUT_SLICE && p != 0) {
    store<u32>(node.column + ((<usize>row) << 2), <u32>start);
    store<u32>(node.side + ((<usize>row) << 2), <u32>p);
    if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  }
  return p;
}

/** Reads an array, or an object whose names are not fields; `close` is its last byte. */
function container(node: Node, p: usize, row: i32, close: u32): usize {
  if (!enter()) return 0;
  p = space(p + 1);
  if (load<u8>(p) == close) {
    leave();
    return p + 1;
  }
  let bad = false;
  while (true) {
    if (close == 0x7d) {
      p = skipName(p);
      if (p == 0) return 0;
    }
    if (node.element) {
      p = value(changetype<Node>(node.element), p, row);
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
  leave();
  misfit = bad;
  return p + 1;
}

/** Makes record() take the way that traces, whatever a field is. */
const TRACING: u32 = 64;

const UNSEEN: u8 = 0;
const FITS: u8 = 1;
const UNFIT: u8 = 2;

/** Reads the object at p as a record: its fields in any order, of duplicate names the last. */
export function record(node: Node, p: usize, row: i32): usize {
  const seen = frame;
  const count = node.fieldCount;
  if (!enter() || seen + <usize>count + 8 > framesEnd) return 0;
  frame = seen + <usize>count;
  for (let at = seen; at < frame; at += 8) store<u64>(at, 0);
  const mode = trace != 0 ? TRACING : 0;
  let found = 0;
  let bad = false;
  p = blank(p + 1);
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
        nameEnd = unescaped(name, close);
        name = unescapedText;
      }
      const named = fieldNamed(node, name, nameEnd);
      p = skipColon(close + 1);
      if (p == 0) return 0;
      const read = <u32>named.read;
      const child = changetype<Node>(named.node);
      misfit = false;
      // One jump for both the field and its value.
      switch (mode + read + <u32>load<u8>(KIND_OF + <usize>load<u8>(p))) {
        case READ_UNKNOWN + KIND_STRING:
          p = stringEnd(p + 1) + 1;
          if (p == 1) return 0;
          break;
        case READ_UNKNOWN + KIND_NESTED:
          p = skipNested(p);
          break;
        case READ_UNKNOWN + KIND_NUMBER:
          p = skipNumber(p);
          break;
        case READ_UNKNOWN + KIND_WORD:
          p = skipWord(p, <u32>load<u8>(p));
          break;
        case READ_TEXT + KIND_STRING:
          p = textValue(child, p, row);
          break;
        case READ_TIME + KIND_STRING:
          p = timeValue(child, p, row);
          break;
        case READ_WHOLE + KIND_NUMBER:
          p = wholeValue(child, p, row);
          break;
        default:
          if (mode != 0) p = tracedValue(read, child, p, row);
          else p = read == READ_UNKNOWN ? 0 : value(child, p, row);
      }
      if (p == 0) return 0;
      if (read != READ_UNKNOWN) {
        const state = seen + <usize>named.index;
        found += <i32>(load<u8>(state) == UNSEEN);
        store<u8>(state, misfit ? UNFIT : FITS);
        if (misfit) bad = true;
      }
      p = blank(p);
      const next = load<u8>(p);
      p++;
      if (next == 0x7d) break;
      if (next != 0x2c) return 0;
      p = blank(p);
    }
  }
  leave();
  frame = seen;
  misfit = (found < count || bad) && !complete(node, seen, row);
  return p;
}

/** Reads the string at p into a column of times; its end, or 0 where it is none. */
// @ts-ignore: decorator
@inline
function timeValue(node: Node, p: usize, row: i32): usize {
  // A quote or backslash within makes it no time.
  if (load<u8>(p, 20) != 0x22 || !timeText(node, row, p + 1, 19)) return value(node, p, row);
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  return p + 21;
}

/** Reads the number at p into a column of whole numbers; its end, or 0 where it is none. */
// @ts-ignore: decorator
@inline
function wholeValue(node: Node, p: usize, row: i32): usize {
  const x = loadDigits(p);
  const digits = countDigits(x);
  const c = <u32>load<u8>(p + <usize>digits);
  const isShort = digits - 1 < 7 && load<u8>(p) != 0x30 && c != 0x2e && (c | 0x20) != 0x65;
  if (!isShort) return value(node, p, row);
  store<f64>(node.column + ((<usize>row) << 3), <f64>digitsValue(x, digits));
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  return p + <usize>digits;
}

/** Reads or passes over a value, tracing those in it where it is a record with fields that are read one by one. */
function tracedValue(read: u32, node: Node, p: usize, row: i32): usize {
  const start = p;
  if (read == READ_UNKNOWN) {
    p = skip(p);
    if (p != 0) traced(0, start, p);
    return p;
  }
  if (node.fields != 0 && node.out != OUT_SLICE && load<u8>(p) == 0x7b) return value(node, p, row);
  const paused = pauseTrace();
  p = value(node, p, row);
  resumeTrace(paused);
  if (p != 0) traced(changetype<usize>(node), start, p);
  return p;
}

/** Fills the fields that a record lacks; false where it lacks one that it must have, or one does not fit. */
function complete(node: Node, seen: usize, row: i32): bool {
  let fits = true;
  for (let at = 0; at < node.fieldCount; at++) {
    const state = load<u8>(seen + <usize>at);
    if (state == UNFIT) {
      fits = false;
    } else if (state == UNSEEN) {
      const field = changetype<Field>(node.fields + (<usize>at) * FIELD_BYTES);
      if (field.missing == MISSING_REFUSED) {
        fits = false;
      } else {
        fillMissing(changetype<Node>(field.node), row);
        if (trace != 0) traced(field.node, 0, 0);
      }
    }
  }
  return fits;
}
