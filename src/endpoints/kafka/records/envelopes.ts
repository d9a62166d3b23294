import type { Envelope } from '../../../records/batch.js';
import { decompressRecords } from './decompress-records.js';
import { readHeaders } from './read-headers.js';
import type { RecordBatch } from './record-batch.js';
import { RecordCursor } from './record-cursor.js';
import type { SplitRecords } from './record-splitter.js';

interface Opened {
  readonly batch: RecordBatch;
  readonly bytes: Uint8Array;
  /** Where a record's key begins, by its distance to the batch's first offset. */
  readonly keys: ReadonlyMap<number, number>;
}

/**
 * Finds what records have beside their values, for the few of which that is asked: their batch is opened once more, and
 * the last one that was stays open.
 */
export class Envelopes {
  #opened: Opened | undefined;

  /** @param batches those that were fetched together. @returns undefined where there is no record of that offset */
  find(batches: readonly RecordBatch[], offset: number): Envelope | undefined {
    const batch = batchOf(batches, offset);
    if (batch === undefined) return undefined;
    if (this.#opened?.batch !== batch) this.#opened = open(batch);
    const { bytes, keys } = this.#opened;
    const at = keys.get(offset - batch.baseOffset);
    if (at === undefined) return undefined;
    const cursor = new RecordCursor(bytes, at);
    const key = copyOf(cursor.bytes());
    cursor.bytes();
    const headers = readHeaders(bytes, cursor.at);
    return { key, headers: headers.map(({ name, value }) => ({ name, value: copyOf(value) })) };
  }
}

/** The batch that an offset lies in; batches ascend. */
function batchOf(batches: readonly RecordBatch[], offset: number): RecordBatch | undefined {
  let [from, to] = [0, batches.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (batches[middle].lastOffset < offset) from = middle + 1;
    else to = middle;
  }
  const found = batches[from];
  return found !== undefined && found.baseOffset <= offset ? found : undefined;
}

function open(batch: RecordBatch): Opened {
  const keys = new Map<number, number>();
  let bytes: Uint8Array;
  try {
    bytes = decompressRecords(batch.compression, batch.records).slice();
  } catch {
    // It was told of as a whole.
    return { batch, bytes: batch.records, keys };
  }
  for (let from = 0; from < bytes.length && keys.size < batch.count; ) {
    const cursor = new RecordCursor(bytes, from);
    const length = cursor.number();
    if (length < 0) break;
    from = cursor.at + length;
    // Behind the attributes stand the distances of its time and its offset.
    cursor.at++;
    cursor.number();
    const distance = cursor.number();
    keys.set(distance, cursor.at);
  }
  return { batch, bytes, keys };
}

function copyOf(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes && Uint8Array.from(bytes);
}

/** Whether one of some records has headers: a record that has none has a count of one byte. */
export function hasHeaders({ headerStarts, headerEnds }: SplitRecords, from: number, to: number): boolean {
  for (let row = from; row < to; row++) if (headerEnds[row] - headerStarts[row] > 1) return true;
  return false;
}
