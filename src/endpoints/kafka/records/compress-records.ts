import { gzipSync } from 'node:zlib';
import { bug } from '../../../records/errors.js';
import type { Compression } from './compression-names.js';
import { prepareZstd, zstd } from './zstd.js';

/** What gzip is worth is in its first levels. */
const GZIP_LEVEL = 1;

type Compress = (bytes: Buffer) => Uint8Array;

const ready = new Map<Compression, Compress>([['none', (bytes) => bytes]]);

/** Loads what compressRecords() needs. */
export async function prepareCompression(compression: Compression): Promise<void> {
  if (!ready.has(compression)) ready.set(compression, await load(compression));
}

/** The records of a batch as brokers and consumers take them compressed, after prepareCompression(). */
export function compressRecords(compression: Compression, records: Uint8Array): Uint8Array {
  const compress = ready.get(compression) ?? bug(`${compression} was not prepared`);
  return compress(Buffer.from(records.buffer, records.byteOffset, records.length));
}

async function load(compression: Compression): Promise<Compress> {
  switch (compression) {
    case 'none':
      return (bytes) => bytes;
    case 'gzip':
      return (bytes) => gzipSync(bytes, { level: GZIP_LEVEL });
    case 'snappy': {
      const { compressSync } = await import('snappy');
      // One block without a header, as librdkafka writes it: every client takes both.
      return (bytes) => compressSync(bytes);
    }
    case 'lz4': {
      const { compressFrameSync } = await import('lz4-napi');
      return (bytes) => compressFrameSync(bytes);
    }
    case 'zstd':
      await prepareZstd();
      return (bytes) => zstd().compress(bytes);
  }
}
