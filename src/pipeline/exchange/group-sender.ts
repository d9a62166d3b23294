import { type KeyColumn, RecordKeys } from '../../codecs/ndjson/record-keys.js';
import type { TopicPartition } from '../../endpoints/kafka/fetch-queue.js';
import type { TopicWriter } from '../../endpoints/kafka/producer/topic-writer.js';
import type { OpenBatch } from '../../endpoints/kafka/records/open-batch.js';
import { partitionOf } from '../../endpoints/kafka/records/partition-of.js';
import { RecordFramer, type Slices, type UnframedRows } from '../../endpoints/kafka/records/record-framer.js';
import { slicesOf } from '../../endpoints/kafka/records/slices-of.js';
import { writeHeaders } from '../../endpoints/kafka/records/write-headers.js';
import type { Onward, Stretch } from '../../operators/exchanged-operator.js';
import { type Batch, columnOf, type RecordBytes, selectedCount } from '../../records/batch.js';
import { bug } from '../../records/errors.js';
import { fieldAt, type RecordSchema } from '../../records/schema.js';
import { OpenFrame } from './frame.js';

/** A frame of so many bytes or records is on its way: a decoder gives what one has as one batch. */
const FRAME_BYTES = 32 * 1024;
const FRAME_RECORDS = 2048;
/** Of all frames that are being filled. */
const MOST_BYTES = 8 * 1024 * 1024;

export interface GroupSenderOptions {
  /** The records' type. */
  readonly schema: RecordSchema;
  /** Paths of the fields that groups have. */
  readonly by: readonly string[];
  /** By number of the partition within the pipeline. */
  readonly sources: readonly TopicPartition[];
  /** One for each part. */
  readonly writers: readonly TopicWriter[];
  /** Whether a record's key and headers go with it: what becomes a dead letter has them. */
  readonly envelopes: boolean;
}

/** Sends records on, as their bytes came, to the topic between the parts: to the part that has their group. */
export class GroupSender implements Onward {
  readonly #options: GroupSenderOptions;
  readonly #keys = new RecordKeys();
  readonly #framer: RecordFramer;
  /** By partition, and by part. */
  readonly #open = new Map<number, (OpenFrame | undefined)[]>();
  #bytes = 0;

  constructor(options: GroupSenderOptions) {
    this.#options = options;
    this.#framer = new RecordFramer(options.writers.length, FRAME_BYTES);
  }

  partsOf(rows: Batch): Int32Array {
    const { bytes, starts, ends } = this.#groupsOf(rows);
    const { length } = this.#options.writers;
    return starts.map((start, at) => partitionOf(bytes, start, ends[at], length));
  }

  send(rows: Batch, stretches: readonly Stretch[]): void {
    if (selectedCount(rows) === 0 && stretches.length < 2) return;
    const origin = rows.origin ?? bug('records are sent on that come from nowhere');
    const records = origin.records ?? bug('records are sent on without their bytes');
    const { partition } = origin;
    const selected = rows.selection ?? Int32Array.from({ length: rows.length }, (_, row) => row);
    const all = {
      places: this.#groupsOf(rows),
      times: Float64Array.from(selected, (row) => origin.ordinal(row)),
      values: valuesOf(records, selected),
      ...this.#besides(rows, selected),
    };
    let from = 0;
    stretches.forEach(({ to, reached }, at) => {
      if (at > 0) this.#cut(partition);
      const open = (part: number, more: number): OpenBatch => this.#roomFor(partition, part, more, reached);
      if (to > from) this.#bytes += this.#framer.frame(between(all, from, to), open);
      from = to;
    });
    if (this.#bytes > MOST_BYTES) this.flush();
  }

  #cut(partition: number): void {
    for (const [part, frame] of this.#open.get(partition)?.entries() ?? []) this.#close(frame, part);
    this.#open.delete(partition);
  }

  tell(partition: number, reached: number, parts: readonly number[]): void {
    this.#cut(partition);
    for (const part of parts) this.#close(new OpenFrame(this.#options.sources[partition], reached), part);
  }

  drop(partition: number): void {
    for (const frame of this.#open.get(partition) ?? []) this.#bytes -= frame?.records.bytes ?? 0;
    this.#open.delete(partition);
  }

  /** Hands over what was sent. */
  flush(): void {
    for (const partition of [...this.#open.keys()]) this.#cut(partition);
  }

  close(): void {
    this.#framer.close();
    for (const writer of this.#options.writers) writer.close();
  }

  #roomFor(partition: number, part: number, more: number, reached: number): OpenBatch {
    const frames = this.#open.get(partition) ?? [];
    this.#open.set(partition, frames);
    const known = frames[part];
    if (known !== undefined && known.records.bytes + more <= FRAME_BYTES && known.records.count < FRAME_RECORDS) {
      return known.records;
    }
    this.#close(known, part);
    const frame = new OpenFrame(this.#options.sources[partition], reached);
    frames[part] = frame;
    return frame.records;
  }

  #close(frame: OpenFrame | undefined, part: number): void {
    if (frame === undefined) return;
    this.#bytes -= frame.records.bytes;
    this.#options.writers[part].write({
      count: 1,
      keys: slicesOf([Buffer.from(frame.from.topic)]),
      values: slicesOf([frame.close()]),
      times: Float64Array.of(Date.now()),
    });
  }

  /** What parts are chosen by: the same group lies in the same part in every run. */
  #groupsOf(rows: Batch): Slices {
    const { schema, by } = this.#options;
    const columns = by.map((path): KeyColumn => {
      const { type } = fieldAt(schema, path) ?? bug(`schema ${schema.name} has no field ${path}`);
      return { type, column: columnOf(rows, path) };
    });
    const { bytes, starts, ends } = this.#keys.encode(columns, rows.length, rows.selection);
    // A group that is null is one, too.
    return { bytes, starts: starts.map((start, at) => (start < 0 ? ends[at] : start)), ends };
  }

  #besides({ envelope, origin }: Batch, selected: Int32Array): { readonly keys?: Slices; readonly headers?: Slices } {
    if (!this.#options.envelopes || envelope === undefined || origin === undefined) return {};
    const envelopes = Array.from(selected, (row) => envelope(origin.ordinal(row)));
    return {
      keys: slicesOf(envelopes.map((one) => one?.key)),
      headers: slicesOf(envelopes.map((one) => writeHeaders(one?.headers ?? []))),
    };
  }
}

/** Some of them. */
function between(all: Omit<UnframedRows, 'count'>, from: number, to: number): UnframedRows {
  const cut = ({ bytes, starts, ends }: Slices): Slices => ({
    bytes,
    starts: starts.subarray(from, to),
    ends: ends.subarray(from, to),
  });
  const { values, places, keys, headers, times } = all;
  return {
    count: to - from,
    values: cut(values),
    times: times.subarray(from, to),
    ...(places === undefined ? {} : { places: cut(places) }),
    ...(keys === undefined ? {} : { keys: cut(keys) }),
    ...(headers === undefined ? {} : { headers: cut(headers) }),
  };
}

/** The bytes of records. Those of a batch lie one behind the other, but for what stands for others. */
function valuesOf({ buffer, starts, ends, original }: RecordBytes, rows: Int32Array): Slices {
  if (original !== undefined) {
    return slicesOf(Array.from(rows, (row) => original(row) ?? buffer.subarray(starts[row], ends[row])));
  }
  return { bytes: buffer, starts: rows.map((row) => starts[row]), ends: rows.map((row) => ends[row]) };
}
