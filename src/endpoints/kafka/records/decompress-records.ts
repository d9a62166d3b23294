import { unpackGzip } from '../../../compression/unpack-gzip.js';
import { unpackLz4 } from '../../../compression/unpack-lz4.js';
import { unpackFramedSnappy } from '../../../compression/unpack-snappy.js';
import { unpackZstd } from '../../../compression/unpack-zstd.js';
import type { Compression } from './compression-names.js';

const DECOMPRESS: Readonly<Record<Compression, (bytes: Buffer) => Uint8Array>> = {
  none: (bytes) => bytes,
  gzip: unpackGzip,
  snappy: unpackFramedSnappy,
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
