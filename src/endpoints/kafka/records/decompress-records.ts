import type { Compression } from './compression-names.js';
import { unpackGzip } from './unpack-gzip.js';
import { unpackLz4 } from './unpack-lz4.js';
import { unpackSnappy } from './unpack-snappy.js';
import { unpackZstd } from './unpack-zstd.js';

const DECOMPRESS: Readonly<Record<Compression, (bytes: Buffer) => Uint8Array>> = {
  none: (bytes) => bytes,
  gzip: unpackGzip,
  snappy: unpackSnappy,
  lz4: unpackLz4,
  zstd: unpackZstd,
};

/**
 * The records of a compressed batch.
 * @returns borrowed until the next call
 * @throws Error where they are damaged
 */
export function decompressRecords(compression: Compression, records: Uint8Array): Uint8Array {
  return DECOMPRESS[compression](Buffer.from(records.buffer, records.byteOffset, records.length));
}
