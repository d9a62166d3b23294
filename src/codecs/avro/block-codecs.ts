import * as zlib from 'node:zlib';
import { packSnappy } from '../../compression/pack-snappy.js';
import { unpackDeflate } from '../../compression/unpack-deflate.js';
import { unpackSnappy } from '../../compression/unpack-snappy.js';
import { unpackZstd } from '../../compression/unpack-zstd.js';
import { UsageError } from '../../records/errors.js';

/** What a block may take, compressed or not: the bound keeps a few damaged bytes from filling the memory. */
export const MAX_BLOCK_BYTES: number = 128 * 1024 * 1024;

/**
 * Turns a block as the file has it into its records' bytes, which are borrowed until the next block is decompressed;
 * throws an Error with what is wrong with it.
 */
export type Decompress = (block: Uint8Array) => Uint8Array;
/** The opposite. */
export type Compress = (records: Uint8Array) => Uint8Array;

/**
 * The compression that a header names (Avro 1.12, "Required Codecs" and "Optional Codecs").
 * @throws UsageError for one that freshet does not read
 */
export function decompressor(codec: string, source: string): Decompress {
  switch (codec) {
    case 'null':
      return (block) => block;
    case 'deflate':
      return (block) => unpackDeflate(block, MAX_BLOCK_BYTES);
    case 'snappy':
      return unsnap;
    case 'zstandard':
      return (block) => unpackZstd(Buffer.from(block.buffer, block.byteOffset, block.length));
    default:
      throw new UsageError(
        `${source} is compressed with ${codec}, which freshet does not read`,
        'Write it with null, deflate, snappy or zstandard.',
      );
  }
}

export function compressor(codec: 'null' | 'deflate' | 'snappy'): Compress {
  switch (codec) {
    case 'null':
      return (records) => records;
    case 'deflate':
      return (records) => zlib.deflateRawSync(records);
    case 'snappy':
      return snap;
  }
}

const CRC_BYTES = 4;

/** Snappy's block, followed by the CRC-32 of the records in big-endian order. */
function unsnap(block: Uint8Array): Uint8Array {
  const end = block.length - CRC_BYTES;
  if (end < 0) throw new Error('it is too short for a checksum');
  const records = unpackSnappy(block.subarray(0, end), MAX_BLOCK_BYTES);
  const expected = new DataView(block.buffer, block.byteOffset + end, CRC_BYTES).getUint32(0);
  if (crc32(records) !== expected) throw new Error('its checksum is wrong');
  return records;
}

function snap(records: Uint8Array): Uint8Array {
  const packed = packSnappy(records);
  const block = Buffer.alloc(packed.length + CRC_BYTES);
  block.set(packed);
  block.writeUInt32BE(crc32(records), packed.length);
  return block;
}

/** CRC-32 of ISO 3309; zlib has it from Node 20.15 on. */
const crc32: (bytes: Uint8Array) => number =
  typeof zlib.crc32 === 'function' ? (bytes) => zlib.crc32(bytes) : slowCrc32;

export function slowCrc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
