import { type Kernel, kernel } from '../../../kernel/kernel.js';

/** What records of a batch are counted from, and the time that a broker gave all of them. */
export interface RecordBase {
  readonly baseOffset: number;
  /** Epoch milliseconds. */
  readonly baseTime: number;
  readonly appendTime?: number;
}

/** Where records are: in the kernel's memory, borrowed until the next clear(). */
export interface SplitRecords {
  readonly count: number;
  readonly buffer: Uint8Array;
  /** They ascend. */
  readonly offset: (index: number) => number;
  /** Epoch milliseconds. */
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

const COLUMN = { offsets: 0, keyStarts: 1, keyEnds: 2, starts: 3, ends: 4, headerStarts: 5, headerEnds: 6 } as const;
const WORD_COLUMNS = Object.keys(COLUMN).length;
const FIRST_ROWS = 2048;
/** What the processor's nearest caches hold. */
const FIRST_BYTES = 128 * 1024;
const FROM_ZERO: RecordBase = { baseOffset: 0, baseTime: 0 };

/** Finds the records of record batches, in the kernel: of several small ones together. */
export class RecordSplitter {
  readonly #kernel: Kernel = kernel();
  #rows = FIRST_ROWS;
  #bytes = FIRST_BYTES;
  #words = this.#kernel.allocate(FIRST_ROWS * WORD_COLUMNS * 4);
  #times = this.#kernel.allocate(FIRST_ROWS * 8);
  #input = this.#kernel.allocate(FIRST_BYTES);
  /** How many records there are, and how many bytes they have. */
  #count = 0;
  #used = 0;
  /** The batches that they came in: where each begins, and what its offsets are counted from. */
  #parts: { readonly row: number; readonly baseOffset: number }[] = [];
  /** Whether no offset is left out so far, as only compacted topics and transactions do. */
  #isGapless = true;

  /** Finds the records of one batch, which is not compressed. */
  split(records: Uint8Array, count: number): SplitRecords {
    this.clear();
    this.add(records, count, FROM_ZERO);
    return this.found;
  }

  /** Forgets what was found. */
  clear(): void {
    this.#count = 0;
    this.#used = 0;
    this.#parts = [];
    this.#isGapless = true;
  }

  /** Whether a batch has room beside those that are there. An only one always has. */
  hasRoom(bytes: number, count: number): boolean {
    return this.#count === 0 || (this.#used + bytes <= this.#bytes && this.#count + count <= this.#rows);
  }

  /** Finds the records of a batch that has room. @returns how many there are */
  add(records: Uint8Array, count: number, { baseOffset, baseTime, appendTime }: RecordBase): number {
    if (this.#count === 0) this.#makeRoom(records.length, count);
    const { exports, views } = this.#kernel;
    const at = this.#input + this.#used;
    const row = this.#count;
    this.#kernel.put(records, at);
    const found = exports.splitRecords(
      at,
      at + records.length,
      count,
      baseTime,
      this.#column(COLUMN.offsets) + row * 4,
      this.#times + row * 8,
      this.#column(COLUMN.keyStarts) + row * 4,
      this.#column(COLUMN.keyEnds) + row * 4,
      this.#column(COLUMN.starts) + row * 4,
      this.#column(COLUMN.ends) + row * 4,
      this.#column(COLUMN.headerStarts) + row * 4,
      this.#column(COLUMN.headerEnds) + row * 4,
    );
    // Of one that was compacted nothing may be left.
    if (found > 0) {
      this.#isGapless &&= this.#goesOn(row, found, baseOffset);
      this.#parts.push({ row, baseOffset });
    }
    if (appendTime !== undefined)
      views.f64.fill(appendTime, (this.#times >> 3) + row, (this.#times >> 3) + row + found);
    this.#count += found;
    this.#used += records.length;
    return found;
  }

  /** The records of the batches that were added since clear(). */
  get found(): SplitRecords {
    const { u8, i32, f64 } = this.#kernel.views;
    const count = this.#count;
    const times = this.#times >> 3;
    const words = (column: number): Int32Array => {
      const from = this.#column(column) >> 2;
      return i32.subarray(from, from + count);
    };
    return {
      count,
      buffer: u8,
      offset: this.#offsets(),
      times: f64.subarray(times, times + count),
      keyStarts: words(COLUMN.keyStarts),
      keyEnds: words(COLUMN.keyEnds),
      starts: words(COLUMN.starts),
      ends: words(COLUMN.ends),
      headerStarts: words(COLUMN.headerStarts),
      headerEnds: words(COLUMN.headerEnds),
    };
  }

  close(): void {
    this.#kernel.release(this.#words, this.#rows * WORD_COLUMNS * 4);
    this.#kernel.release(this.#times, this.#rows * 8);
    this.#kernel.release(this.#input, this.#bytes);
  }

  #column(column: number): number {
    return this.#words + column * this.#rows * 4;
  }

  /** The distance of a record's offset to its batch's first. */
  #distance(row: number): number {
    return this.#kernel.views.i32[(this.#column(COLUMN.offsets) >> 2) + row];
  }

  /** Whether records follow those before them, and one another, without a gap. */
  #goesOn(row: number, found: number, baseOffset: number): boolean {
    const first = this.#distance(row);
    if (this.#distance(row + found - 1) - first !== found - 1) return false;
    return row === 0 || baseOffset + first === this.#first + row;
  }

  /** The offset of the first record. */
  get #first(): number {
    return (this.#parts[0]?.baseOffset ?? 0) + this.#distance(0);
  }

  /** By record: its offset, for as long as anyone wants to know. */
  #offsets(): SplitRecords['offset'] {
    const first = this.#first;
    if (this.#isGapless) return (index) => first + index;
    const offsets = new Float64Array(this.#count);
    this.#parts.forEach(({ row, baseOffset }, at) => {
      const end = this.#parts[at + 1]?.row ?? this.#count;
      for (let of = row; of < end; of++) offsets[of] = baseOffset + this.#distance(of);
    });
    return (index) => offsets[index] ?? first;
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
