// The fields of a record by their names: a table with open addressing behind the array of its fields.
import { equal, headOf, tailOf } from './bytes';
import {
  Field, FIELD_BYTES, JSON_NUMBER, JSON_STRING, Node, NUMBER_LONG, OUT_DICTIONARY, OUT_DOUBLE, OUT_LONG, OUT_TIME,
  TEXT_ANY, TEXT_TIME,
} from './node';

/** What a value is by its first byte: KIND_OF has one of these, or 0, for each byte. */
export const KIND_STRING: u32 = 1;
export const KIND_NESTED: u32 = 2;
export const KIND_NUMBER: u32 = 3;
export const KIND_WORD: u32 = 4;
const KINDS: u32 = 5;

export const KIND_OF = memory.data(256);
store<u8>(KIND_OF + 0x22, KIND_STRING);
store<u8>(KIND_OF + 0x7b, KIND_NESTED);
store<u8>(KIND_OF + 0x5b, KIND_NESTED);
store<u8>(KIND_OF + 0x2d, KIND_NUMBER);
for (let digit = 0x30; digit < 0x3a; digit++) store<u8>(KIND_OF + digit, KIND_NUMBER);
store<u8>(KIND_OF + 0x66, KIND_WORD);
store<u8>(KIND_OF + 0x6e, KIND_WORD);
store<u8>(KIND_OF + 0x74, KIND_WORD);

/** How the value of a field is read, times KINDS so that one jump tells both: what it mostly is has a way of its own. */
export const READ_UNKNOWN: u32 = 0 * KINDS;
export const READ_TEXT: u32 = 1 * KINDS;
export const READ_TIME: u32 = 2 * KINDS;
export const READ_WHOLE: u32 = 3 * KINDS;
export const READ_VALUE: u32 = 4 * KINDS;

@unmanaged
export class Named {
  /** The name's first 8 bytes, and its last 8: of a shorter one all, as the high and as the low bytes. */
  head: u64;
  tail: u64;
  /** FREE where there is no field. */
  length: u32;
  node: usize;
  index: u16;
  /** READ_* */
  read: u16;
}
const NAMED_BYTES: usize = 32;
const FREE: u32 = 0xffffffff;

/** In front of the entries. */
@unmanaged
class Names {
  /** 64 less the bits of an entry's number. */
  shift: u32;
}
const NAMES_BYTES: usize = 16;

/** The bits of an entry's number: a quarter of the entries is taken at most, so that few names need a second look. */
function bitsFor(count: u32): u32 {
  return 34 - clz<u32>(max<u32>(count, 4) - 1);
}

/** How many bytes the table of so many names takes. */
export function namesSize(count: u32): u32 {
  // Behind the last entry there is room for names whose entries are taken: no look-up wraps around.
  return <u32>NAMES_BYTES + ((1 << bitsFor(count)) + count + 1) * <u32>NAMED_BYTES;
}

// @ts-ignore: decorator
@inline
function firstEntry(names: usize, head: u64, tail: u64): usize {
  const mixed = (head ^ rotl<u64>(tail, 21)) * 0x9e3779b97f4a7c15;
  return names + NAMES_BYTES + (<usize>(mixed >> changetype<Names>(names).shift)) * NAMED_BYTES;
}

/** Fills the table behind a record's fields. */
export function indexNames(nodeAt: usize): void {
  const node = changetype<Node>(nodeAt);
  const count = node.fieldCount;
  const names = node.fields + (<usize>count) * FIELD_BYTES;
  const end = names + namesSize(count);
  changetype<Names>(names).shift = 64 - bitsFor(count);
  for (let at = names + NAMES_BYTES; at < end; at += NAMED_BYTES) {
    changetype<Named>(at).length = FREE;
    changetype<Named>(at).read = <u16>READ_UNKNOWN;
  }
  for (let index = 0; index < count; index++) {
    const field = changetype<Field>(node.fields + (<usize>index) * FIELD_BYTES);
    const length = field.nameLength;
    const head = headOf(field.name, length);
    const tail = tailOf(field.name, length);
    let at = firstEntry(names, head, tail);
    while (changetype<Named>(at).length != FREE) at += NAMED_BYTES;
    const named = changetype<Named>(at);
    named.head = head;
    named.tail = tail;
    named.length = length;
    named.node = field.node;
    named.index = <u16>index;
    named.read = <u16>readOf(changetype<Node>(field.node));
  }
}

function readOf(node: Node): u32 {
  const out = node.out;
  if (node.accepts & JSON_STRING) {
    if (node.text == TEXT_ANY && out == OUT_DICTIONARY) return READ_TEXT;
    if (node.text == TEXT_TIME && out == OUT_TIME) return READ_TIME;
  }
  const whole = (node.accepts & JSON_NUMBER) != 0 && node.number <= NUMBER_LONG;
  return whole && (out == OUT_DOUBLE || out == OUT_LONG) ? READ_WHOLE : READ_VALUE;
}

/**
 * The field that is named [p, end) in JSON, without escapes; an entry that says READ_UNKNOWN where there is none.
 * An empty name is no field's: whatever it hashes to is none of its length.
 */
// @ts-ignore: decorator
@inline
export function fieldNamed(node: Node, p: usize, end: usize): Named {
  const length = <u32>(end - p);
  const head = headOf(p, length);
  const tail = tailOf(p, length);
  let at = firstEntry(node.fields + (<usize>node.fieldCount) * FIELD_BYTES, head, tail);
  while (true) {
    const named = changetype<Named>(at);
    const same = ((named.head ^ head) | (named.tail ^ tail) | <u64>(named.length ^ length)) == 0;
    // One branch for both, which is taken nearly always: which of them it is would be hard to foresee.
    if (<u32>same | <u32>(named.length == FREE)) {
      if (length <= 16 || !same || sameMiddle(node, named, p, length)) return named;
    }
    at += NAMED_BYTES;
  }
}

function sameMiddle(node: Node, named: Named, p: usize, length: u32): bool {
  return equal(changetype<Field>(node.fields + (<usize>named.index) * FIELD_BYTES).name, p, length);
}
