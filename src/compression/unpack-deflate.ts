import { inflateRawSync } from 'node:zlib';
import { sharedUnpacker } from '../kernel/unpacker.js';

const LEAST_ROOM = 64 * 1024;
/** How many times its length a stream is taken to give at first, and at most: no byte of it gives more. */
const RATIO = 16;
const MOST_RATIO = 1032;

/**
 * What a stream of Deflate (RFC 1951) holds, which does not say how much it is.
 * @param most bytes that it may hold
 * @returns borrowed until the next call
 * @throws Error where it is damaged, or holds more
 */
export function unpackDeflate(bytes: Uint8Array, most: number): Uint8Array {
  const unpacker = sharedUnpacker();
  const last = Math.min(most, bytes.length * MOST_RATIO);
  for (let room = Math.max(LEAST_ROOM, bytes.length * RATIO); ; room *= 8) {
    unpacker.load(bytes, Math.min(room, last));
    if (unpacker.inflate(0, bytes.length) !== undefined) return unpacker.bytes;
    // zlib knows what is wrong with it.
    if (room >= last) return inflateRawSync(bytes, { maxOutputLength: most });
  }
}
