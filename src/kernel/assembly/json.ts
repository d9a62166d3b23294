// The general path: any JSON text (RFC 8259) against a node, checked in full.
import { countDigits, digitsValue, loadDigits } from './digits';
import { intern } from './dictionary';
import { fieldNamed, READ_TEXT, READ_TIME, READ_UNKNOWN, READ_WHOLE } from './field-names';
import { fillMissing, fillNull } from './fill';
import {
  Dictionary, Field, FIELD_BYTES, JSON_ARRAY, JSON_BOOL, JSON_NULL, JSON_NUMBER, JSON_OBJECT, JSON_STRING,
  MISSING_REFUSED, Node, OUT_BOOL, OUT_SLICE,
} from './node';
import { readNumber } from './number';
import { blank, enter, leave, resetDepth, skip, skipColon, skipName, space } from './skip';
import { takeNumber, takeText } from './take';
import { hasEscapes, setTextRoom, stringEnd, unescaped, unescapedText } from './text';
import { timeText } from './time';
import { pauseTrace, resumeTrace, trace, traced } from './trace';

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
  const tracing = trace != 0;
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
      const start = p;
      const read = <u32>named.read;
      if (read == READ_UNKNOWN) {
        p = skip(p);
        if (p == 0) return 0;
        if (tracing) traced(0, start, p);
      } else {
        const child = changetype<Node>(named.node);
        const c = <u32>load<u8>(p);
        misfit = false;
        if (read == READ_TEXT && c == 0x22) {
          p = textValue(child, p, row);
        } else if (read == READ_TIME && c == 0x22 && load<u8>(p, 20) == 0x22) {
          // A quote or backslash within makes it no time.
          if (timeText(child, row, p + 1, 19)) {
            if (child.nulls) store<u8>(child.nulls + <usize>row, 0);
            p += 21;
          } else {
            p = value(child, p, row);
          }
        } else if (read == READ_WHOLE && c - 49 < 9) {
          p = wholeValue(child, p, row);
        } else if (tracing) {
          p = tracedValue(child, p, row);
        } else {
          p = value(child, p, row);
        }
        if (p == 0) return 0;
        if (tracing && read >= READ_TEXT) traced(named.node, start, p);
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

/** Reads the string at p into a column of texts; its end, or 0 where it is none. */
// @ts-ignore: decorator
@inline
function textValue(node: Node, p: usize, row: i32): usize {
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

/** Reads the number at p, whose first digit is not 0, into a column of whole numbers; its end, or 0. */
// @ts-ignore: decorator
@inline
function wholeValue(node: Node, p: usize, row: i32): usize {
  const x = loadDigits(p);
  const digits = countDigits(x);
  const c = <u32>load<u8>(p + <usize>digits);
  if (digits == 8 || c == 0x2e || (c | 0x20) == 0x65) return value(node, p, row);
  store<f64>(node.column + ((<usize>row) << 3), <f64>digitsValue(x, digits));
  if (node.nulls) store<u8>(node.nulls + <usize>row, 0);
  return p + <usize>digits;
}

/** value(), tracing what is in a record of which some field is wanted, or the value as a whole. */
function tracedValue(node: Node, p: usize, row: i32): usize {
  if (node.fields != 0 && node.out != OUT_SLICE && load<u8>(p) == 0x7b) return value(node, p, row);
  const start = p;
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
