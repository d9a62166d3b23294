import type { TopicPartition } from '../../endpoints/kafka/fetch-queue.js';
import { OpenBatch } from '../../endpoints/kafka/records/open-batch.js';
import { HEADER_BYTES } from '../../endpoints/kafka/records/record-batch.js';

/**
 * Records of one partition on their way to the part that has their groups: the value of a record of the topic between,
 * whose key is the name of the topic that they come from. It is a record batch whose times are the records' offsets;
 * in place of a batch's header stand, little-endian, a version, the partition, its watermark (NaN: none), the first
 * offset and how many there are. Only freshet reads it.
 */
const VERSION = 1;
const AT = { partition: 1, reached: 5, offset: 13, count: 21 };

/** A frame that is being filled. */
export class OpenFrame {
  readonly records = new OpenBatch();

  /**
   * @param from the partition that the records come from
   * @param reached the partition's watermark, epoch milliseconds; −Infinity: none
   */
  constructor(
    readonly from: TopicPartition,
    readonly reached: number,
  ) {}

  /** Its bytes. */
  close(): Uint8Array {
    const { buffer, count, firstTime } = this.records.seal('none');
    buffer[0] = VERSION;
    buffer.writeInt32LE(this.from.partition, AT.partition);
    buffer.writeDoubleLE(Number.isFinite(this.reached) ? this.reached : Number.NaN, AT.reached);
    buffer.writeDoubleLE(firstTime, AT.offset);
    buffer.writeInt32LE(count, AT.count);
    return buffer;
  }
}

/** A frame as it came. */
export interface Frame {
  readonly partition: number;
  /** Undefined: the partition has no watermark. */
  readonly reached: number | undefined;
  /** The records' times, counted from this one, are their offsets. */
  readonly offset: number;
  readonly count: number;
  readonly records: Uint8Array;
}

/** Undefined for what is none, or is of another version. */
export function readFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const reached = view.getFloat64(AT.reached, true);
  return {
    partition: view.getInt32(AT.partition, true),
    reached: Number.isNaN(reached) ? undefined : reached,
    offset: view.getFloat64(AT.offset, true),
    count: view.getInt32(AT.count, true),
    records: bytes.subarray(HEADER_BYTES),
  };
}
