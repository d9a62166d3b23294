import type { Dictionary } from '../records/dictionary.js';

const MAX_ENTRIES = 1 << 22;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Whether a decoder is to begin its next batch with an empty dictionary: an endless stream of texts that don't come
 * again must not fill the memory. The entries' bytes lie one behind the other.
 */
export function isFull(
  dictionary: Dictionary,
  maxEntries: number = MAX_ENTRIES,
  maxBytes: number = MAX_BYTES,
): boolean {
  const { size } = dictionary;
  if (size === 0) return false;
  const last = dictionary.bytes(size - 1);
  return size > maxEntries || last.byteOffset + last.length - dictionary.bytes(0).byteOffset > maxBytes;
}
