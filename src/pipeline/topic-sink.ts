import type { EncodedRecords, Encoder } from '../codecs/codec.js';
import { type KeyColumn, RecordKeys } from '../codecs/ndjson/record-keys.js';
import type { Sink, SinkCounts } from '../endpoints/endpoint.js';
import type { RowProducer } from '../endpoints/kafka/producer/row-producer.js';
import type { TopicWriter } from '../endpoints/kafka/producer/topic-writer.js';
import type { Slices } from '../endpoints/kafka/records/record-framer.js';
import { slicesOf } from '../endpoints/kafka/records/slices-of.js';
import { writeHeaders } from '../endpoints/kafka/records/write-headers.js';
import { type TopicLimits, writableTimes } from '../endpoints/kafka/topic-limits.js';
import { isProduced } from '../endpoints/produce/encode-produced.js';
import { type Batch, type RecordHeader, type Reject, selectedCount } from '../records/batch.js';
import type { Column } from '../records/columns.js';
import { bug } from '../records/errors.js';
import { fieldAt, type RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';
import { nestedColumn } from '../stores/nested-column.js';

export interface TopicSinkOptions {
  readonly name: string;
  readonly schema: RecordSchema;
  readonly zone: Zone;
  readonly encoder: Encoder;
  readonly producer: RowProducer;
  readonly writer: TopicWriter;
  readonly limits: TopicLimits;
  /** What each record has, besides the headers of the record that it comes of. */
  readonly header?: RecordHeader;
  readonly close: () => Promise<void>;
}

/**
 * Rows to a topic. A record's key is the row's primary key, so that a compacted topic keeps the newest row of each. Its
 * partition is chosen by the key of the schema alone: all periods and windows of a channel lie in one partition, the
 * one that Java's default partitioner gives the raw records of that channel, so that a copy that reads the partition
 * has all of the channel's rows, and a rollup of a rollup moves no row to another partition. For raw records both are
 * the same, and other clients choose the same partitions.
 */
export class TopicSink implements Sink {
  readonly name: string;
  readonly schema: RecordSchema;
  readonly #options: TopicSinkOptions;
  readonly #keys = new RecordKeys();
  readonly #keyPaths: readonly string[];
  /** What partitions are chosen by. */
  readonly #placePaths: readonly string[];
  #rows = 0;
  #refused = 0;

  constructor(options: TopicSinkOptions) {
    this.#options = options;
    const { name, schema } = options;
    this.name = name;
    this.schema = schema;
    this.#keyPaths = schema.derived?.primaryKey ?? schema.key;
    this.#placePaths = schema.key;
  }

  async write(batch: Batch): Promise<void> {
    this.#rows += selectedCount(batch);
    if (isProduced(batch)) this.#writeProduced(batch, batch.broken);
    else this.#write(batch);
    await this.#options.producer.room();
  }

  /** Adds tombstones for rows: a compacted topic then forgets them. */
  async remove(rows: Batch): Promise<void> {
    const { producer, writer } = this.#options;
    const keys = this.#encoded(rows, this.#keyPaths);
    if (keys === undefined) return;
    const { count } = keys;
    const values = { bytes: new Uint8Array(0), starts: new Int32Array(count).fill(-1), ends: new Int32Array(count) };
    writer.write({ count, keys, values, times: new Float64Array(count).fill(Date.now()) });
    await producer.room();
  }

  flush(): Promise<void> {
    return this.#options.producer.flush();
  }

  async close(): Promise<void> {
    await this.flush();
    this.#options.writer.close();
    this.#options.producer.close();
    await this.#options.close();
  }

  counts(): SinkCounts {
    return { rows: this.#rows - this.#refused };
  }

  takeRejected(): { reason: string; raw: Uint8Array }[] {
    const refused = this.#options.writer.takeRefused();
    this.#refused += refused.length;
    return refused.map((raw) => ({
      reason: `the topic takes no record of ${raw.length} bytes (max.message.bytes)`,
      raw,
    }));
  }

  #write(batch: Batch): void {
    const { encoder, writer } = this.#options;
    const count = selectedCount(batch);
    if (count === 0) return;
    const values = encoder.encodeRecords?.(batch) ?? bug('the format has no records that stand alone');
    const keys = this.#encoded(batch, this.#keyPaths);
    const places = this.#placesOf(batch, keys, count);
    const times = this.#timesOf(batch, count);
    const base = { count, values, times, ...this.#headersOf(batch, count) };
    if (keys === undefined) writer.write(places === undefined ? base : { ...base, places });
    else writer.write(places === undefined ? { ...base, keys } : { ...base, keys, places });
  }

  /** Rows with the broken records between them that were asked for. */
  #writeProduced(batch: Batch, broken: readonly Reject[]): void {
    const { origin, selection } = batch;
    if (broken.length === 0 || origin === undefined) {
      this.#write(batch);
      return;
    }
    const rows = selection ?? Int32Array.from({ length: batch.length }, (_, row) => row);
    let from = 0;
    for (const { ordinal, raw } of broken) {
      let to = from;
      while (to < rows.length && origin.ordinal(rows[to]) < ordinal) to++;
      this.#write({ ...batch, selection: rows.subarray(from, to) });
      const values = { bytes: raw, starts: Int32Array.of(0), ends: Int32Array.of(raw.length) };
      this.#options.writer.write({ count: 1, values, times: Float64Array.of(Date.now()), ...this.#headersOf({}, 1) });
      from = to;
    }
    this.#write({ ...batch, selection: rows.subarray(from) });
  }

  #headersOf({ headers, selection }: Partial<Batch>, count: number): { readonly headers?: Slices } {
    const { header } = this.#options;
    if (headers !== undefined) {
      const rows = selection ?? Int32Array.from({ length: count }, (_, row) => row);
      return { headers: slicesOf(Array.from(rows, (row) => writeHeaders(withHeader(headers(row), header)))) };
    }
    if (header === undefined) return {};
    const bytes = writeHeaders([header]);
    return { headers: { bytes, starts: new Int32Array(count), ends: new Int32Array(count).fill(bytes.length) } };
  }

  #encoded(batch: Batch, paths: readonly string[]): EncodedRecords | undefined {
    if (paths.length === 0) return undefined;
    return this.#keys.encode(
      paths.map((path) => this.#keyColumn(batch, path)),
      batch.length,
      batch.selection,
    );
  }

  #keyColumn(batch: Batch, path: string): KeyColumn {
    const { type } = fieldAt(this.schema, path) ?? bug(`schema ${this.schema.name} has no field ${path}`);
    return { type, column: this.#column(batch, path) };
  }

  /** What partitions are chosen by, where it is not the key itself. */
  #placesOf(batch: Batch, keys: EncodedRecords | undefined, count: number): Slices | undefined {
    const same = this.#placePaths.join() === this.#keyPaths.join();
    const places = same ? keys : this.#encoded(batch, this.#placePaths);
    if (places === undefined) {
      // Upserts of one row must stay in order.
      return this.schema.derived === undefined ? undefined : emptySlices(count);
    }
    // Rows whose key is null are of one group, too.
    if (places.starts.includes(-1)) {
      return { ...places, starts: places.starts.map((start, row) => (start < 0 ? places.ends[row] : start)) };
    }
    return same ? undefined : places;
  }

  /** The records' times: the rows' event times where the topic takes them, else the clock's. */
  #timesOf(batch: Batch, count: number): Float64Array {
    const now = Date.now();
    const times = new Float64Array(count).fill(now);
    const { time } = this.schema;
    const column = time === undefined ? undefined : this.#column(batch, time.path);
    if (column?.kind !== 'time') return times;
    const { from, to } = writableTimes(this.#options.limits, now);
    const { millis, nulls } = column;
    const { selection } = batch;
    for (let index = 0; index < count; index++) {
      const row = selection === undefined ? index : selection[index];
      const millisecond = Math.floor(millis[row]);
      if (millisecond >= from && millisecond <= to && nulls?.[row] !== 1) times[index] = millisecond;
    }
    return times;
  }

  #column(batch: Batch, path: string): Column {
    return batch.columns.get(path) ?? nestedColumn(batch, path, this.#options.zone);
  }
}

/** Headers with one that replaces those of its name. */
function withHeader(headers: readonly RecordHeader[], header: RecordHeader | undefined): readonly RecordHeader[] {
  return header === undefined ? headers : [...headers.filter(({ name }) => name !== header.name), header];
}

function emptySlices(count: number): Slices {
  return { bytes: new Uint8Array(0), starts: new Int32Array(count), ends: new Int32Array(count) };
}
