import { crc32c } from '@node-rs/crc32';
import { COMPRESSIONS, type Compression } from './compression-names.js';

/** Of the part that tells how long the whole is. */
const FRAME_BYTES = 12;
/** What stands before a batch's records. */
export const HEADER_BYTES = 61;
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_AT = 23;
const MAGIC = 2;
const COMPRESSION_BITS = 7;

/** A record batch as it was fetched: magic 2, https://kafka.apache.org/documentation/#recordbatch. */
export interface RecordBatch {
  /** The first record's offset; a compacted batch may lack that record. */
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly compression: Compression;
  /** Epoch milliseconds that the records' times are counted from. */
  readonly baseTime: number;
  /** Set where the broker stamped the batch: the time of all of its records. */
  readonly appendTime?: number;
  readonly producerId: bigint;
  readonly transactional: boolean;
  /** Holds a transaction's marker, no records. */
  readonly control: boolean;
  readonly count: number;
  /** Its records, perhaps compressed; borrowed from what was fetched. */
  readonly records: Uint8Array;
}

/** Why a batch can't be used: a sentence without a full stop. */
export interface BatchProblem {
  readonly problem: string;
  /** Behind it, where that can be told. */
  readonly nextOffset?: number;
  /** All of it; borrowed from what was fetched. */
  readonly bytes: Uint8Array;
}

/**
 * The record batches in what a broker answered to a fetch, up to the first that is cut: the broker answers so many
 * bytes, not whole batches. Each one's CRC-32C (RFC 3720, B.4) is checked.
 */
export function* recordBatches(fetched: Uint8Array): Generator<RecordBatch | BatchProblem> {
  const view = new DataView(fetched.buffer, fetched.byteOffset, fetched.byteLength);
  for (let at = 0; at + HEADER_BYTES <= fetched.length; ) {
    const length = view.getInt32(at + LENGTH_AT);
    const magic = view.getInt8(at + MAGIC_AT);
    if (length < HEADER_BYTES - FRAME_BYTES) {
      yield { problem: `a record batch is damaged: it says that it has ${length} bytes`, bytes: fetched.subarray(at) };
      return;
    }
    const end = at + FRAME_BYTES + length;
    if (end > fetched.length) return;
    const bytes = fetched.subarray(at, end);
    if (magic === 0 || magic === 1) {
      yield { problem: `its records are in format ${magic}, which brokers before Kafka 0.11 wrote`, bytes };
      return;
    }
    const problem = problemOf(view, bytes, at);
    if (problem === undefined) yield batchAt(view, fetched, at, end);
    else yield { problem, bytes, ...nextOffset(view, at, end) };
    at = end;
  }
}

/** What is wrong with a whole batch. */
function problemOf(view: DataView, bytes: Uint8Array, at: number): string | undefined {
  const checked = Buffer.from(bytes.buffer, bytes.byteOffset + ATTRIBUTES_AT, bytes.length - ATTRIBUTES_AT);
  if (view.getInt8(at + MAGIC_AT) !== MAGIC || crc32c(checked) !== view.getUint32(at + CRC_AT)) {
    return 'a record batch is damaged: its checksum does not fit';
  }
  const compression = view.getInt16(at + ATTRIBUTES_AT) & COMPRESSION_BITS;
  return COMPRESSIONS[compression] === undefined ? `compression ${compression} is not known` : undefined;
}

/** The offset behind a damaged batch: that of the next one, or what its own header says if it does not lead far. */
function nextOffset(view: DataView, at: number, end: number): { nextOffset?: number } {
  const baseOffset = Number(view.getBigInt64(at));
  const behind = end + HEADER_BYTES <= view.byteLength ? Number(view.getBigInt64(end)) : undefined;
  if (behind !== undefined && behind > baseOffset) return { nextOffset: behind };
  const distance = view.getInt32(at + LAST_OFFSET_AT);
  return distance >= 0 && distance < end - at ? { nextOffset: baseOffset + distance + 1 } : {};
}

function batchAt(view: DataView, fetched: Uint8Array, at: number, end: number): RecordBatch {
  const attributes = view.getInt16(at + ATTRIBUTES_AT);
  const baseOffset = Number(view.getBigInt64(at));
  return {
    baseOffset,
    lastOffset: baseOffset + view.getInt32(at + LAST_OFFSET_AT),
    compression: COMPRESSIONS[attributes & COMPRESSION_BITS] ?? 'none',
    baseTime: Number(view.getBigInt64(at + 27)),
    ...((attributes & 8) === 0 ? {} : { appendTime: Number(view.getBigInt64(at + 35)) }),
    producerId: view.getBigInt64(at + 43),
    transactional: (attributes & 16) !== 0,
    control: (attributes & 32) !== 0,
    count: view.getInt32(at + 57),
    records: fetched.subarray(at + HEADER_BYTES, end),
  };
}

/** What a producer says of a record batch. */
export interface BatchHead {
  readonly compression: Compression;
  readonly transactional: boolean;
  readonly count: number;
  /** Epoch milliseconds: of the first record, from which the others' times are counted, and the greatest. */
  readonly firstTime: number;
  readonly lastTime: number;
  readonly producerId: bigint;
  readonly epoch: number;
  /** The number of its first record among those of the producer in this partition. */
  readonly sequence: number;
}

const PARTITION_EPOCH_AT = 12;
const UNKNOWN = -1;

/** Writes the header of a record batch, whose records stand in the buffer behind HEADER_BYTES. */
export function writeHeader(batch: Buffer, head: BatchHead): void {
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - FRAME_BYTES, 8);
  batch.writeInt32BE(UNKNOWN, PARTITION_EPOCH_AT);
  batch.writeInt8(MAGIC, MAGIC_AT);
  const attributes = COMPRESSIONS.indexOf(head.compression) | (head.transactional ? 16 : 0);
  batch.writeInt16BE(attributes, ATTRIBUTES_AT);
  batch.writeInt32BE(head.count - 1, 23);
  batch.writeBigInt64BE(BigInt(head.firstTime), 27);
  batch.writeBigInt64BE(BigInt(head.lastTime), 35);
  batch.writeBigInt64BE(head.producerId, 43);
  batch.writeInt16BE(head.epoch, 51);
  batch.writeInt32BE(head.sequence, 53);
  batch.writeInt32BE(head.count, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(ATTRIBUTES_AT)), CRC_AT);
}
