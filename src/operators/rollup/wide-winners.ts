import type { RecordDecoder } from '../../codecs/codec.js';
import type { Batch, RecordBytes } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import { compareValues } from '../../records/compare.js';
import { bug } from '../../records/errors.js';
import { valueAt } from '../../records/rows.js';
import type { Field } from '../../records/schema.js';
import type { Value } from '../../records/value.js';
import { ByteArena } from './byte-arena.js';
import { GrowableColumn } from './growable-column.js';
import type { Winners } from './winners.js';

type Encoding = RecordBytes['encoding'];

/** How records' bytes are read back, and made for sources that have none. */
export interface RecordAccess {
  /** Whether records of an encoding can be read back; others are kept as JSON. */
  reads(encoding: Encoding): boolean;
  decoder(encoding: Encoding): RecordDecoder;
  /** One row as a JSON record. */
  encode(batch: Batch, row: number): Uint8Array;
}

const ENCODINGS: readonly Encoding[] = ['json', 'avro', 'msgpack', 'csv'];
/** Wide loads read past the end of what they look at. */
const PADDING = 64;

/** Keeps the bytes of records and decodes them when rows are asked for. */
export class WideWinners implements Winners {
  readonly #fields: readonly Field[];
  readonly #access: RecordAccess;
  readonly #arena = new ByteArena();
  readonly #encodings = new GrowableColumn(Uint8Array);
  #batch: Batch | undefined;
  #records: RecordBytes | undefined;
  #encoding = 0;

  constructor(fields: readonly Field[], access: RecordAccess) {
    this.#fields = fields;
    this.#access = access;
  }

  begin(batch: Batch, top: number): void {
    this.#batch = batch;
    const records = batch.origin?.records;
    this.#records = records !== undefined && this.#access.reads(records.encoding) ? records : undefined;
    this.#encoding = ENCODINGS.indexOf(this.#records?.encoding ?? 'json');
    this.#encodings.need(top);
    this.#arena.need(top);
  }

  keep(states: Int32Array, rows: Int32Array, count: number): void {
    const records = this.#records;
    const encodings = this.#encodings.values;
    for (let at = 0; at < count; at++) {
      const state = states[at];
      encodings[state] = this.#encoding;
      if (records !== undefined) {
        const row = rows[at];
        this.#arena.put(state, records.buffer, records.starts[row], records.ends[row]);
      } else {
        const bytes = this.#encode(rows[at]);
        this.#arena.put(state, bytes, 0, bytes.length);
      }
    }
  }

  compare(state: number, row: number): number {
    const records = this.#records;
    const given = records?.buffer.subarray(records.starts[row], records.ends[row]) ?? this.#encode(row);
    const kept = this.#arena.bytes(state);
    const encoding = this.#encodings.values[state];
    if (encoding === this.#encoding && Buffer.compare(given, kept) === 0) return 0;
    const a = this.#decode(this.#encoding, given);
    const b = this.#decode(encoding, kept);
    for (const [at, { type, nullable, nullBranch }] of this.#fields.entries()) {
      const order = compareValues(type, nullable, a[at] ?? null, b[at] ?? null, nullBranch);
      if (order !== 0) return order;
    }
    return 0;
  }

  forget(state: number): void {
    this.#arena.forget(state);
  }

  /** The states must be one run: of one encoding. */
  columns(states: Int32Array): Map<string, Column> {
    const encoding = ENCODINGS[this.#encodings.values[states[0]]];
    let total = 0;
    for (const state of states) total += this.#arena.length(state);
    const buffer = new Uint8Array(total + PADDING);
    const starts = new Int32Array(states.length);
    const ends = new Int32Array(states.length);
    let to = 0;
    for (let row = 0; row < states.length; row++) {
      const bytes = this.#arena.bytes(states[row]);
      buffer.set(bytes, to);
      starts[row] = to;
      to += bytes.length;
      ends[row] = to;
    }
    const decoded = this.#access.decoder(encoding).decode(buffer, starts, ends, states.length);
    return new Map(decoded.columns);
  }

  *runs(states: Int32Array): Iterable<Int32Array> {
    const encodings = this.#encodings.values;
    let start = 0;
    for (let at = 1; at <= states.length; at++) {
      if (at < states.length && encodings[states[at]] === encodings[states[start]]) continue;
      yield states.subarray(start, at);
      start = at;
    }
  }

  #encode(row: number): Uint8Array {
    return this.#access.encode(this.#batch ?? bug('a row was kept before its batch was begun'), row);
  }

  #decode(encoding: number, bytes: Uint8Array): Value[] {
    const padded = new Uint8Array(bytes.length + PADDING);
    padded.set(bytes);
    const decoder = this.#access.decoder(ENCODINGS[encoding]);
    const { columns } = decoder.decode(padded, Int32Array.of(0), Int32Array.of(bytes.length), 1);
    return this.#fields.map(({ name }) => valueAt(columns.get(name) ?? bug(`column ${name} was not decoded`), 0));
  }
}
