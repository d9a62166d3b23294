import { type KeyField, readRecordKey } from '../codecs/ndjson/read-record-key.js';
import { RecordKeys } from '../codecs/ndjson/record-keys.js';
import type { Sink } from '../endpoints/endpoint.js';
import type { Batch, Tombstone } from '../records/batch.js';
import { bug, UsageError } from '../records/errors.js';
import { isRow } from '../records/fit-value.js';
import { batchFromRows } from '../records/row-batch.js';
import { fieldAt, type RecordSchema } from '../records/schema.js';
import type { Zone } from '../records/time/zone.js';
import { writtenTime, writtenTimeProblem } from '../records/time-column.js';
import type { Row } from '../records/value.js';
import { nestedColumn } from '../stores/nested-column.js';
import type { DeadLetters } from './dead-letters.js';
import { parseUri } from './uri.js';

const NOTHING = new Uint8Array(0);

/**
 * Deletes the rows of keys that a topic says are gone, by records without a value. A delete takes a row whatever its
 * time, and leaves nothing behind: the order of offsets decides within a partition, which all records of a key lie in.
 */
export class Deletes {
  readonly #schema: RecordSchema;
  readonly #zone: Zone;
  readonly #fields: readonly KeyField[];
  readonly #keys = new RecordKeys();
  #deleted = 0;

  /**
   * @param schema the type of the rows, which a topic keys by its primary key
   * @throws UsageError where rows have no key
   */
  constructor(schema: RecordSchema, zone: Zone) {
    const { derived, key, time, name } = schema;
    if (derived === undefined && (key.length === 0 || time === undefined)) {
      throw new UsageError(
        `--deletes: a table finds no rows of ${name} by their key`,
        'Give a schema that names a key and a time, or --key and --time.',
      );
    }
    this.#schema = schema;
    this.#zone = zone;
    this.#fields = (derived?.primaryKey ?? key).map((path) => ({
      path,
      field: fieldAt(schema, path) ?? bug(`schema ${name} has no field ${path}`),
    }));
  }

  /** How many rows so far, of all sinks together. */
  get deleted(): number {
    return this.#deleted;
  }

  /** @throws UsageError where rows of a sink can't be deleted */
  check(sinks: readonly Sink[]): void {
    const unable = sinks.find((sink) => sink.delete === undefined);
    if (unable !== undefined) throw notFrom(unable.name);
  }

  /**
   * Deletes what a batch says is gone from the sinks.
   * @returns the rows that came behind, or of which nothing says that they are gone
   */
  async apply(batch: Batch, sinks: readonly Sink[], deadLetters: DeadLetters): Promise<Batch> {
    const { tombstones = [] } = batch;
    const rows: Row[] = [];
    const offsets: number[] = [];
    for (const tombstone of tombstones) {
      const row = this.#read(tombstone, deadLetters);
      if (row === undefined) continue;
      rows.push(row);
      offsets.push(tombstone.offset);
    }
    if (rows.length === 0) return batch;
    const keys = batchFromRows(this.#schema, rows, { zone: this.#zone, paths: this.#fields.map(({ path }) => path) });
    const left = this.#left(batch, new Map(this.#texts(keys).map((text, at) => [text, offsets[at]])));
    for (const sink of sinks) this.#deleted += (await sink.delete?.(keys)) ?? 0;
    return left;
  }

  /** The key's fields; a dead letter where the key has none. */
  #read({ source, offset, key }: Tombstone, deadLetters: DeadLetters): Row | undefined {
    const fit =
      key === undefined ? { problem: 'there is neither a key nor a value' } : readRecordKey(key, this.#fields);
    if (fit.problem === undefined && isRow(fit.value)) {
      const { time } = this.#schema;
      const written = time === undefined ? undefined : fit.value[time.path];
      if (time === undefined || written === undefined || writtenTime(written, time.unit) !== undefined)
        return fit.value;
      return this.#refuse(writtenTimeProblem(time.path, written, time.unit), { source, offset, key }, deadLetters);
    }
    return this.#refuse(fit.problem ?? 'the key is none', { source, offset, key }, deadLetters);
  }

  #refuse(reason: string, { source, offset, key }: Tombstone, deadLetters: DeadLetters): undefined {
    const letter = { reason: `nothing can be deleted: ${reason}`, source, raw: NOTHING };
    deadLetters.add({ ...letter, unit: 'offset', ordinal: offset, envelope: { key, headers: [] } });
  }

  #left(batch: Batch, gone: ReadonlyMap<string | undefined, number>): Batch {
    const { length, origin } = batch;
    if (length === 0 || origin === undefined) return batch;
    const rows = batch.selection ?? Int32Array.from({ length }, (_, row) => row);
    const texts = this.#texts(batch);
    const selection = rows.filter((row, at) => origin.ordinal(row) > (gone.get(texts[at]) ?? -1));
    return { ...batch, selection };
  }

  /** The keys of the selected rows, one text for each key; of a row whose key is null undefined. */
  #texts(batch: Batch): (string | undefined)[] {
    const columns = this.#fields.map(({ path, field: { type } }) => ({
      type,
      column: batch.columns.get(path) ?? nestedColumn(batch, path, this.#zone),
    }));
    const { bytes, starts, ends } = this.#keys.encode(columns, batch.length, batch.selection);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from(starts, (start, at) => (start < 0 ? undefined : text.toString('latin1', start, ends[at])));
  }
}

/**
 * Plans what `--deletes` asks for.
 * @throws UsageError where nothing says that keys are gone, or nothing can be deleted
 */
export function planDeletes(
  { to, zone }: { readonly to: readonly string[]; readonly zone: Zone },
  { schema, messages = false }: { readonly schema: RecordSchema; readonly messages?: boolean },
  inputs: readonly { readonly partitions?: number }[],
): Deletes {
  if (inputs.every(({ partitions }) => partitions === undefined)) {
    throw new UsageError('--deletes: only records of topics say that a key is gone', 'Leave --deletes away.');
  }
  if (messages) {
    throw new UsageError(
      '--deletes: records that are kept as they are say nothing of each other',
      'Name the type of their values with --schema, or leave --deletes away.',
    );
  }
  const other = to.find((word) => parseUri(word).kind !== 'store');
  if (other !== undefined) throw notFrom(other);
  return new Deletes(schema, zone);
}

function notFrom(sink: string): UsageError {
  return new UsageError(
    `--deletes: nothing can be deleted from ${sink}`,
    'Name a store that rows can be deleted from, such as --to sqlite:freshet.db.',
  );
}
