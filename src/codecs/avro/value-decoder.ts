import type { Batch, Origin, Reject } from '../../records/batch.js';
import { bug, FreshetError } from '../../records/errors.js';
import type { FramedRecords, ValueContext, ValueDecoder, WriterSchema } from '../codec.js';
import { valueReaderOf } from './flat-value-reader.js';
import { readValueHeader, schemaName, type ValueHeader } from './value-header.js';
import type { ValueReader } from './value-reader.js';
import { parseWireType } from './wire-type.js';

/** Rows of a batch, at most. */
const ROWS = 8192;
const MAX_REJECTS = 1024;
/** How many writers are remembered: topics have a few. */
const MAX_WRITERS = 100;
/** A schema that could not be had is asked for again after this long. */
const ASK_AGAIN_MS = 10_000;

/** What is known of a schema that values name. */
type Writer =
  | { readonly reader: ValueReader }
  /** Why its values can't be read. */
  | { readonly problem: string; readonly until: number };

/**
 * Avro records that come framed, each behind a header that names the schema it was written with: runs of values of one
 * schema are read together. A schema that is not known yet is waited for.
 */
export class AvroValueDecoder implements ValueDecoder {
  readonly #context: ValueContext;
  readonly #writers = new Map<ValueHeader['schema'], Writer>();
  #waiting: Promise<void> | undefined;
  #added: FramedRecords | undefined;
  #place = 0;
  #source = '';
  #partition = 0;
  /** Who reads the batch's rows. */
  #reader: ValueReader | undefined;
  #rows = 0;
  /** The offset of the batch's first record. */
  #first = 0;
  #rejects: Reject[] = [];
  /** Whether the batch was given: the next row begins another. */
  #given = true;
  readonly #offsets = new Float64Array(ROWS);

  constructor(context: ValueContext) {
    this.#context = context;
  }

  add(records: FramedRecords): number {
    this.#added = records;
    this.#place = 0;
    this.#source = records.source;
    this.#partition = records.partition;
    let nulls = 0;
    for (const start of records.starts) if (start < 0) nulls++;
    return nulls;
  }

  next(least = 1): Batch | undefined {
    if (this.#given) this.#begin();
    const mayGrow = this.#added === undefined || this.#takeSome(this.#added);
    const held = this.#rows + this.#rejects.length;
    if (held === 0 || (mayGrow && held < least)) return undefined;
    this.#given = true;
    return this.#batch();
  }

  get waiting(): Promise<void> | undefined {
    return this.#waiting;
  }

  get pending(): number | undefined {
    if (!this.#given && this.#rows + this.#rejects.length > 0) return this.#first;
    const added = this.#added;
    return added !== undefined && this.#place < added.count ? added.offset(this.#place) : undefined;
  }

  forget(): void {
    this.#added = undefined;
    this.#waiting = undefined;
  }

  close(): void {
    this.forget();
    this.#forgetWriters();
  }

  #begin(): void {
    this.#given = false;
    this.#rows = 0;
    this.#rejects = [];
    this.#reader?.begin();
  }

  /** Reads what was added; false where the batch must end before all of it was read. */
  #takeSome(values: FramedRecords): boolean {
    while (this.#place < values.count) {
      if (this.#rows === ROWS || this.#rejects.length >= MAX_REJECTS) return false;
      const start = values.starts[this.#place];
      if (start < 0) {
        this.#place++;
        continue;
      }
      const header = readValueHeader(values.buffer, start, values.ends[this.#place]);
      const writer = typeof header === 'string' ? header : this.#writerOf(header);
      if (writer === undefined) return false;
      if (typeof writer === 'string') this.#refuse(values, writer);
      else if (!this.#readRun(values, writer)) return false;
    }
    return true;
  }

  /** Reads the values that one writer wrote; false where the batch must end first. */
  #readRun(values: FramedRecords, reader: ValueReader): boolean {
    if (this.#reader !== reader) {
      if (this.#rows > 0) return false;
      this.#reader = reader;
      reader.begin();
    }
    const { rows, refused, full = false } = reader.read(values, this.#place, ROWS - this.#rows, this.#rows);
    if (rows > 0) this.#noteRows(values, rows);
    this.#rows += rows;
    this.#place += rows;
    if (refused !== undefined) this.#refuse(values, refused);
    return !full;
  }

  /** What reads the values behind a header, or why they can't be read; undefined where that is not known yet. */
  #writerOf(header: ValueHeader): ValueReader | string | undefined {
    const known = this.#writers.get(header.schema);
    if (known !== undefined && 'reader' in known) return known.reader;
    if (known !== undefined && performance.now() < known.until) return known.problem;
    if (this.#rows === 0) this.#ask(header);
    return undefined;
  }

  #ask(header: ValueHeader): void {
    if (this.#waiting !== undefined) return;
    if (this.#writers.size >= MAX_WRITERS) this.#forgetWriters();
    const { schema } = header;
    const { writers = bug('values of Avro need someone who finds their schemas') } = this.#context;
    const found = typeof schema === 'number' ? writers.byId(schema) : writers.byFingerprint(schema);
    const waiting = found.then((writer) => {
      this.#writers.set(schema, this.#made(header, writer));
      if (this.#waiting === waiting) this.#waiting = undefined;
    });
    // Who waits is told; nobody may.
    waiting.catch(() => {});
    this.#waiting = waiting;
  }

  #made(header: ValueHeader, found: WriterSchema): Writer {
    const until = performance.now() + ASK_AGAIN_MS;
    if ('problem' in found) return { problem: found.problem, until };
    const { schema, zone, projection } = this.#context;
    const source = schemaName(header.schema);
    try {
      const type = parseWireType(found.json, source, found.others);
      const options = { schema, ...projection, zone, rows: ROWS, source, header: header.bytes };
      return { reader: valueReaderOf(type, options) };
    } catch (error) {
      if (error instanceof FreshetError) return { problem: error.message, until };
      throw error;
    }
  }

  #forgetWriters(): void {
    for (const writer of this.#writers.values()) if ('reader' in writer) writer.reader.close();
    this.#writers.clear();
    this.#reader = undefined;
  }

  #noteRows({ offset }: FramedRecords, rows: number): void {
    const first = offset(this.#place);
    if (this.#rows + this.#rejects.length === 0) this.#first = first;
    const offsets = this.#offsets.subarray(this.#rows, this.#rows + rows);
    // Only a compacted topic has gaps.
    const isDense = offset(this.#place + rows - 1) - first === rows - 1;
    for (let at = 0; at < rows; at++) offsets[at] = isDense ? first + at : offset(this.#place + at);
  }

  /** Makes a reject of the value at its place. */
  #refuse(values: FramedRecords, reason: string): void {
    const { buffer, starts, ends, offset } = values;
    const at = this.#place++;
    if (this.#rows + this.#rejects.length === 0) this.#first = offset(at);
    const raw = buffer.slice(starts[at], ends[at]);
    this.#rejects.push({ reason, source: this.#source, unit: 'offset', ordinal: offset(at), raw });
  }

  #batch(): Batch {
    const { schema, projection } = this.#context;
    const rejects = this.#rejects.length === 0 ? {} : { rejects: this.#rejects };
    const reader = this.#reader;
    if (reader === undefined || this.#rows === 0) return { schema, length: 0, columns: new Map(), ...rejects };
    const offsets = this.#offsets;
    const origin: Origin = {
      source: this.#source,
      partition: this.#partition,
      unit: 'offset',
      ordinal: (row) => offsets[row],
      ...(projection.records ? { records: reader.records() } : {}),
    };
    return { schema, length: this.#rows, columns: reader.columns(this.#rows), origin, ...rejects };
  }
}
