import { isText, textOf } from '../codecs/utf8.js';
import type { Row } from '../records/value.js';

/**
 * Bytes as a field with their text, or with base64, which another field says: `key` and `keyEncoding`.
 * @param binary they are no text whatever they look like, such as Avro behind its 0
 */
export function bytesAsText(field: string, bytes: Uint8Array, binary = false): Row {
  return !binary && isText(bytes, 0, bytes.length)
    ? { [field]: textOf(bytes, 0, bytes.length) }
    : { [field]: Buffer.from(bytes).toString('base64'), [`${field}Encoding`]: 'base64' };
}
