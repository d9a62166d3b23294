import { isUtf8 } from 'node:buffer';
import type { Value } from '../../records/value.js';
import type { MsgpackCursor } from './cursor.js';
import { timestampText } from './timestamp.js';

/** How deep arrays and maps may nest. */
const MAX_DEPTH = 1000;

/**
 * Reads any item: integers that a double does not hold as bigint, timestamps as ISO 8601 text. What has no value here
 * (a name that is no text, another extension) is the cursor's problem.
 * @param path what to call the value
 */
export function readValue(cursor: MsgpackCursor, path: string, depth = 0): Value {
  const text = cursor.textLength();
  if (text >= 0) return readText(cursor, text, path);
  const number = cursor.number();
  if (number !== undefined) return cursor.wide ?? number;
  if (cursor.nil()) return null;
  const boolean = cursor.boolean();
  if (boolean !== undefined) return boolean;
  const length = cursor.bytesLength();
  if (length >= 0) {
    cursor.at += length;
    return cursor.bytes.slice(cursor.at - length, cursor.at);
  }
  if (depth === MAX_DEPTH) {
    cursor.refuse(`field ${path} nests more than ${MAX_DEPTH} levels`);
    cursor.skip();
    return null;
  }
  const items = cursor.arrayLength();
  if (items >= 0) {
    const list: Value[] = [];
    for (let at = 0; at < items; at++) list.push(readValue(cursor, path, depth + 1));
    return list;
  }
  const entries = cursor.mapLength();
  if (entries >= 0) return readMap(cursor, entries, path, depth);
  return readExtension(cursor, path);
}

function readMap(cursor: MsgpackCursor, entries: number, path: string, depth: number): Value {
  const pairs: [string, Value][] = [];
  for (let at = 0; at < entries; at++) {
    const length = cursor.textLength();
    if (length < 0) {
      cursor.refuse(`field ${path} has a name that is not text`);
      cursor.skip();
    }
    const name = length < 0 ? '' : readText(cursor, length, path);
    pairs.push([name, readValue(cursor, path, depth + 1)]);
  }
  return Object.fromEntries(pairs);
}

function readText(cursor: MsgpackCursor, length: number, path: string): string {
  const start = cursor.at;
  cursor.at = start + length;
  const bytes = cursor.bytes.subarray(start, cursor.at);
  if (!isUtf8(bytes)) cursor.refuse(`field ${path} is not valid UTF-8`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('utf8');
}

function readExtension(cursor: MsgpackCursor, path: string): Value {
  const extension = cursor.extension();
  const time = extension === undefined ? undefined : timestampText(extension.type, extension.data);
  if (time === undefined) cursor.refuse(`field ${path} is an extension of type ${extension?.type}, not a value`);
  return time ?? null;
}
