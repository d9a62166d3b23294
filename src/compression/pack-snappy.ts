import { Block } from '../kernel/block.js';
import { kernel } from '../kernel/kernel.js';

/** What is compressed together: copies reach no further back. */
const FRAGMENT_BYTES = 64 * 1024;
/** A sixth more than was there is enough, as MaxCompressedLength() of Snappy itself says. */
const MOST_MORE = 6;
/** A length of 7 bits a byte. */
const LENGTH_BYTES = 5;

class SnappyPacker {
  readonly #kernel = kernel();
  readonly #input = new Block(this.#kernel);
  readonly #output = new Block(this.#kernel);

  pack(bytes: Uint8Array): Uint8Array {
    const { exports } = this.#kernel;
    const { length } = bytes;
    const from = this.#input.room(length);
    const to = this.#output.room(LENGTH_BYTES + length + Math.ceil(length / MOST_MORE));
    this.#kernel.put(bytes, from);
    const { views } = this.#kernel;
    let at = to;
    let left = length;
    for (; left > 127; left >>>= 7) views.u8[at++] = left | 128;
    views.u8[at++] = left;
    for (let begin = 0; begin < length; begin += FRAGMENT_BYTES) {
      at = exports.packSnappy(from + begin, from + Math.min(begin + FRAGMENT_BYTES, length), at);
    }
    return this.#kernel.copy(to, at);
  }
}

let packer: SnappyPacker | undefined;

/** One block of Snappy. */
export function packSnappy(bytes: Uint8Array): Uint8Array {
  packer ??= new SnappyPacker();
  return packer.pack(bytes);
}
