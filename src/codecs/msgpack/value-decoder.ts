import type { Batch, Origin, Reject } from '../../records/batch.js';
import { ByteWriter } from '../byte-writer.js';
import type { FramedRecords, ValueContext, ValueDecoder } from '../codec.js';
import { MsgpackColumnReader } from './column-reader.js';
import { MsgpackCursor } from './cursor.js';
import { RecordFramer } from './record-framer.js';

/** Rows of a batch, at most. */
const ROWS = 8192;

/** MessagePack that comes framed: each value is one map, and nothing behind it. */
export class MsgpackValueDecoder implements ValueDecoder {
  readonly #context: ValueContext;
  readonly #columns: MsgpackColumnReader;
  readonly #cursor = new MsgpackCursor();
  /** Sees whether a value is whole before it is read. */
  #framer = new RecordFramer();
  #added: FramedRecords | undefined;
  #place = 0;
  #source = '';
  #partition = 0;
  #rows = 0;
  /** The offset of the batch's first record. */
  #first = 0;
  #rejects: Reject[] = [];
  /** Whether the batch was given: the next row begins another. */
  #given = true;
  readonly #offsets = new Float64Array(ROWS);
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #kept = new ByteWriter(1024);

  constructor(context: ValueContext) {
    const { schema, zone, projection } = context;
    this.#context = context;
    this.#columns = new MsgpackColumnReader({
      schema,
      paths: projection.paths,
      zone,
      rows: ROWS,
      keepsDictionaries: true,
    });
    this.#starts = new Int32Array(projection.records ? ROWS : 0);
    this.#ends = new Int32Array(projection.records ? ROWS : 0);
  }

  add(records: FramedRecords): number {
    this.#added = records;
    this.#place = 0;
    this.#source = records.source;
    this.#partition = records.partition;
    return records.starts.reduce((nulls, start) => nulls + (start < 0 ? 1 : 0), 0);
  }

  next(least = 1): Batch | undefined {
    if (this.#given) this.#begin();
    if (this.#added !== undefined) this.#takeSome(this.#added);
    const held = this.#rows + this.#rejects.length;
    if (held === 0 || (held < least && this.#rows < ROWS)) return undefined;
    this.#given = true;
    return this.#batch();
  }

  get pending(): number | undefined {
    if (!this.#given && this.#rows + this.#rejects.length > 0) return this.#first;
    const added = this.#added;
    return added !== undefined && this.#place < added.count ? added.offset(this.#place) : undefined;
  }

  close(): void {
    this.#added = undefined;
  }

  #begin(): void {
    this.#given = false;
    this.#rows = 0;
    this.#rejects = [];
    this.#kept.at = 0;
    this.#columns.begin();
  }

  #takeSome({ buffer, starts, ends, count, offset }: FramedRecords): void {
    for (; this.#place < count && this.#rows < ROWS; this.#place++) {
      const index = this.#place;
      if (this.#rows + this.#rejects.length === 0) this.#first = offset(index);
      if (starts[index] >= 0) this.#take(buffer.subarray(starts[index], ends[index]), offset(index));
    }
  }

  #take(value: Uint8Array, offset: number): void {
    const problem = this.#frame(value) ?? this.#read();
    if (problem !== undefined) {
      const raw = value.slice();
      this.#rejects.push({ reason: problem, source: this.#source, unit: 'offset', ordinal: offset, raw });
      return;
    }
    if (this.#context.projection.records) {
      this.#starts[this.#rows] = this.#kept.at;
      this.#kept.copy(value, 0, value.length);
      this.#ends[this.#rows] = this.#kept.at;
    }
    this.#offsets[this.#rows++] = offset;
  }

  /** What is wrong with a value's frame; undefined where it is one item, which #read() may then read. */
  #frame(value: Uint8Array): string | undefined {
    if (value.length === 0) return 'the value is empty';
    this.#framer.space(value.length).set(value);
    this.#framer.filled(value.length);
    const frame = this.#framer.next();
    const whole = frame?.kind === 'record' && frame.end - frame.start === value.length;
    if (whole) {
      this.#cursor.set(this.#framer.bytes, this.#framer.view, frame.start);
      return undefined;
    }
    this.#framer = new RecordFramer();
    if (frame === undefined) return 'the value is cut';
    return frame.kind === 'lost' ? frame.reason : 'bytes follow the record';
  }

  #read(): string | undefined {
    this.#columns.read(this.#cursor, this.#rows);
    return this.#cursor.problem;
  }

  #batch(): Batch {
    const { schema, projection } = this.#context;
    const offsets = this.#offsets;
    const records = { encoding: 'msgpack' as const, buffer: this.#kept.bytes, starts: this.#starts, ends: this.#ends };
    const origin: Origin = {
      source: this.#source,
      partition: this.#partition,
      unit: 'offset',
      ordinal: (row) => offsets[row],
      ...(projection.records ? { records } : {}),
    };
    return {
      schema,
      length: this.#rows,
      columns: this.#columns.columns(this.#rows),
      origin,
      ...(this.#rejects.length === 0 ? {} : { rejects: this.#rejects }),
    };
  }
}
