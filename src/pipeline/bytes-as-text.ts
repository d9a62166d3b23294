import type { Row } from '../records/value.js';

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Bytes as a field with their text, or with base64, which another field says: `key` and `keyEncoding`.
 * @param binary they are no text whatever they look like, such as Avro behind its 0
 */
export function bytesAsText(field: string, bytes: Uint8Array, binary = false): Row {
  const text = binary ? undefined : textOf(bytes);
  return text === undefined
    ? { [field]: Buffer.from(bytes).toString('base64'), [`${field}Encoding`]: 'base64' }
    : { [field]: text };
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strictText.decode(bytes);
  } catch {
    return undefined;
  }
}
