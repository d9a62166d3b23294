import { gunzipSync, gzipSync } from 'node:zlib';
import { bug } from '../../../records/errors.js';
import type { Compression } from './compression-names.js';

/** What the Java client writes before blocks of snappy: https://github.com/xerial/snappy-java, SnappyOutputStream. */
const XERIAL = Buffer.from('\x82SNAPPY\0', 'latin1');
const XERIAL_HEADER = 16;

/** Of record batches of short records the higher levels take longer and make them no smaller. */
const ZSTD_LEVEL = 1;
/** What gzip is worth is in its first levels. */
const GZIP_LEVEL = 1;

type Convert = (bytes: Buffer) => Uint8Array;

/** What a compression is read and written with. */
interface Converters {
  readonly decompress: Convert;
  readonly compress: Convert;
}

const NONE: Converters = { decompress: (bytes) => bytes, compress: (bytes) => bytes };

const ready = new Map<Compression, Converters>([['none', NONE]]);

/** Loads what compressRecords() and decompressRecords() need. */
export async function prepare(compression: Compression): Promise<void> {
  if (!ready.has(compression)) ready.set(compression, await convertersOf(compression));
}

/**
 * The records of a compressed batch, after prepare().
 * @throws Error of the library where they are damaged
 */
export function decompressRecords(compression: Compression, records: Uint8Array): Uint8Array {
  return convertersFor(compression).decompress(bufferOf(records));
}

/** The records of a batch as brokers and consumers take them compressed, after prepare(). */
export function compressRecords(compression: Compression, records: Uint8Array): Uint8Array {
  return convertersFor(compression).compress(bufferOf(records));
}

function convertersFor(compression: Compression): Converters {
  return ready.get(compression) ?? bug(`${compression} was not prepared`);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

async function convertersOf(compression: Compression): Promise<Converters> {
  switch (compression) {
    case 'none':
      return NONE;
    case 'gzip':
      return {
        decompress: (bytes) => gunzipSync(bytes),
        compress: (bytes) => gzipSync(bytes, { level: GZIP_LEVEL }),
      };
    case 'snappy': {
      const { uncompressSync, compressSync } = await import('snappy');
      const block: Convert = (bytes) => {
        const plain = uncompressSync(bytes, { asBuffer: true });
        return typeof plain === 'string' ? bug('snappy gives a text') : plain;
      };
      return {
        decompress: (bytes) =>
          bytes.subarray(0, XERIAL.length).equals(XERIAL) ? xerialBlocks(bytes, block) : block(bytes),
        // One block without a header, as librdkafka writes it: every client takes both.
        compress: (bytes) => compressSync(bytes),
      };
    }
    case 'lz4': {
      const { decompressFrameSync, compressFrameSync } = await import('lz4-napi');
      return { decompress: (bytes) => decompressFrameSync(bytes), compress: (bytes) => compressFrameSync(bytes) };
    }
    case 'zstd': {
      const { init, decompress, compress } = await import('@bokuweb/zstd-wasm');
      await init();
      return {
        decompress: (bytes) => growing((room) => decompress(bytes, { defaultHeapSize: room })),
        compress: (bytes) => compress(bytes, ZSTD_LEVEL),
      };
    }
  }
}

const FIRST_ROOM = 4 * 1024 * 1024;
const MOST_ROOM = 256 * 1024 * 1024;

/** Tries with more room until it is enough: most producers do not say how long their records are. */
function growing(decompress: (room: number) => Uint8Array): Uint8Array {
  for (let room = FIRST_ROOM; ; room *= 4) {
    try {
      return decompress(room);
    } catch (error) {
      if (room >= MOST_ROOM) throw error;
    }
  }
}

function xerialBlocks(bytes: Buffer, block: Convert): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = XERIAL_HEADER; at < bytes.length; ) {
    const length = bytes.readInt32BE(at);
    blocks.push(block(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}
