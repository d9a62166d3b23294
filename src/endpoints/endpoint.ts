import type { Batch } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';

/** A stream of bytes to read. read() may be called again only after the last call's promise is settled. */
export interface ByteSource {
  /** What the user called it: a path, `-`, `tcp:host:port`. */
  readonly name: string;
  /** A regular file: it cannot go on after its end. */
  readonly finite: boolean;
  /** Whether it is read to its end after a signal: whoever writes to it was stopped too. To be asked when one comes. */
  readonly drains: boolean;
  /**
   * The next bytes. A number: that many were there and were written to the front of `into` (0: the end). A promise:
   * none were there yet; it gives them as an array of their own, borrowed until the next call (empty: the end), and
   * `into` is not touched.
   */
  read(into: Uint8Array): number | Promise<Uint8Array>;
  /** Makes read() say the end from now on (a signal said to stop reading), also one that waits. */
  stop(): void;
  close(): Promise<void>;
}

/** Bytes to write, in order. Errors are ReaderGone (nobody reads any more) or ServiceError (a full disk). */
export interface ByteSink {
  readonly name: string;
  /** Takes the bytes; resolves when more may be written. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when everything was handed to the system. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Batches to read: bytes behind a codec, or a store. The pipeline asks ready(), and when that has resolved take().
 * A batch is borrowed until the next take().
 */
export interface BatchSource {
  readonly name: string;
  readonly finite: boolean;
  /** As ByteSource has it; absent: no. */
  readonly drains?: boolean;
  /** Resolves when take() has something to say; undefined when it has now. */
  ready(): Promise<void> | undefined;
  /** The next rows; 'wait' when ready() must be asked again; 'end' when there are no more. */
  take(): Batch | 'wait' | 'end';
  /**
   * Told after a flush: what take() has given is safe in the sinks, and need not be given again.
   * @param isLast none comes after it: nothing may be put off
   */
  commit?(isLast: boolean): Promise<void>;
  /**
   * Told of an error while rows were written. True where it says that others read on from the last commit(): what was
   * taken since is not this run's any more, and take() goes on with what is.
   */
  lost?(error: unknown): Promise<boolean>;
  /**
   * Asked before rows are written outside of a transaction.
   * @throws an error that lost() knows where others have taken over what was read
   */
  checkOwned?(): Promise<void>;
  /** What was taken from a record on counts as not taken: the run ends there, and whoever goes on begins with it. */
  rewind?(place: RecordPlace): void;
  /**
   * Since when (performance.now()) some partitions are known to be read to their end, by brokers that answer; undefined
   * where they are not. Absent: it can't tell.
   */
  quiet?(wanted: (partition: number) => boolean): number | undefined;
  /** Where a group stood when this run began to read as one of its copies; absent: it began anew. */
  readonly resumed?: Resumed | undefined;
  /** So far; absent: it reads no topic. */
  readonly passedOver?: PassedOver | undefined;
  /** Whether a flush and commit() are wanted now, whatever the interval: partitions are about to move. */
  readonly urgent?: boolean;
  /** Told of rows since the last commit() that were not taken, where whoever sent them waits to hear of it. */
  refused?(refusal: Refusal): void;
  /** How far it is; absent: it can't tell. */
  figures?(): SourceFigures;
  stop(): void;
  close(): Promise<void>;
}

/** A record, as its batch's origin names it. */
export interface RecordPlace {
  readonly source: string;
  readonly ordinal: number;
}

/** Where reading goes on. */
export interface Resumed {
  readonly group: string;
  readonly positions: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[];
}

/** Records of topics that are no rows, and nothing wrong. */
export interface PassedOver {
  /** Without a value: they say that their key is gone. */
  readonly tombstones: number;
  /** Of other types than the one that is read. */
  readonly others: number;
}

/** A row that was not taken. */
export interface Refusal {
  /** A sentence without a full stop. */
  readonly reason: string;
  /** Where the row stood, as its batch's origin tells; absent where that is not known. */
  readonly ordinal?: number;
}

/** How far a source is. */
export interface SourceFigures {
  /** Of topics. */
  readonly lag?: readonly PartitionLag[];
  /** Of HTTP: requests answered so far, by status. */
  readonly answers?: ReadonlyMap<number, number>;
}

/** How many records of a partition may be read and have not been. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly records: number;
}

/** What a sink did with the rows it was given. Plain byte sinks only count rows. */
export interface SinkCounts {
  readonly rows: number;
  readonly applied?: number;
  readonly stale?: number;
  readonly tied?: number;
}

/** A row of the last batch that a sink could not take. */
export interface RejectedRow {
  readonly row: number;
  /** A sentence without a full stop. */
  readonly reason: string;
}

/** A row that a sink could not take when its batch was gone: as it would have been written. */
export interface RejectedRecord {
  readonly raw: Uint8Array;
  readonly reason: string;
}

/** What a copy reads of topics whose partitions are shared, and how their records are told from all others. */
export interface SharedTopics {
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
  /**
   * By name of each topic that the copies read: an id that no other topic has, nor one that gets its name when it is
   * deleted. Topics of brokers that know no such ids are not there.
   */
  readonly topicIds: ReadonlyMap<string, string>;
}

/**
 * Rows to write. Calls don't overlap. A batch is borrowed until write() resolves. Once flush() has resolved,
 * everything written before it is safe: with the reader, in the file, committed in the store.
 */
export interface Sink {
  readonly name: string;
  readonly schema: RecordSchema;
  write(batch: Batch): Promise<void>;
  flush(): Promise<void>;
  /** After flush(). Writes what must stand at the end, and releases what it holds. */
  close(): Promise<void>;
  counts(): SinkCounts;
  /**
   * Deletes the rows of keys, whatever their freshness; keys that have no row are let be. What is written afterwards
   * stands, however old it is. It is durable when it resolves, and may be done again. Absent: rows can't be deleted.
   * @param keys columns of the derived type's primary key, or of a raw type's key: then all of its records are deleted
   * @returns how many rows there were
   */
  delete?(keys: Batch): Promise<number>;
  /**
   * Told what this copy reads from now on, each time that copies have shared it anew, before how far the group has come
   * is looked up and before any row of it is written. What write() is then given of these partitions once more, by this
   * copy or after another, is stored once; it throws Overtaken where another copy has gone on meanwhile. Absent: the sink
   * needs no telling, or what is written twice is there twice.
   */
  begin?(shared: SharedTopics): Promise<void>;
  /** Told after begin() that these partitions are read once more from where reading began: their rows are written anew. */
  reset?(): Promise<void>;
  /** Rows that the sink could not take, each its own dead letter; given once. */
  takeRejected?(): readonly (RejectedRow | RejectedRecord)[];
}
