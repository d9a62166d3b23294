import { decompressRecords } from './compression.js';
import type { RecordBatch } from './record-batch.js';
import type { RecordSplitter, SplitRecords } from './record-splitter.js';

/** What a record batch has of the offsets that were asked for. */
export interface ReadBatch {
  /** Borrowed until the splitter is used again; absent where nothing of it can be read. */
  readonly split?: SplitRecords;
  /** Bytes of all its records, not compressed. */
  readonly bytes: number;
  /** The records that were asked for: from this one on, up to the one before `behind`. */
  readonly first: number;
  readonly behind: number;
  /** What is wrong with it: from an offset on, a sentence without a full stop, and the bytes, which are borrowed. */
  readonly problem?: { readonly offset: number; readonly reason: string; readonly raw: Uint8Array };
}

/** Opens a record batch. @param from offsets before it, and from `to` on, were not asked for */
export function readBatch(
  splitter: RecordSplitter,
  { baseOffset, compression, count, records }: RecordBatch,
  { from, to }: { readonly from: number; readonly to: number },
): ReadBatch {
  let bytes: Uint8Array;
  try {
    bytes = decompressRecords(compression, records);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    const reason = `a record batch can't be decompressed (${compression}): ${why}`;
    return { bytes: 0, first: 0, behind: 0, problem: { offset: baseOffset, reason, raw: records } };
  }
  const split = splitter.split(bytes, count);
  let first = 0;
  while (first < split.count && baseOffset + split.offset(first) < from) first++;
  let behind = split.count;
  while (behind > first && baseOffset + split.offset(behind - 1) >= to) behind--;
  const read = { split, bytes: bytes.length, first, behind };
  if (split.count === count) return read;
  const reason = `a record batch is damaged: only ${split.count} of its ${count} records can be found`;
  return { ...read, problem: { offset: baseOffset + split.count, reason, raw: bytes } };
}
