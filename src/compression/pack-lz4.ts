import { Block } from '../kernel/block.js';
import { kernel } from '../kernel/kernel.js';

/**
 * The magic number, what follows (version 1, blocks that need no other, of 64 KB at most), and its checksum: see
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md.
 */
const HEADER = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
const BLOCK_BYTES = 64 * 1024;
const SIZE_BYTES = 4;
/** What a block takes more where nothing in it is the same. */
const MOST_MORE = Math.ceil(BLOCK_BYTES / 255) + 16;
/** The highest bit of a block's size: its bytes are as they were. */
const PLAIN = 0x80000000;

/** Makes LZ4 frames in the kernel, without checksums: a record batch has its own. */
class Lz4Packer {
  readonly #kernel = kernel();
  readonly #input = new Block(this.#kernel);
  readonly #output = new Block(this.#kernel);

  pack(bytes: Uint8Array): Uint8Array {
    const { exports } = this.#kernel;
    const { length } = bytes;
    const from = this.#input.room(length);
    const blocks = Math.ceil(length / BLOCK_BYTES);
    const to = this.#output.room(HEADER.length + blocks * SIZE_BYTES + length + MOST_MORE + SIZE_BYTES);
    this.#kernel.put(bytes, from);
    this.#kernel.views.u8.set(HEADER, to);
    let at = to + HEADER.length;
    for (let begin = 0; begin < length; begin += BLOCK_BYTES) {
      const size = Math.min(BLOCK_BYTES, length - begin);
      const block = at + SIZE_BYTES;
      const packed = exports.packLz4(from + begin, from + begin + size, block) - block;
      if (packed >= size) exports.moveBytes(block, from + begin, size);
      this.#write(at, packed < size ? packed : PLAIN + size);
      at = block + Math.min(packed, size);
    }
    this.#write(at, 0);
    return this.#kernel.copy(to, at + SIZE_BYTES);
  }

  /** Writes a number of 32 bits, the lowest first. */
  #write(at: number, number: number): void {
    this.#kernel.views.u8.set([number, number >>> 8, number >>> 16, number >>> 24], at);
  }
}

let packer: Lz4Packer | undefined;

/** An LZ4 frame of records. */
export function packLz4(records: Uint8Array): Uint8Array {
  packer ??= new Lz4Packer();
  return packer.pack(records);
}
