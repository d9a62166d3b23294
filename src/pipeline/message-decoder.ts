import type { FramedRecords, ValueDecoder } from '../codecs/codec.js';
import type { Batch } from '../records/batch.js';
import { batchFromRows } from '../records/row-batch.js';
import type { RecordSchema } from '../records/schema.js';
import type { Row } from '../records/value.js';
import { bytesAsText } from './bytes-as-text.js';
import { partitionOfSource } from './dead-letter-record.js';

/** Records of topics as they are: rows of schemas/kafkamsg.avsc, whatever the values hold. */
export class MessageDecoder implements ValueDecoder {
  readonly #schema: RecordSchema;
  #rows: Row[] = [];
  #offsets: number[] = [];
  #source = '';
  #partition = 0;

  constructor(schema: RecordSchema) {
    this.#schema = schema;
  }

  /** One that is null is a message, too; others are passed over. */
  add(records: FramedRecords): number {
    const { source, partition, count, buffer, starts, ends, offset, key, time } = records;
    const place = partitionOfSource(source);
    this.#source = source;
    this.#partition = partition;
    let others = 0;
    for (let at = 0; at < count; at++) {
      const start = starts[at];
      if (start < -1) {
        others++;
        continue;
      }
      const own = key?.(at);
      const value = start < 0 ? undefined : buffer.subarray(start, ends[at]);
      const ordinal = offset(at);
      this.#offsets.push(ordinal);
      this.#rows.push({
        ...place,
        offset: ordinal,
        timestamp: time?.(at) ?? 0,
        ...(own === undefined ? {} : bytesAsText('key', own)),
        ...(value === undefined ? {} : bytesAsText('value', value, value[0] === 0)),
      });
    }
    return others;
  }

  next(least = 1): Batch | undefined {
    if (this.#rows.length < Math.max(1, least)) return undefined;
    const offsets = this.#offsets;
    const origin = {
      source: this.#source,
      partition: this.#partition,
      unit: 'offset' as const,
      ordinal: (row: number): number => offsets[row] ?? -1,
    };
    const batch = batchFromRows(this.#schema, this.#rows, { origin });
    this.#rows = [];
    this.#offsets = [];
    return batch;
  }

  get pending(): number | undefined {
    return this.#offsets[0];
  }

  close(): void {}
}
