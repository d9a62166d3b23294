import { type Kernel, kernel } from '../../../kernel/kernel.js';

/**
 * Where the records of a batch are: in the kernel's memory, borrowed until the next split(). Its views are made when
 * they are asked for, since those made before the memory has grown are of no use.
 */
export interface SplitRecords {
  readonly count: number;
  readonly buffer: Uint8Array;
  /** A record's distance to the batch's first offset; they ascend. */
  readonly offset: (index: number) => number;
  /** Distances to the batch's time in milliseconds. */
  readonly times: Float64Array;
  /** Keys and values; a start of -1: null. */
  readonly keyStarts: Int32Array;
  readonly keyEnds: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The headers of each: a count, and then names and values. */
  readonly headerStarts: Int32Array;
  readonly headerEnds: Int32Array;
}

const WORD_COLUMNS = 7;
const FIRST_ROWS = 1024;
const FIRST_BYTES = 64 * 1024;

/** Finds the records of record batches, in the kernel. */
export class RecordSplitter {
  readonly #kernel: Kernel = kernel();
  #rows = FIRST_ROWS;
  #bytes = FIRST_BYTES;
  #words = this.#kernel.allocate(FIRST_ROWS * WORD_COLUMNS * 4);
  #times = this.#kernel.allocate(FIRST_ROWS * 8);
  #input = this.#kernel.allocate(FIRST_BYTES);

  /** @param records of one batch, not compressed */
  split(records: Uint8Array, count: number): SplitRecords {
    this.#makeRoom(records.length, count);
    const { exports } = this.#kernel;
    this.#kernel.views.u8.set(records, this.#input);
    const at = Array.from({ length: WORD_COLUMNS }, (_, column) => this.#words + column * this.#rows * 4);
    const [offsets = 0, keyStarts = 0, keyEnds = 0, starts = 0, ends = 0, headerStarts = 0, headerEnds = 0] = at;
    const end = this.#input + records.length;
    const times = this.#times;
    const found = exports.splitRecords(
      this.#input,
      end,
      count,
      offsets,
      times,
      keyStarts,
      keyEnds,
      starts,
      ends,
      headerStarts,
      headerEnds,
    );
    const kernel = this.#kernel;
    const words = (from: number): Int32Array => kernel.views.i32.subarray(from >> 2, (from >> 2) + found);
    return {
      count: found,
      offset: distancesOf(words(offsets)),
      get buffer() {
        return kernel.views.u8;
      },
      get times() {
        return kernel.views.f64.subarray(times >> 3, (times >> 3) + found);
      },
      get keyStarts() {
        return words(keyStarts);
      },
      get keyEnds() {
        return words(keyEnds);
      },
      get starts() {
        return words(starts);
      },
      get ends() {
        return words(ends);
      },
      get headerStarts() {
        return words(headerStarts);
      },
      get headerEnds() {
        return words(headerEnds);
      },
    };
  }

  close(): void {
    this.#kernel.release(this.#words, this.#rows * WORD_COLUMNS * 4);
    this.#kernel.release(this.#times, this.#rows * 8);
    this.#kernel.release(this.#input, this.#bytes);
  }

  #makeRoom(bytes: number, rows: number): void {
    const kernel = this.#kernel;
    if (bytes > this.#bytes) {
      kernel.release(this.#input, this.#bytes);
      while (this.#bytes < bytes) this.#bytes *= 2;
      this.#input = kernel.allocate(this.#bytes);
    }
    if (rows > this.#rows) {
      kernel.release(this.#words, this.#rows * WORD_COLUMNS * 4);
      kernel.release(this.#times, this.#rows * 8);
      while (this.#rows < rows) this.#rows *= 2;
      this.#words = kernel.allocate(this.#rows * WORD_COLUMNS * 4);
      this.#times = kernel.allocate(this.#rows * 8);
    }
  }
}

function distancesOf(offsets: Int32Array): (index: number) => number {
  const [first = 0] = offsets;
  // Only a compacted batch has gaps.
  if ((offsets.at(-1) ?? 0) - first === offsets.length - 1) return (index) => first + index;
  const own = offsets.slice();
  return (index) => own[index] ?? first;
}
