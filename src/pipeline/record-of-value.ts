import { isRow } from '../records/fit-value.js';
import { parseJson } from '../records/json-text.js';
import type { Row } from '../records/value.js';
import { isMessagePack } from './formats.js';

/** The fields of a record in JSON or MessagePack, of an array of records those of the first; undefined for other bytes. */
export async function recordOf(bytes: Uint8Array): Promise<Row | undefined> {
  if (isMessagePack(bytes[0], bytes[1])) {
    const { readItem } = await import('../codecs/msgpack/read-item.js');
    const value = readItem(bytes);
    return value !== undefined && isRow(value) ? value : undefined;
  }
  try {
    const value = parseJson(bytes);
    const first = Array.isArray(value) ? value[0] : value;
    return first !== undefined && isRow(first) ? first : undefined;
  } catch {
    return undefined;
  }
}
