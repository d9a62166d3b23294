import { gunzipSync } from 'node:zlib';
import type { Compression } from './compression-names.js';
import { unpackLz4 } from './unpack-lz4.js';
import { unpackSnappy } from './unpack-snappy.js';
import { prepareZstd, zstd } from './zstd.js';

/** No byte of deflate gives more bytes than so many. */
const MOST_RATIO = 1032;

const DECOMPRESS: Readonly<Record<Compression, (bytes: Buffer) => Uint8Array>> = {
  none: (bytes) => bytes,
  gzip: unpackGzip,
  snappy: unpackSnappy,
  lz4: unpackLz4,
  zstd: (bytes) => zstd().decompress(bytes),
};

/** Loads what decompressRecords() needs. */
export async function prepareDecompression(compression: Compression): Promise<void> {
  if (compression === 'zstd') await prepareZstd();
}

/**
 * The records of a compressed batch, after prepareDecompression() or prepareCompression().
 * @returns borrowed until the next call
 * @throws Error where they are damaged
 */
export function decompressRecords(compression: Compression, records: Uint8Array): Uint8Array {
  return DECOMPRESS[compression](Buffer.from(records.buffer, records.byteOffset, records.length));
}

/** The last four bytes say how many there are, for one piece of memory that holds all of them. */
function unpackGzip(bytes: Buffer): Uint8Array {
  const said = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4);
  return gunzipSync(bytes, { chunkSize: 64 + Math.min(said, bytes.length * MOST_RATIO) });
}
