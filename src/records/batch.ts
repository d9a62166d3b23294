import type { Column, Encoding } from './columns.js';
import type { RecordSchema } from './schema.js';

/**
 * Records of one source as columns. A batch is borrowed: its arrays belong to whoever made it and are valid until
 * the maker is asked for its next batch. Who wants to keep rows copies them.
 */
export interface Batch {
  readonly schema: RecordSchema;
  /** How many rows the columns have. */
  readonly length: number;
  /** By path: a field's name, or a dotted path into nested records (`stat.cpu_all.user`). Only what was projected. */
  readonly columns: ReadonlyMap<string, Column>;
  /** The rows that passed a filter, ascending; all rows when absent. */
  readonly selection?: Int32Array;
  /** How many records that fit it counts for; absent: one a row. */
  readonly counts?: number;
  /** Where the rows came from; absent for rows that freshet computed. */
  readonly origin?: Origin;
  /** Input that did not fit the schema, in input order. */
  readonly rejects?: readonly Reject[];
  /** Of a topic's partition, where the plan asks for them: by offset among those of the rows. */
  readonly tombstones?: readonly Tombstone[];
  /** Of a topic's records: what the one of an offset has beside its value, as an own copy. Asked for but a few. */
  readonly envelope?: (offset: number) => Envelope | undefined;
  /** Of rows that come of one record of a topic each: what headers it had, as own copies. Absent: none has any. */
  readonly headers?: (row: number) => readonly RecordHeader[];
  /** Absent: the rows come from their source. A batch without rows may tell how far their partition has come. */
  readonly exchanged?: Exchanged;
}

/** Of rows that came by way of the part that has their group: which part, and how far their partition had come then. */
export interface Exchanged {
  readonly part: number;
  /** The watermark of the rows' partition before them, epoch milliseconds; undefined: it had none. */
  readonly reached: number | undefined;
}

/** A topic's record without a value: its key is gone. */
export interface Tombstone {
  /** As a reject has it. */
  readonly source: string;
  readonly offset: number;
  /** An own copy; undefined: null. */
  readonly key: Uint8Array | undefined;
}

/** What a topic's record has beside its value. */
export interface Envelope {
  /** Undefined: null. */
  readonly key: Uint8Array | undefined;
  readonly headers: readonly RecordHeader[];
}

export interface RecordHeader {
  readonly name: string;
  /** Undefined: null. */
  readonly value: Uint8Array | undefined;
}

/** Where a batch's rows came from. */
export interface Origin {
  /** What the user called the source: a path, `-`, a topic. */
  readonly source: string;
  /** Rows of one partition share a watermark. Numbered from 0 within a pipeline. */
  readonly partition: number;
  /** What `ordinal` counts. */
  readonly unit: 'line' | 'record' | 'offset';
  /** The line (from 1), record (from 1) or offset of a row. */
  ordinal(row: number): number;
  /** The bytes of each record, where the projection asked for them. */
  readonly records?: RecordBytes;
}

export interface RecordBytes {
  readonly encoding: Encoding | 'csv';
  readonly buffer: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The bytes as they came, of a row of which the buffer has others that mean the same. */
  readonly original?: (row: number) => Uint8Array | undefined;
}

/** Input that does not fit the schema: becomes a dead letter. */
export interface Reject {
  /** A sentence without a full stop: what is wrong, with the field's path. */
  readonly reason: string;
  readonly source: string;
  readonly unit: 'line' | 'record' | 'offset' | 'position';
  readonly ordinal: number;
  /** The original bytes: an own copy. */
  readonly raw: Uint8Array;
}

/** How many rows take part. */
export function selectedCount(batch: Batch): number {
  return batch.selection?.length ?? batch.length;
}

/** The column of a path that the plan has projected. */
export function columnOf(batch: Batch, path: string): Column {
  const column = batch.columns.get(path);
  if (column === undefined) throw new Error(`column ${path} was not projected`);
  return column;
}
