import { decompressRecords } from './decompress-records.js';
import type { RecordBatch } from './record-batch.js';
import { RecordSplitter, type SplitRecords } from './record-splitter.js';

/** What some record batches have of the offsets that were asked for. */
export interface ReadBatches {
  /** Borrowed until more is read; absent where nothing can be read. */
  readonly split?: SplitRecords;
  /** Bytes of all their records, not compressed. */
  readonly bytes: number;
  /** The records that were asked for: from this one on, up to the one before `behind`. */
  readonly first: number;
  readonly behind: number;
  /** The place of the batch to be read next. */
  readonly next: number;
  /** What is wrong with the last of them: from an offset on, a sentence without a full stop, and the borrowed bytes. */
  readonly problem?: BatchDamage;
}

interface BatchDamage {
  readonly offset: number;
  readonly reason: string;
  readonly raw: Uint8Array;
}

/** Opens record batches, several small ones at once: what is done once a batch would cost more than its records. */
export class BatchReader {
  readonly #splitter = new RecordSplitter();
  /** A batch that was decompressed and had no room beside those before it. */
  #opened: { readonly batch: RecordBatch; readonly bytes: Uint8Array } | undefined;
  /** How many bytes the last batch had for each of its compressed ones: those of a topic are alike. */
  #ratio = 1;

  /**
   * Reads batches from a place on, up to the first that is damaged, and no more than there is room for.
   * @param from offsets before it, and from `to` on, were not asked for
   */
  read(
    batches: readonly RecordBatch[],
    place: number,
    { from, to }: { readonly from: number; readonly to: number },
  ): ReadBatches {
    const splitter = this.#splitter;
    splitter.clear();
    let bytes = 0;
    let next = place;
    let problem: BatchDamage | undefined;
    while (problem === undefined && next < batches.length) {
      const batch = batches[next];
      if (!splitter.hasRoom(batch.records.length * this.#ratio, batch.count)) break;
      const opened = this.#open(batch);
      if ('reason' in opened) {
        if (next > place) break;
        return { bytes: 0, first: 0, behind: 0, next: next + 1, problem: opened };
      }
      if (!splitter.hasRoom(opened.bytes.length, batch.count)) {
        this.#opened = { batch, bytes: opened.bytes.slice() };
        break;
      }
      this.#opened = undefined;
      problem = damageOf(batch, splitter.add(opened.bytes, batch.count, batch), opened.bytes);
      bytes += opened.bytes.length;
      next++;
    }
    const split = splitter.found;
    let first = 0;
    while (first < split.count && split.offset(first) < from) first++;
    let behind = split.count;
    while (behind > first && split.offset(behind - 1) >= to) behind--;
    return { split, bytes, first, behind, next, ...(problem === undefined ? {} : { problem }) };
  }

  close(): void {
    this.#splitter.close();
  }

  #open(batch: RecordBatch): { readonly bytes: Uint8Array } | BatchDamage {
    const { compression, records, baseOffset } = batch;
    if (this.#opened?.batch === batch) return this.#opened;
    try {
      const bytes = decompressRecords(compression, records);
      this.#ratio = bytes.length / Math.max(1, records.length);
      return { bytes };
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      const reason = `a record batch can't be decompressed (${compression}): ${why}`;
      return { offset: baseOffset, reason, raw: records };
    }
  }
}

function damageOf({ baseOffset, count }: RecordBatch, found: number, raw: Uint8Array): BatchDamage | undefined {
  if (found === count) return undefined;
  const reason = `a record batch is damaged: only ${found} of its ${count} records can be found`;
  return { offset: baseOffset + found, reason, raw };
}
