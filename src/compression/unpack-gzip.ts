import { gunzipSync } from 'node:zlib';
import { sharedUnpacker } from '../kernel/unpacker.js';

/** RFC 1952, 2.3: the first bytes of a member, and what its flags say follows them. */
const MAGIC = 0x1f8b;
const DEFLATE = 8;
const HEADER_BYTES = 10;
const FLAG = { headerChecksum: 0x02, extra: 0x04, name: 0x08, comment: 0x10, reserved: 0xe0 } as const;
/** A checksum, and how many bytes the member holds. */
const TRAILER_BYTES = 8;
/** No byte of deflate gives more bytes than so many. */
const MOST_RATIO = 1032;

/**
 * What was compressed with gzip. The checksum of a single member is left out: a record batch has its own of all that it
 * holds.
 * @returns borrowed until the next call
 * @throws Error where it is damaged
 */
export function unpackGzip(bytes: Buffer): Uint8Array {
  const said = bytes.length < TRAILER_BYTES ? 0 : bytes.readUInt32LE(bytes.length - 4);
  const most = Math.min(said, bytes.length * MOST_RATIO);
  const from = endOfHeader(bytes);
  if (from !== undefined && most === said) {
    const unpacker = sharedUnpacker();
    unpacker.load(bytes, most);
    const end = unpacker.inflate(from, bytes.length - TRAILER_BYTES);
    if (end === bytes.length - TRAILER_BYTES && unpacker.bytes.length === said) return unpacker.bytes;
  }
  // Several members, or damaged: zlib knows which, and of what is damaged where.
  return gunzipSync(bytes, { chunkSize: 64 + most });
}

/** Where a member's compressed bytes begin; undefined for a header that only zlib is asked to read. */
function endOfHeader(bytes: Buffer): number | undefined {
  if (bytes.length < HEADER_BYTES + TRAILER_BYTES || bytes.readUInt16BE(0) !== MAGIC || bytes[2] !== DEFLATE)
    return undefined;
  const flags = bytes[3];
  if ((flags & (FLAG.reserved | FLAG.headerChecksum | FLAG.extra)) !== 0) return undefined;
  let at = HEADER_BYTES;
  for (const text of [FLAG.name, FLAG.comment]) {
    if ((flags & text) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  return at <= bytes.length - TRAILER_BYTES ? at : undefined;
}
