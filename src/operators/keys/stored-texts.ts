import type { Dictionary, TextSlices } from '../../records/dictionary.js';
import type { ByteStrings } from './byte-strings.js';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Byte strings that are kept anyway, as the dictionary of columns. */
export class StoredTexts implements Dictionary {
  /** To be changed when the strings are numbered anew. */
  generation = 0;
  readonly #strings: ByteStrings;

  constructor(strings: ByteStrings) {
    this.#strings = strings;
  }

  get size(): number {
    return this.#strings.size;
  }

  bytes(id: number): Uint8Array {
    return this.#strings.bytes(id);
  }

  slices(): TextSlices {
    return this.#strings.slices();
  }

  text(id: number): string {
    if (!(id >= 0 && id < this.size)) throw new RangeError(`no dictionary entry ${id}`);
    return decoder.decode(this.bytes(id));
  }

  intern(text: string): number {
    return this.#strings.intern(encoder.encode(text));
  }
}
