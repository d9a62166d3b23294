import type { FramedRecords, ValueDecoder } from '../../src/codecs/codec.js';
import { RecordSplitter } from '../../src/endpoints/kafka/records/record-splitter.js';
import type { Batch } from '../../src/records/batch.js';
import { rowsOf } from '../../src/records/rows.js';
import type { Row } from '../../src/records/value.js';
import { encodeBatch } from '../endpoints/kafka/encode-batch.js';

/** What stands in front of the records of a batch. */
const BATCH_HEADER = 61;

/** What was read of values. */
export interface ReadValues {
  /** The offset of each row. */
  readonly offsets: number[];
  readonly rows: Row[];
  /** The bytes that each row came as, as latin1, where they are kept. */
  readonly bytes: string[];
  readonly refused: { readonly offset: number; readonly reason: string; readonly raw: string }[];
  tombstones: number;
}

/** Adds values in parts, as record batches give them, and takes batches in between; at the end all that is left. */
export async function decodeValues(
  decoder: ValueDecoder,
  values: readonly (Uint8Array | null)[],
  { parts = [7], least = 1 }: { readonly parts?: readonly number[]; readonly least?: number } = {},
): Promise<ReadValues> {
  const splitter = new RecordSplitter();
  const read: ReadValues = { offsets: [], rows: [], bytes: [], refused: [], tombstones: 0 };
  const drain = async (fewest: number): Promise<void> => {
    for (;;) {
      const batch = decoder.next(fewest);
      if (batch !== undefined) note(batch, read);
      else if (decoder.waiting !== undefined) await decoder.waiting;
      else return;
    }
  };
  for (let from = 0, turn = 0; from < values.length; turn++) {
    const part = values.slice(from, from + (parts[turn % parts.length] ?? 1));
    read.tombstones += decoder.add(await framed(splitter, part, from));
    from += part.length;
    await drain(from === values.length ? 1 : least);
  }
  splitter.close();
  return read;
}

/** Values as a record batch of them gives them. @param base the offset of the first */
export async function framed(
  splitter: RecordSplitter,
  values: readonly (Uint8Array | null)[],
  base = 0,
): Promise<FramedRecords> {
  const batch = await encodeBatch(values.map((value) => ({ value: value === null ? null : Buffer.from(value) })));
  const bytes = batch.subarray(BATCH_HEADER);
  const split = splitter.split(bytes, values.length);
  return {
    source: 't:0',
    partition: 0,
    count: split.count,
    bytes: bytes.length,
    get buffer() {
      return split.buffer;
    },
    get starts() {
      return split.starts;
    },
    get ends() {
      return split.ends;
    },
    offset: (index) => base + split.offset(index),
  };
}

function note(batch: Batch, read: ReadValues): void {
  const { origin, rejects = [] } = batch;
  read.rows.push(...rowsOf(batch));
  for (let row = 0; row < batch.length; row++) {
    read.offsets.push(origin?.ordinal(row) ?? Number.NaN);
    const records = origin?.records;
    if (records === undefined) continue;
    const bytes = records.original?.(row) ?? records.buffer.subarray(records.starts[row], records.ends[row]);
    read.bytes.push(Buffer.from(bytes).toString('latin1'));
  }
  for (const { ordinal, reason, raw } of rejects) {
    read.refused.push({ offset: ordinal, reason, raw: Buffer.from(raw).toString('latin1') });
  }
}
