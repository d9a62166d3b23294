import { type Dictionary, slicesOfMany, type TextSlices } from '../records/dictionary.js';
import { ByteWriter } from './byte-writer.js';

/** Dictionaries whose entries are kept as written. Rows that were computed may bring one a batch. */
const MAX_DICTIONARIES = 64;

/** Writes what stands in front of a text of so many bytes. */
type WriteLength = (out: ByteWriter, length: number) => void;

/** The entries of each dictionary that an encoder meets, with their lengths in front. */
export class PrefixedDictionaries {
  readonly #writeLength: WriteLength;
  readonly #known = new Map<Dictionary, PrefixedTexts>();

  constructor(writeLength: WriteLength) {
    this.#writeLength = writeLength;
  }

  /** The entries of a dictionary, all that it has now. */
  of(dictionary: Dictionary): PrefixedTexts {
    let texts = this.#known.get(dictionary);
    if (texts === undefined) {
      if (this.#known.size >= MAX_DICTIONARIES) this.#known.clear();
      texts = new PrefixedTexts(dictionary, this.#writeLength);
      this.#known.set(dictionary, texts);
    }
    texts.update();
    return texts;
  }
}

/** The entries of a dictionary with their lengths in front, each written once. */
export class PrefixedTexts {
  readonly #dictionary: Dictionary;
  readonly #writeLength: WriteLength;
  readonly #out = new ByteWriter(4096);
  #generation: number;
  #starts = new Int32Array(256);
  #size = 0;
  /** Of a dictionary with many entries nothing is prepared. */
  #many: TextSlices | undefined;

  constructor(dictionary: Dictionary, writeLength: WriteLength) {
    this.#dictionary = dictionary;
    this.#writeLength = writeLength;
    this.#generation = dictionary.generation;
  }

  /** Takes in what was added to the dictionary; to be called with each batch. */
  update(): void {
    this.#many = slicesOfMany(this.#dictionary);
    if (this.#many !== undefined) return;
    const { size, generation } = this.#dictionary;
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#size = 0;
      this.#out.at = 0;
    }
    if (size >= this.#starts.length) {
      const starts = new Int32Array(Math.max(size + 1, this.#starts.length * 2));
      starts.set(this.#starts);
      this.#starts = starts;
    }
    for (; this.#size < size; this.#size++) {
      const entry = this.#dictionary.bytes(this.#size);
      this.#writeLength(this.#out, entry.length);
      this.#out.copy(entry, 0, entry.length);
      this.#starts[this.#size + 1] = this.#out.at;
    }
  }

  write(out: ByteWriter, id: number): void {
    if (this.#many !== undefined) {
      const { bytes, starts } = this.#many;
      this.#writeLength(out, starts[id + 1] - starts[id]);
      out.copy(bytes, starts[id], starts[id + 1]);
      return;
    }
    out.copy(this.#out.bytes, this.#starts[id], this.#starts[id + 1]);
  }
}
