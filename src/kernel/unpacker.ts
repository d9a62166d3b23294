import { Block } from './block.js';
import { type Kernel, kernel } from './kernel.js';

/** Decompresses Deflate, and blocks of Snappy, LZ4 and Zstandard, in the kernel's memory, one behind the other. */
export class Unpacker {
  readonly #kernel: Kernel = kernel();
  readonly #input = new Block(this.#kernel);
  readonly #output = new Block(this.#kernel);
  #from = 0;
  #start = 0;
  #at = 0;
  /** Where what the frame gives begins: copies reach back to there. */
  #frame = 0;
  #limit = 0;

  /** Takes bytes that hold blocks, which give so many bytes at most. */
  load(bytes: Uint8Array, most: number): void {
    this.#from = this.#input.room(bytes.length);
    this.#start = this.#output.room(most);
    this.#at = this.#start;
    this.#limit = this.#start + most;
    this.#kernel.put(bytes, this.#from);
  }

  /** Bytes [from, to) as they are. @returns whether there is room for them */
  plain(from: number, to: number): boolean {
    if (to - from > this.#limit - this.#at) return false;
    this.#kernel.exports.moveBytes(this.#at, this.#from + from, to - from);
    this.#at += to - from;
    return true;
  }

  /** One byte so many times. @returns whether there is room for it */
  oneByte(from: number, times: number): boolean {
    if (times > this.#limit - this.#at) return false;
    this.#kernel.exports.fillBytes(this.#at, this.#kernel.views.u8[this.#from + from], times);
    this.#at += times;
    return true;
  }

  /** The elements of a Snappy block, which give `length` bytes. @returns whether they are sound */
  snappy(from: number, to: number, length: number): boolean {
    if (length > this.#limit - this.#at) return false;
    const { exports } = this.#kernel;
    const isSound = exports.unpackSnappy(this.#from + from, this.#from + to, this.#at, this.#at + length) !== 0;
    this.#at += length;
    return isSound;
  }

  /** A block of LZ4, whose copies may reach back into those before. @returns whether it is sound, and there is room */
  lz4(from: number, to: number): boolean {
    const { exports } = this.#kernel;
    const end = exports.unpackLz4(this.#from + from, this.#from + to, this.#at, this.#limit, this.#start);
    if (end !== 0) this.#at = end;
    return end !== 0;
  }

  /** To be called before a frame's first block of Zstandard. */
  beginZstd(): void {
    this.#kernel.exports.beginZstd();
    this.#frame = this.#at;
  }

  /** A compressed block of Zstandard. @returns whether it is sound, and there is room */
  zstd(from: number, to: number): boolean {
    const { exports } = this.#kernel;
    const end = exports.unpackZstd(this.#from + from, this.#from + to, this.#at, this.#limit, this.#frame);
    if (end !== 0) this.#at = end;
    return end !== 0;
  }

  /** A stream of Deflate. @returns where it ended; undefined where it is not sound, or there is no room for it */
  inflate(from: number, to: number): number | undefined {
    const { exports } = this.#kernel;
    const end = exports.inflate(this.#from + from, this.#from + to, this.#at, this.#limit);
    if (end === 0) return undefined;
    this.#at = end;
    return exports.inflatedTo.value - this.#from;
  }

  /** What was decompressed: borrowed until the next load(). */
  get bytes(): Uint8Array {
    return this.#kernel.views.u8.subarray(this.#start, this.#at);
  }
}

let shared: Unpacker | undefined;

/** The thread's, made when it is first asked for. */
export function sharedUnpacker(): Unpacker {
  shared ??= new Unpacker();
  return shared;
}
