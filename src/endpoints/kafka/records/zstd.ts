import * as zlib from 'node:zlib';
import { bug } from '../../../records/errors.js';

/** Of record batches of short records the higher levels take longer and make them no smaller. */
const LEVEL = 1;
const FIRST_ROOM = 4 * 1024 * 1024;
const MOST_ROOM = 256 * 1024 * 1024;

export interface Zstd {
  decompress(bytes: Buffer): Uint8Array;
  compress(bytes: Buffer): Uint8Array;
}

let loaded: Zstd | undefined;

/** After prepareZstd(). */
export function zstd(): Zstd {
  return loaded ?? bug('zstd was not prepared');
}

export async function prepareZstd(): Promise<void> {
  loaded ??= await load();
}

/** Node's own where it has one (from 22.15 on), which takes less time; else one in WebAssembly. */
async function load(): Promise<Zstd> {
  const { zstdDecompressSync, zstdCompressSync, constants } = zlib as Partial<ZstdOfNode>;
  const level = constants?.ZSTD_c_compressionLevel;
  if (zstdDecompressSync !== undefined && zstdCompressSync !== undefined && typeof level === 'number') {
    const params = { [level]: LEVEL };
    const limits = { maxOutputLength: MOST_ROOM };
    return {
      decompress: (bytes) => zstdDecompressSync(bytes, limits),
      compress: (bytes) => zstdCompressSync(bytes, { params }),
    };
  }
  const { init, decompress, compress } = await import('@bokuweb/zstd-wasm');
  await init();
  return {
    decompress: (bytes) => growing((room) => decompress(bytes, { defaultHeapSize: room })),
    compress: (bytes) => compress(bytes, LEVEL),
  };
}

/** What the types of the oldest Node do not know. */
interface ZstdOfNode {
  readonly zstdDecompressSync: (bytes: Buffer, options: { maxOutputLength: number }) => Buffer;
  readonly zstdCompressSync: (bytes: Buffer, options: { params: Readonly<Record<number, number>> }) => Buffer;
  readonly constants: Readonly<Record<string, unknown>>;
}

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
