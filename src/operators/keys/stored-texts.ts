import type { Dictionary } from '../../records/dictionary.js';
import type { ByteStrings } from './byte-strings.js';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Byte strings that are kept anyway, as the dictionary of a column: all of them, or some that were picked. */
export class StoredTexts implements Dictionary {
  /** To be changed when the strings are numbered anew. */
  generation = 0;
  readonly #strings: ByteStrings;
  #picked: Int32Array | undefined;

  /** @param picked distinct strings: entry i is the i-th of them */
  constructor(strings: ByteStrings, picked?: Int32Array) {
    this.#strings = strings;
    this.#picked = picked;
  }

  get size(): number {
    return this.#picked?.length ?? this.#strings.size;
  }

  bytes(id: number): Uint8Array {
    return this.#strings.bytes(this.#picked === undefined ? id : this.#picked[id]);
  }

  text(id: number): string {
    if (!(id >= 0 && id < this.size)) throw new RangeError(`no dictionary entry ${id}`);
    return decoder.decode(this.bytes(id));
  }

  intern(text: string): number {
    const string = this.#strings.intern(encoder.encode(text));
    if (this.#picked === undefined) return string;
    const known = this.#picked.indexOf(string);
    if (known >= 0) return known;
    this.#picked = Int32Array.of(...this.#picked, string);
    return this.#picked.length - 1;
  }
}
