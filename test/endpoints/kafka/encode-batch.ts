import { createRequire } from 'node:module';

/** kafkajs' own writer of record batches, which no one here wrote. */
const load = createRequire(import.meta.url);
const Long: { fromValue(value: number | bigint | string): unknown } = load('kafkajs/src/utils/long');
const { RecordBatch }: { RecordBatch(options: object): Promise<{ readonly buffer: Buffer }> } = load(
  'kafkajs/src/protocol/recordBatch/v0',
);
const record: (options: object) => unknown = load('kafkajs/src/protocol/recordBatch/record/v0');
const crc32c: (bytes: Buffer) => number = load('kafkajs/src/protocol/recordBatch/crc32C');

export interface WrittenRecord {
  readonly key?: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** The distance to the batch's first offset; its place if it does not say. */
  readonly offset?: number;
}

export interface BatchOptions {
  readonly baseOffset?: number;
  readonly producerId?: number;
  readonly transactional?: boolean;
  /** kafkajs' number of the compression, whose codec must be known to it. */
  readonly compression?: number;
}

const ATTRIBUTES_AT = 21;

/** A record batch as producers write it. */
export async function encodeBatch(records: readonly WrittenRecord[], options: BatchOptions = {}): Promise<Buffer> {
  const { baseOffset = 0, producerId = -1, transactional = false, compression = 0 } = options;
  const offsets = records.map(({ offset }, place) => offset ?? place);
  const { buffer } = await RecordBatch({
    firstOffset: Long.fromValue(baseOffset),
    firstTimestamp: 1_500_000_000_000,
    maxTimestamp: 1_500_000_000_000,
    lastOffsetDelta: offsets.at(-1) ?? 0,
    producerId: Long.fromValue(producerId),
    transactional,
    compression,
    records: records.map(({ key = null, value, headers = {} }, place) =>
      record({ offsetDelta: offsets[place], timestampDelta: place, key, value, headers }),
    ),
  });
  return Buffer.from(buffer);
}

/** The same batch with other attributes, and the checksum that fits them. */
export function withAttributes(batch: Buffer, attributes: number): Buffer {
  const changed = Buffer.from(batch);
  changed.writeInt16BE(attributes, ATTRIBUTES_AT);
  changed.writeUInt32BE(crc32c(changed.subarray(ATTRIBUTES_AT)) >>> 0, ATTRIBUTES_AT - 4);
  return changed;
}
