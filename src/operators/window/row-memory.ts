const PAGE = 65536;
const LARGEST_STEP = 32 * 1024 * 1024;
/** Up to this size memory grows by copying; a WebAssembly memory is then too much. */
const SMALL = 1024 * 1024;

/**
 * Rows of numbers, one behind the other: as int32 words and, at even words, as doubles. It grows in place from 1 MB
 * on, without the copy (and the moment of holding both) that a larger typed array takes: a WebAssembly memory used as
 * storage. New words are zero. `words` and `doubles` are new views after need().
 */
export class RowMemory {
  words: Int32Array;
  doubles: Float64Array;
  #memory: WebAssembly.Memory | undefined;

  constructor() {
    const buffer = new ArrayBuffer(1024);
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** Makes room for this many words in all. */
  need(words: number): void {
    const bytes = words * 4;
    const have = this.words.byteLength;
    if (bytes <= have) return;
    if (this.#memory === undefined && bytes > SMALL) {
      this.#memory = new WebAssembly.Memory({ initial: SMALL / PAGE, maximum: 65536 });
      this.#move(this.#memory.buffer);
    }
    if (this.#memory === undefined) {
      this.#move(new ArrayBuffer(Math.max(have * 2, 2 ** Math.ceil(Math.log2(bytes)))));
    } else if (bytes > this.#memory.buffer.byteLength) {
      const size = this.#memory.buffer.byteLength;
      const wanted = Math.max(bytes, size + Math.min(size, LARGEST_STEP));
      this.#memory.grow(Math.ceil((wanted - size) / PAGE));
      this.#look(this.#memory.buffer);
    }
  }

  #move(buffer: ArrayBuffer): void {
    const before = this.words;
    this.#look(buffer);
    this.words.set(before);
  }

  #look(buffer: ArrayBuffer): void {
    this.words = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }
}
