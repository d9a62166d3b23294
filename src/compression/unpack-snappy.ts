import { sharedUnpacker } from '../kernel/unpacker.js';

/** What the Java client writes before blocks of snappy: https://github.com/xerial/snappy-java, SnappyOutputStream. */
const XERIAL = Buffer.from('\x82SNAPPY\0', 'latin1');
const XERIAL_HEADER = 16;
/** No element of a block gives more bytes than so many times its own. */
const MOST_RATIO = 32;

/** Elements of a block, and how many bytes they give. */
interface Elements {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/**
 * What a block of Snappy holds.
 * @param most bytes that it may hold
 * @returns borrowed until the next call
 * @throws Error where it is damaged, or holds more
 */
export function unpackSnappy(bytes: Uint8Array, most: number): Uint8Array {
  const block = elementsOf(bytes, 0, bytes.length);
  if (block.length > most) throw new Error(`it holds more than ${most} bytes`);
  return unpackBlocks(bytes, [block]);
}

/**
 * What was compressed with Snappy for a topic: one block, or several as the Java client frames them.
 * @returns borrowed until the next call
 * @throws Error where it is damaged
 */
export function unpackFramedSnappy(bytes: Buffer): Uint8Array {
  const isFramed = bytes.subarray(0, XERIAL.length).equals(XERIAL);
  return unpackBlocks(bytes, isFramed ? framedBlocks(bytes) : [elementsOf(bytes, 0, bytes.length)]);
}

function unpackBlocks(bytes: Uint8Array, blocks: readonly Elements[]): Uint8Array {
  const unpacker = sharedUnpacker();
  unpacker.load(
    bytes,
    blocks.reduce((sum, { length }) => sum + length, 0),
  );
  for (const { from, to, length } of blocks) if (!unpacker.snappy(from, to, length)) throw damaged();
  return unpacker.bytes;
}

function framedBlocks(bytes: Buffer): Elements[] {
  const blocks: Elements[] = [];
  for (let at = XERIAL_HEADER; at < bytes.length; ) {
    const from = at + 4;
    const size = from > bytes.length ? -1 : bytes.readInt32BE(at);
    if (size < 0 || size > bytes.length - from) throw damaged();
    blocks.push(elementsOf(bytes, from, from + size));
    at = from + size;
  }
  return blocks;
}

/** A block begins with how many bytes it gives, 7 bits a byte. */
function elementsOf(bytes: Uint8Array, from: number, to: number): Elements {
  let length = 0;
  for (let at = from, unit = 1; at < to && at < from + 5; at++, unit *= 128) {
    length += (bytes[at] & 127) * unit;
    if (bytes[at] >= 128) continue;
    if (length > (to - at) * MOST_RATIO) break;
    return { from: at + 1, to, length };
  }
  throw damaged();
}

function damaged(): Error {
  return new Error('a block is damaged');
}
