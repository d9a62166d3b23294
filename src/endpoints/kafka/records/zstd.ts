import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bug } from '../../../records/errors.js';

/** Of record batches of short records the higher levels take longer and make them no smaller. */
const LEVEL = 1;
const FIRST_ROOM = 1024 * 1024;
const MOST_ROOM = 256 * 1024 * 1024;
/** zstd_errors.h: ZSTD_error_dstSize_tooSmall. */
const TOO_SMALL = 70;

/** Compresses and decompresses frames, each of one batch's records. */
export interface Zstd {
  /** @returns borrowed until the next call @throws Error where they are damaged */
  decompress(bytes: Buffer): Uint8Array;
  compress(bytes: Buffer): Uint8Array;
}

let loaded: Zstd | undefined;

/** After prepareZstd(). */
export function zstd(): Zstd {
  return loaded ?? bug('zstd was not prepared');
}

/** Loads what zstd() gives. */
export async function prepareZstd(): Promise<void> {
  loaded ??= await load();
}

/** zstd itself, as Emscripten has compiled it. */
interface ZstdModule {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(at: number): void;
  _ZSTD_decompress(to: number, room: number, from: number, length: number): number;
  _ZSTD_isError(result: number): number;
}

/**
 * The package's own function takes new memory for each batch, twice, which is a third of the time. Node's own zstd, where
 * it has one, takes as long.
 */
async function load(): Promise<Zstd> {
  const { init, compress } = await import('@bokuweb/zstd-wasm');
  await init();
  const require = createRequire(import.meta.url);
  const parts: { Module: ZstdModule } = require(join(dirname(require.resolve('@bokuweb/zstd-wasm')), 'module.js'));
  const module = parts.Module;
  const input = new HeapBlock(module);
  const output = new HeapBlock(module);
  return {
    decompress: (bytes) => {
      const from = input.room(bytes.length);
      module.HEAPU8.set(bytes, from);
      // Most producers do not say how long their records are.
      for (let room = Math.max(FIRST_ROOM, output.bytes); ; room *= 4) {
        const to = output.room(room);
        const result = module._ZSTD_decompress(to, room, from, bytes.length);
        if (module._ZSTD_isError(result) === 0) return module.HEAPU8.subarray(to, to + result);
        const code = -(result | 0);
        if (code !== TOO_SMALL || room >= MOST_ROOM) throw new Error(`zstd's error ${code}`);
      }
    },
    compress: (bytes) => compress(bytes, LEVEL),
  };
}

/** Memory of the module that is kept from batch to batch. */
class HeapBlock {
  bytes = 0;
  #at = 0;

  constructor(readonly module: ZstdModule) {}

  room(bytes: number): number {
    if (bytes <= this.bytes) return this.#at;
    if (this.bytes > 0) this.module._free(this.#at);
    this.#at = this.module._malloc(bytes);
    if (this.#at === 0) throw new Error('zstd has no memory left');
    this.bytes = bytes;
    return this.#at;
  }
}
