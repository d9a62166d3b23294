import type { FramedRecords, ValueDecoder } from '../codecs/codec.js';
import type { Batch } from '../records/batch.js';
import { batchFromRows } from '../records/row-batch.js';
import type { RecordSchema } from '../records/schema.js';
import type { Row } from '../records/value.js';
import { bytesAsText } from './bytes-as-text.js';

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
    const { source, partition, count } = records;
    const colon = source.lastIndexOf(':');
    this.#source = source;
    this.#partition = partition;
    let others = 0;
    for (let at = 0; at < count; at++) {
      const start = records.starts[at];
      if (start < -1) {
        others++;
        continue;
      }
      const key = records.key?.(at);
      const value = start < 0 ? undefined : records.buffer.subarray(start, records.ends[at]);
      const offset = records.offset(at);
      this.#offsets.push(offset);
      this.#rows.push({
        topic: source.slice(0, colon),
        partition: Number(source.slice(colon + 1)),
        offset,
        timestamp: records.time?.(at) ?? 0,
        ...(key === undefined ? {} : bytesAsText('key', key)),
        ...(value === undefined ? {} : bytesAsText('value', value, value[0] === 0)),
      });
    }
    return others;
  }

  next(): Batch | undefined {
    if (this.#rows.length === 0) return undefined;
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
