import type { Batch, Origin, Reject } from '../../records/batch.js';
import { ByteWriter } from '../byte-writer.js';
import type { DecodeContext, Decoder } from '../codec.js';
import { MsgpackColumnReader } from './column-reader.js';
import { MsgpackCursor } from './cursor.js';
import { type Frame, RecordFramer } from './record-framer.js';

/** Rows of a batch, at most. */
const ROWS = 8192;
const MAX_REJECTS = 1024;

/** MessagePack: maps from field names to values, one behind the other. */
export class MsgpackDecoder implements Decoder {
  readonly #context: DecodeContext;
  #source: string;
  #framer = new RecordFramer();
  readonly #columns: MsgpackColumnReader;
  readonly #cursor = new MsgpackCursor();
  /** Records before the next. */
  #records = 0;
  #rows = 0;
  #rejects: Reject[] = [];
  readonly #ordinals = new Float64Array(ROWS);
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  /** The batch's records, where the plan keeps them. */
  readonly #kept = new ByteWriter(1024);

  constructor(context: DecodeContext) {
    const { schema, zone, projection } = context;
    this.#context = context;
    this.#source = context.source;
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

  space(wanted: number): Uint8Array {
    return this.#framer.space(wanted);
  }

  filled(count: number): void {
    this.#framer.filled(count);
  }

  end(): void {
    this.#framer.end();
  }

  restart(source: string): void {
    this.#source = source;
    this.#framer = new RecordFramer();
    this.#records = 0;
  }

  next(): Batch | undefined {
    this.#rows = 0;
    this.#rejects = [];
    this.#kept.at = 0;
    this.#columns.begin();
    while (this.#rows < ROWS && this.#rejects.length < MAX_REJECTS) {
      const frame = this.#framer.next();
      if (frame === undefined) break;
      this.#take(frame);
    }
    return this.#rows === 0 && this.#rejects.length === 0 ? undefined : this.#batch();
  }

  #take(frame: Frame): void {
    const { projection } = this.#context;
    const source = this.#source;
    const { bytes, view } = this.#framer;
    const { start, end } = frame;
    if (frame.kind === 'lost') {
      const { reason, position } = frame;
      this.#rejects.push({ reason, source, unit: 'position', ordinal: position, raw: bytes.slice(start, end) });
      return;
    }
    this.#records++;
    const cursor = this.#cursor.set(bytes, view, start);
    this.#columns.read(cursor, this.#rows);
    if (cursor.problem !== undefined) {
      const raw = bytes.slice(start, end);
      this.#rejects.push({ reason: cursor.problem, source, unit: 'record', ordinal: this.#records, raw });
      return;
    }
    if (projection.records) {
      this.#starts[this.#rows] = this.#kept.at;
      this.#kept.copy(bytes, start, end);
      this.#ends[this.#rows] = this.#kept.at;
    }
    this.#ordinals[this.#rows++] = this.#records;
  }

  #batch(): Batch {
    const { schema, partition, projection } = this.#context;
    const ordinals = this.#ordinals;
    const records = { encoding: 'msgpack' as const, buffer: this.#kept.bytes, starts: this.#starts, ends: this.#ends };
    const origin: Origin = {
      source: this.#source,
      partition,
      unit: 'record',
      ordinal: (row) => ordinals[row],
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
