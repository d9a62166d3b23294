import type { Dictionary } from '../../records/dictionary.js';
import { ByteWriter } from '../byte-writer.js';
import type { Dialect } from './dialect.js';
import { writeText } from './write-text.js';

/** A dictionary's entries as cells, written once each. */
export class DictionaryCells {
  readonly #cells = new ByteWriter(16 * 1024);
  readonly #dialect: Dialect;
  /** Entry `id` is [starts[id], starts[id + 1]) of `bytes`. */
  starts = new Uint32Array(1024);
  #generation: number;
  #count = 0;

  constructor(
    readonly dictionary: Dictionary,
    dialect: Dialect,
  ) {
    this.#generation = dictionary.generation;
    this.#dialect = dialect;
  }

  get bytes(): Uint8Array {
    return this.#cells.bytes;
  }

  /** Writes the entries that are new since the last call. */
  update(): void {
    const { dictionary } = this;
    if (dictionary.generation !== this.#generation) {
      this.#generation = dictionary.generation;
      this.#count = 0;
      this.#cells.at = 0;
    }
    const { size } = dictionary;
    if (this.#count >= size) return;
    if (size >= this.starts.length) {
      const starts = new Uint32Array(Math.max(size + 1, this.starts.length * 2));
      starts.set(this.starts);
      this.starts = starts;
    }
    for (let id = this.#count; id < size; id++) {
      writeText(this.#cells, dictionary.bytes(id), this.#dialect);
      this.starts[id + 1] = this.#cells.at;
    }
    this.#count = size;
  }
}
