import type { BatchSource, Sink } from '../endpoints/endpoint.js';
import type { RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';

/** What a store needs of the run besides its rows. */
export interface StoreSurroundings {
  /** Shows a sentence to the user: that a server is away, and that it is back. */
  readonly tell?: ((sentence: string) => void) | undefined;
  /** Aborted when the run is to stop: a server that is away is not waited for any longer. */
  readonly stop?: AbortSignal | undefined;
  /** The group whose copies share what they read, where its rows are to be stored once though copies fail. */
  readonly group?: string;
}

export interface StoreSinkOptions extends StoreSurroundings {
  /** The type of the rows: with `derived`, an upsert by its primary key where the greater freshness wins. */
  readonly schema: RecordSchema;
  /** The table of the URI (`sqlite:FILE#TABLE`) in place of the schema's. */
  readonly table?: string;
  readonly create: boolean;
  /** The zone of times that are written without an offset. */
  readonly zone: Zone;
}

export interface StoreSourceOptions {
  /** The table of the URI; absent: the only one that the database has. */
  readonly table?: string;
  readonly zone: Zone;
  /** What the rows are; absent: taken from the table's columns. */
  readonly schema?: RecordSchema;
  /** Which paths of the schema get columns; its top-level fields if not given. */
  readonly paths?: readonly string[];
  /** What the rows' origin says; 0 if not given. */
  readonly partition?: number;
}

/** The rows of one table, as they were when the source was opened. */
export interface StoreSource extends BatchSource {
  /** The type of the rows: the one that was asked for, or the one that the table's columns give. */
  readonly schema: RecordSchema;
}

/**
 * A database that keeps rows by primary key. An address is what stands between the scheme and #TABLE in a URI.
 *
 * Contract of the sink: whatever order rows, batches and writers come in, the table ends up the same: for each
 * primary key the row with the greatest freshness, at equal freshness the row that is greater by its remaining fields
 * in the schema's order (compareValues()), and where these are equal too, by the text of its time. Keys are compared
 * byte for byte. Types without `derived` are kept by key and time where they have both, else each row is added to the
 * others. The sink reads the schema's top-level fields.
 * write() resolves when the rows are durable; each transaction holds whole rows, at most a batch of them. counts()
 * tells, as if rows were written one by one in the order in which they came: applied (new, or greater than what was
 * there), stale (older: not written) and tied (equal freshness and not greater: not written). Rows without a key that
 * were stored before, of a group's partitions, count as tied: see begin(). A sink that has delete()
 * finds rows by key alone, and remembers nothing of what it has deleted.
 */
export interface Store {
  readonly scheme: string;
  /**
   * Opens or makes the table.
   * @throws UsageError where the path or the table can't be used; nothing was written then
   * @throws ServiceError where the database can't be had
   */
  sink(address: string, options: StoreSinkOptions): Promise<Sink>;
  /** @throws UsageError, ServiceError as sink() does */
  source(address: string, options: StoreSourceOptions): Promise<StoreSource>;
  /**
   * Looks whether the database can be used, and changes nothing.
   * @returns what it is, at which version
   * @throws UsageError, ServiceError where it can't
   */
  check?(address: string): Promise<string>;
}
