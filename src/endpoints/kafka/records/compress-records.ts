import { gzipSync } from 'node:zlib';
import { packLz4 } from '../../../compression/pack-lz4.js';
import { packSnappy } from '../../../compression/pack-snappy.js';
import { bug } from '../../../records/errors.js';
import type { Compression } from './compression-names.js';

/** What gzip is worth is in its first levels. */
const GZIP_LEVEL = 1;
/** Of record batches of short records the higher levels take longer and make them no smaller. */
const ZSTD_LEVEL = 1;

const COMPRESS: Readonly<Record<Compression, (bytes: Buffer) => Uint8Array>> = {
  none: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes, { level: GZIP_LEVEL }),
  // One block without a header, as librdkafka writes it: every client takes both.
  snappy: packSnappy,
  lz4: packLz4,
  zstd: (bytes) => (zstd ?? bug('zstd was not prepared')).compress(bytes, ZSTD_LEVEL),
};

let zstd: typeof import('@bokuweb/zstd-wasm') | undefined;

/** Loads what compressRecords() needs. */
export async function prepareCompression(compression: Compression): Promise<void> {
  if (compression === 'zstd') zstd ??= await loadZstd();
}

async function loadZstd(): Promise<typeof import('@bokuweb/zstd-wasm')> {
  const loaded = await import('@bokuweb/zstd-wasm');
  await loaded.init();
  return loaded;
}

/** The records of a batch as brokers and consumers take them compressed, after prepareCompression(). */
export function compressRecords(compression: Compression, records: Uint8Array): Uint8Array {
  return COMPRESS[compression](Buffer.from(records.buffer, records.byteOffset, records.length));
}
