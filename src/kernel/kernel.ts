import { readFileSync } from 'node:fs';
import { ServiceError } from '../records/errors.js';
import type { KernelExports } from './kernel-exports.js';
import { SlowFits } from './slow-fits.js';
import { slowNumber } from './slow-number.js';

/** Typed views of the kernel's memory, as much as there was of it when they were made. */
export interface Views {
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  readonly i64: BigInt64Array;
}

const PAGE = 65536;
/** Enough for a decoder of a narrow type: pages that are not touched cost nothing. */
const FIRST_PAGES = 80;
const ALIGN = 16;
/** Wide loads read past the end of what they look at. */
const PADDING = 64;
const FRAMES = 64 * 1024;
/** What V8 copies at once, where it may. */
const WORD = 8;
/** So many bytes at a time are copied by way of a place that is aligned as they are. */
const STAGE = 32 * 1024;
/** Fewer are copied as fast one by one. */
const FEW = 64;
/** What rows are written in. */
const ROW_SPACE = 1024 * 1024;
/** So that growing ahead never asks for more than there can be. */
const AHEAD = 256 * 1024 * 1024;
/** Offsets are signed: what lies behind 2 GiB could not be found again. */
const MOST_PAGES = 2 ** 31 / PAGE;
/** Of those, what is taken before it is needed. */
const MOST_SPARED = 1024 * 1024 * 1024;

/**
 * The WebAssembly instance and its memory. One serves a whole thread, so that dictionaries are shared by every
 * decoder of a pipeline. Blocks that are given back are handed out again by size. No other thread has the memory, but
 * it is shared by its type: views of it outlive its growth. Growing any other memory takes the bytes away from whoever
 * has borrowed them, such as the columns of a batch that waits for a sink.
 */
export class Kernel {
  readonly exports: KernelExports;
  readonly slowFits = new SlowFits();
  readonly #memory: WebAssembly.Memory<SharedArrayBuffer>;
  /** All that the memory has had: each shows as much of it as there was then. */
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  readonly #free = new Map<number, number[]>();
  readonly #growers = new Map<number, (more: number) => void>();
  #top: number;
  #views: Views;
  #scratchSize = 0;
  #scratch = 0;
  readonly #frames: number;
  readonly #stage: number;
  /** Room to write rows in, for who writes them meanwhile. */
  readonly rowSpace: { readonly at: number; readonly end: number };

  constructor(module: WebAssembly.Module) {
    this.#memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES, shared: true });
    this.#views = this.#look();
    const env = {
      memory: this.#memory,
      abort: () => {
        throw new Error('the kernel aborted');
      },
      growDictionary: (at: number, more: number): void => this.#growers.get(at)?.(more),
      slowNumber: (at: number, length: number, out: number): number => slowNumber(this.views, at, length, out),
      slowFit: (check: number, at: number, length: number): number =>
        this.slowFits.fits(this.views, check, at, length) ? 1 : 0,
    };
    const instance = new WebAssembly.Instance(module, { env });
    this.exports = instance.exports as unknown as KernelExports;
    this.#top = align(this.exports.heapBase());
    this.#frames = this.allocate(FRAMES);
    this.#stage = this.allocate(STAGE);
    this.needScratch(PAGE);
    const at = this.allocate(ROW_SPACE);
    this.rowSpace = { at, end: at + ROW_SPACE };
  }

  /** Of all that there is now: what is allocated later may lie behind them. */
  get views(): Views {
    return this.#views;
  }

  /** A block of at least `bytes`, not cleared, aligned to 16, with room behind it for wide loads. */
  allocate(bytes: number): number {
    const size = align(bytes + PADDING);
    const reused = this.#free.get(size)?.pop();
    if (reused !== undefined) return reused;
    const at = this.#top;
    const lack = at + size - this.#memory.buffer.byteLength;
    if (lack > 0) this.#grow(lack);
    this.#top += size;
    return at;
  }

  /** @throws ServiceError where there is no more memory to be had */
  #grow(least: number): void {
    const have = this.#memory.buffer.byteLength;
    const most = MOST_PAGES - have / PAGE;
    // Growing takes milliseconds, whatever it grows by.
    const wanted = Math.ceil(Math.max(least, Math.min(have, AHEAD) / 4) / PAGE);
    const needed = Math.ceil(least / PAGE);
    try {
      this.#memory.grow(needed > most ? needed : Math.min(wanted, most));
      this.#views = this.#look();
    } catch (error) {
      throw new ServiceError(
        `there is no memory for more records and their texts: they take ${Math.round(have / 2 ** 20)} MB`,
        'A process holds 2048 MB of them at most. Is a record that long, or do the texts of a key never come again?',
        { cause: error },
      );
    }
  }

  #look(): Views {
    const { buffer } = this.#memory;
    this.#buffers.add(buffer);
    return viewsOf(buffer);
  }

  /** Whether there is so much that a block of `bytes` may be taken for what it may need later. */
  canSpare(bytes: number): boolean {
    return this.#top + bytes <= MOST_SPARED;
  }

  /** Gives back a block of allocate(bytes). */
  release(at: number, bytes: number): void {
    const size = align(bytes + PADDING);
    const blocks = this.#free.get(size);
    if (blocks === undefined) this.#free.set(size, [at]);
    else blocks.push(at);
  }

  /**
   * Copies bytes to an address. What JavaScript copies from or to shared memory goes byte by byte unless both are
   * aligned alike, which takes ten times as long.
   */
  put(bytes: Uint8Array, at: number): void {
    const { length } = bytes;
    const own = this.addressOf(bytes);
    if (own !== undefined) this.exports.moveBytes(at, own, length);
    else if (length < FEW || areAlike(bytes.byteOffset, at)) this.#views.u8.set(bytes, at);
    else
      for (let from = 0; from < length; from += STAGE) this.#putStaged(bytes.subarray(from, from + STAGE), at + from);
  }

  #putStaged(bytes: Uint8Array, at: number): void {
    const staged = this.#stage + (bytes.byteOffset % WORD);
    this.#views.u8.set(bytes, staged);
    this.exports.moveBytes(at, staged, bytes.length);
  }

  /** A copy of the bytes [from, to), outside of the kernel's memory. */
  copy(from: number, to: number): Uint8Array {
    const room = Buffer.allocUnsafe(to - from + WORD);
    const skip = (from - room.byteOffset) & (WORD - 1);
    room.set(this.#views.u8.subarray(from, to), skip);
    return room.subarray(skip, skip + to - from);
  }

  /** Where an array lies in the kernel's memory; undefined for one that lies elsewhere. */
  addressOf(array: Views[keyof Views]): number | undefined {
    return this.#buffers.has(array.buffer) ? array.byteOffset : undefined;
  }

  /** Calls `grow` when a scan needs room for so many more bytes in the dictionary at this address. */
  onGrow(at: number, grow: (more: number) => void): void {
    this.#growers.set(at, grow);
  }

  /** Forgets the dictionary at this address. */
  offGrow(at: number): void {
    this.#growers.delete(at);
  }

  /** Makes room for one unescaped string of up to `bytes`. */
  needScratch(bytes: number): void {
    if (bytes <= this.#scratchSize) return;
    if (this.#scratchSize > 0) this.release(this.#scratch, this.#scratchSize);
    this.#scratchSize = bytes;
    this.#scratch = this.allocate(bytes);
    this.exports.setScratch(this.#scratch, this.#frames, this.#frames + FRAMES);
  }
}

function areAlike(a: number, b: number): boolean {
  return a % WORD === b % WORD;
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGN) * ALIGN;
}

function viewsOf(buffer: SharedArrayBuffer): Views {
  return {
    u8: new Uint8Array(buffer),
    i32: new Int32Array(buffer),
    u32: new Uint32Array(buffer),
    f64: new Float64Array(buffer),
    i64: new BigInt64Array(buffer),
  };
}

let compiled: WebAssembly.Module | undefined;
let shared: Kernel | undefined;

/** The thread's kernel, made when it is first asked for. */
export function kernel(): Kernel {
  shared ??= new Kernel(kernelModule());
  return shared;
}

/** What kernels are made of, compiled when it is first asked for: other threads may have it, too. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(readFileSync(wasmPath()));
  return compiled;
}

/** Spares a thread the compiling. To be called before kernel(). */
export function setKernelModule(module: WebAssembly.Module): void {
  compiled = module;
}

function wasmPath(): URL {
  // Bundled, this file lies in dist/; from source, in src/kernel/.
  const here = import.meta.url;
  return new URL(here.includes('/dist/') ? 'kernel.wasm' : '../../dist/kernel.wasm', here);
}
