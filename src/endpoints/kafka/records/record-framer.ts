import { Block } from '../../../kernel/block.js';
import { kernel } from '../../../kernel/kernel.js';
import type { OpenBatch } from './open-batch.js';

/** Byte strings, ascending: each is [starts[i], ends[i]) of `bytes`; a start of -1: none, and it ends where the last did. */
export interface Slices {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Rows that are to become records. */
export interface UnframedRows {
  readonly count: number;
  /** None: a tombstone. */
  readonly values: Slices;
  /** Absent: no record has a key. */
  readonly keys?: Slices;
  /** What the partition is chosen by; absent: the keys. */
  readonly places?: Slices;
  /** As records have them (see writeHeaders()); absent: no record has any. */
  readonly headers?: Slices;
  /** Epoch milliseconds, whole. */
  readonly times: Float64Array;
}

const WORD_COLUMNS = 7;
/** Rows are framed in slices of so many bytes of values, so that batches are closed in time. */
const SLICE_BYTES = 64 * 1024;
const SLICE_ROWS = 4096;

/** Makes records of rows, by partition, in the kernel: no object a record. */
export class RecordFramer {
  readonly #kernel = kernel();
  readonly #values = new Block(this.#kernel);
  readonly #keys = new Block(this.#kernel);
  readonly #places = new Block(this.#kernel);
  readonly #headers = new Block(this.#kernel);
  readonly #rows = new Block(this.#kernel);
  readonly #output = new Block(this.#kernel);
  /** Of each partition: sum, cursor and count as words, then first and last time. */
  readonly #state = new Block(this.#kernel);
  readonly #partitions: number;
  readonly #sliceBytes: number;
  /** Where rows go that have nothing a partition is chosen by. */
  #spare: number;

  /** @param sliceBytes bytes of values that batches are asked for at once */
  constructor(partitions: number, sliceBytes: number) {
    this.#partitions = partitions;
    this.#sliceBytes = Math.min(sliceBytes, SLICE_BYTES);
    this.#spare = Math.floor(Math.random() * partitions);
  }

  /**
   * Frames all rows.
   * @param open the batch that is to take up to so many bytes more of a partition
   * @returns how many bytes the records have
   */
  frame(rows: UnframedRows, open: (partition: number, bytes: number) => OpenBatch): number {
    let bytes = 0;
    for (let from = 0; from < rows.count; ) {
      const to = sliceEnd(rows.values, from, rows.count, this.#sliceBytes);
      bytes += this.#frame(rows, from, to, open);
      from = to;
      this.#spare = (this.#spare + 1) % this.#partitions;
    }
    return bytes;
  }

  close(): void {
    const blocks = [this.#values, this.#keys, this.#places, this.#headers, this.#rows, this.#output, this.#state];
    for (const block of blocks) block.close();
  }

  #frame(rows: UnframedRows, from: number, to: number, open: (partition: number, bytes: number) => OpenBatch): number {
    const { exports } = this.#kernel;
    const count = to - from;
    const partitions = this.#partitions;
    const columns = this.#rows.room(count * (WORD_COLUMNS * 4 + 8));
    const times = columns;
    const [starts, ends, keyStarts, keyEnds, chosen, headersFrom, headersTo] = Array.from(
      { length: WORD_COLUMNS },
      (_, column) => columns + count * (8 + column * 4),
    );
    const values = this.#load(this.#values, rows.values, from, to, starts, ends);
    const { keys, places = keys } = rows;
    // The columns of keys serve what partitions are chosen by first.
    const place = this.#load(this.#places, places, from, to, keyStarts, keyEnds);
    exports.partitionsOf(place, keyStarts, keyEnds, count, partitions, this.#spare, chosen);
    const key = places === keys ? place : this.#load(this.#keys, keys, from, to, keyStarts, keyEnds);
    const headers = rows.headers && this.#load(this.#headers, rows.headers, from, to, headersFrom, headersTo);
    const [headerStarts, headerEnds] = headers === undefined ? [0, 0] : [headersFrom, headersTo];
    this.#kernel.views.f64.set(rows.times.subarray(from, to), times >> 3);

    const sums = this.#state.room(partitions * 28);
    const [cursors, counts] = [sums + partitions * 4, sums + partitions * 8];
    const firstTimes = align(sums + partitions * 12);
    const lastTimes = firstTimes + partitions * 8;
    this.#kernel.views.u32.fill(0, sums >> 2, (sums >> 2) + partitions);
    exports.sizeRecords(starts, ends, keyStarts, keyEnds, headerStarts, headerEnds, chosen, count, sums);
    const taken = [...this.#kernel.views.u32.subarray(sums >> 2, (sums >> 2) + partitions).entries()].filter(
      ([, sum]) => sum > 0,
    );
    const output = this.#output.room(taken.reduce((sum, [, bytes]) => sum + bytes, 0));
    // Whoever opens a batch may have to close another one and write it, which may make the memory grow.
    const opened = taken.map(([partition, bytes]) => ({ partition, bytes, batch: open(partition, bytes) }));
    const { u32, i32, f64 } = this.#kernel.views;
    let end = output;
    const batches = opened.map(({ partition, bytes, batch }) => {
      const begin = end;
      u32[(cursors >> 2) + partition] = begin;
      i32[(counts >> 2) + partition] = batch.count;
      f64[(firstTimes >> 3) + partition] = batch.firstTime;
      f64[(lastTimes >> 3) + partition] = batch.lastTime;
      end += bytes;
      return { partition, batch, begin };
    });
    exports.frameRecords(
      values,
      starts,
      ends,
      key,
      keyStarts,
      keyEnds,
      headers ?? 0,
      headerStarts,
      headerEnds,
      times,
      chosen,
      count,
      cursors,
      counts,
      firstTimes,
      lastTimes,
    );
    let bytes = 0;
    for (const { partition, batch, begin } of batches) {
      const records = this.#kernel.copy(begin, u32[(cursors >> 2) + partition]);
      batch.add(
        records,
        i32[(counts >> 2) + partition],
        f64[(firstTimes >> 3) + partition],
        f64[(lastTimes >> 3) + partition],
      );
      bytes += records.length;
    }
    return bytes;
  }

  /** Puts the byte strings of some rows into the kernel, and where they begin and end, counted from what it returns. */
  #load(block: Block, slices: Slices | undefined, from: number, to: number, starts: number, ends: number): number {
    if (slices === undefined) {
      this.#kernel.views.i32.fill(-1, starts >> 2, (starts >> 2) + to - from);
      return 0;
    }
    const [begin, end] = spanOf(slices, from, to);
    const at = block.room(end - begin);
    const { i32 } = this.#kernel.views;
    this.#kernel.put(slices.bytes.subarray(begin, end), at);
    for (let row = from; row < to; row++) {
      const start = slices.starts[row];
      i32[(starts >> 2) + row - from] = start < 0 ? -1 : start - begin;
      i32[(ends >> 2) + row - from] = slices.ends[row] - begin;
    }
    return at;
  }
}

/** The end of a slice of rows: one at least. */
function sliceEnd({ starts, ends }: Slices, from: number, count: number, bytes: number): number {
  const most = Math.min(count, from + SLICE_ROWS);
  const begin = starts[from] < 0 ? ends[from] : starts[from];
  let to = from + 1;
  while (to < most && ends[to] - begin <= bytes) to++;
  return to;
}

/** Where the byte strings of some rows lie; they ascend. */
function spanOf({ starts, ends }: Slices, from: number, to: number): [number, number] {
  let first = from;
  while (first < to && starts[first] < 0) first++;
  return first === to ? [0, 0] : [starts[first], ends[to - 1]];
}

function align(at: number): number {
  return Math.ceil(at / 8) * 8;
}
