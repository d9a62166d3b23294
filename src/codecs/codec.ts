import type { Batch } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';

export const FORMATS = ['ndjson', 'avro', 'csv', 'tsv', 'msgpack'] as const;
export type Format = (typeof FORMATS)[number];

/** Which parts of the records a plan reads. */
export interface Projection {
  /**
   * Paths to decode into columns. A path of a nested record (or another nested type) gives one encoded column.
   * Fields that are not read are checked against the schema all the same.
   */
  readonly paths: readonly string[];
  /** Whether the batch has to carry each record's bytes (`origin.records`). */
  readonly records: boolean;
}

export interface DecodeContext {
  /** What records must fit: the reader's schema. */
  readonly schema: RecordSchema;
  readonly projection: Projection;
  /** The zone of times that are written without an offset. */
  readonly zone: Zone;
  /** What the user called the source, for errors and dead letters. */
  readonly source: string;
  /** Numbered from 0 within a pipeline. */
  readonly partition: number;
}

/**
 * Turns a stream of bytes into batches. The order of calls is (space, filled)* with next() in between, then end(),
 * then next() until it gives nothing. Nothing here blocks or waits; a decoder belongs to one stream.
 *
 * Guarantees: any chunking of the same bytes gives the same rows and rejects; a record that does not fit becomes a
 * reject and stops no other; bytes that can't be framed any further (a cut Avro file) become one last reject.
 */
export interface Decoder {
  /** Where the next input bytes go: at least `wanted` bytes long, borrowed until filled() is called. */
  space(wanted: number): Uint8Array;
  /** Takes the first `count` bytes of that space as input. */
  filled(count: number): void;
  /** No more bytes will come. */
  end(): void;
  /** Starts over with another stream of the same kind, after all of the last was given; keeps its dictionaries. */
  restart?(source: string): void;
  /** Gives back what it holds; after that it is not used any more. */
  close?(): void;
  /**
   * The next rows, or undefined when more bytes are needed (or after end(): when all was given).
   * @param least a decoder may keep fewer rows than this until there are more of them
   */
  next(least?: number): Batch | undefined;
}

/** What a decoder of kept records is told. */
export type RecordContext = Pick<DecodeContext, 'schema' | 'zone'>;

/**
 * Decodes records that were framed before and are kept as bytes of their own, such as a batch's records. `count` of them
 * lie in `buffer` at [starts[i], ends[i]). Dictionary ids are valid until the next call.
 */
export interface RecordDecoder {
  decode(buffer: Uint8Array, starts: Int32Array, ends: Int32Array, count: number): Batch;
}

/**
 * Records that come framed, of one partition: a topic's values. They lie in the kernel's memory, where the fast paths
 * read them: starts and ends are addresses in it, and `buffer` has all of it that they need.
 */
export interface FramedRecords {
  /** What to call where they come from, and the partition's number within the pipeline. */
  readonly source: string;
  readonly partition: number;
  readonly buffer: Uint8Array;
  /** Where each begins. Below 0 there is nothing to read: -1 is null, a tombstone; less, of another type than is wanted. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly count: number;
  /** They are not longer than this together. */
  readonly bytes: number;
  /** The offset of each; they ascend. */
  readonly offset: (index: number) => number;
  /** The key of each, borrowed as the values are; undefined: null. */
  readonly key?: (index: number) => Uint8Array | undefined;
  /** The time that each was written with, epoch milliseconds. */
  readonly time?: (index: number) => number;
}

/**
 * Decodes framed records: add()ed ones are given by next() until it gives nothing. What is given is borrowed until the
 * next call of either; what is added, until next() gives nothing. Records of another partition may be added when
 * next(1) has given nothing.
 */
export interface ValueDecoder {
  /** @returns how many of them are passed over: they have nothing to read */
  add(records: FramedRecords): number;
  /** @param least may keep fewer rows than this until more are added */
  next(least?: number): Batch | undefined;
  /**
   * Set where next() has given nothing because something has to come first, such as a schema that is asked for: when
   * it resolves next() goes on. What is added stays borrowed until then. It rejects where there is no use in waiting.
   */
  readonly waiting?: Promise<void> | undefined;
  /** Of a decoder that may wait: what was added is not wanted any more. */
  forget?(): void;
  /** The offset of the first record that was added and not given; undefined: all were given. */
  readonly pending: number | undefined;
  close(): void;
}

/** A schema that values were written with, as JSON, and those that it refers to; or a sentence: why it can't be had. */
export type WriterSchema =
  | { readonly json: unknown; readonly others: readonly unknown[] }
  | { readonly problem: string };

/** Finds the schemas of values that only name them. A promise rejects where there is no use in going on. */
export interface WriterSchemas {
  /** By the number that a registry gave it. */
  byId(id: number): Promise<WriterSchema>;
  /** By its CRC-64-AVRO (Avro 1.12, "Schema Fingerprints"), 64 bits without a sign. */
  byFingerprint(fingerprint: bigint): Promise<WriterSchema>;
}

export interface ValueContext extends Omit<DecodeContext, 'source' | 'partition'> {
  /** Of values of Avro; those of other formats name no schema. */
  readonly writers?: WriterSchemas;
}

/** Writes batches of one schema as a stream of bytes; what it returns is the caller's to keep. */
export interface Encoder {
  /** Bytes for the batch's selected rows, with whatever must stand before the first. */
  encode(batch: Batch): Uint8Array;
  /** What must stand at the end (an Avro block not yet full, the header of an empty CSV). */
  finish(): Uint8Array;
  /** The batch's selected rows, each on its own. Absent: records of the format can't stand alone. */
  encodeRecords?(batch: Batch): EncodedRecords;
}

/** Records one behind the other, perhaps with something between them: each is [starts[i], ends[i]). */
export interface EncodedRecords {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly count: number;
}

export interface EncodeContext {
  readonly schema: RecordSchema;
  /** Avro's block compression. */
  readonly compression?: 'null' | 'deflate' | 'snappy';
  /** What stands in front of each record that stands alone: which schema it was written with. */
  readonly recordHeader?: Uint8Array;
  /** Adding to a stream that has a header already. */
  readonly append?: boolean;
}

/** A file with something in it, which records are to be added to. */
export interface ExistingFile {
  /** What the user called it. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** A stretch of it, cut short where the file ends. */
  read(from: number, length: number): Uint8Array;
}

/** One format of records. Loaded late: each is imported only by a command that uses it. */
export interface Codec {
  readonly format: Format;
  /** Whether batches can carry the records' bytes (`projection.records`), and recordDecoder() reads them back. */
  readonly keepsRecords: boolean;
  decoder(context: DecodeContext): Decoder;
  /** Absent: the format can't stand in a topic's values. */
  valueDecoder?(context: ValueContext): ValueDecoder;
  recordDecoder?(context: RecordContext): RecordDecoder;
  encoder(context: EncodeContext): Encoder;
  /**
   * The encoder of what is added to a file, where the file itself says how; otherwise it is encoder() with `append`.
   * @throws UsageError where nothing can be added to the file
   */
  appender?(context: EncodeContext, file: ExistingFile): Encoder;
}
