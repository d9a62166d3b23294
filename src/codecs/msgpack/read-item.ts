import type { Value } from '../../records/value.js';
import { MsgpackCursor } from './cursor.js';
import { type Item, measure, UNUSED } from './item.js';
import { readValue } from './read-value.js';

/** Reads bytes that are one MessagePack item and nothing else; undefined where they are not. */
export function readItem(bytes: Uint8Array): Value | undefined {
  if (sizeOfItem(bytes) !== bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cursor = new MsgpackCursor().set(bytes, view, 0);
  const value = readValue(cursor, '');
  return cursor.problem === undefined ? value : undefined;
}

/** The size in bytes of the first item; undefined where it is not whole, or is none. */
export function sizeOfItem(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const item: Item = { size: 0, inside: 0 };
  let at = 0;
  for (let pending = 1; pending > 0; ) {
    if (at >= bytes.length || bytes[at] === UNUSED || !measure(bytes, view, at, bytes.length, item)) return undefined;
    at += item.size;
    pending += item.inside - 1;
  }
  return at;
}
