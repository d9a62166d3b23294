import type { RecordBytes } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import type { FieldType, RecordSchema } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import { ByteWriter } from '../byte-writer.js';
import { ColumnReader } from './column-reader.js';
import { Cursor, Malformed } from './cursor.js';
import { type ValueReader, valueReader } from './read-value.js';
import { resolveRecord } from './resolve.js';
import { sameLayout } from './same-layout.js';
import type { WireType } from './wire-type.js';
import { writeValue } from './write-value.js';

export interface BlockReaderOptions {
  readonly schema: RecordSchema;
  readonly paths: readonly string[];
  readonly zone: Zone;
  /** How many rows a batch has at most. */
  readonly rows: number;
  /** Whether to carry the rows' records. */
  readonly records: boolean;
  /** What to call the data in errors. */
  readonly source: string;
}

/** How far read() came. */
export interface Progress {
  /** How many records became rows. */
  readonly rows: number;
  /** The record behind them does not fit; the reader has moved past it. */
  readonly refused?: { readonly reason: string; readonly raw: Uint8Array };
  /** The record behind them, and so the rest of the block, can't be followed. */
  readonly malformed?: string;
  /** The batch must end here. */
  readonly full?: boolean;
}

/** Small blocks are taken together into one batch up to this many bytes. */
export const AREA_BYTES: number = 256 * 1024;

/** Reads the records of decompressed blocks into the columns of a batch. */
export interface BlockReader {
  /** To be called before the first record of a batch. */
  begin(): void;
  /** How many more bytes this batch takes. */
  readonly room: number;
  /** Takes the bytes of a block, once all of the last was read; false where they have to wait for the next batch. */
  load(block: Uint8Array): boolean;
  /** Reads up to `count` records of the block into rows from `row` on. */
  read(count: number, row: number): Progress;
  /** What is left of the block, and how many bytes of it were read; it counts as read after that. */
  takeRest(): { readonly bytes: Uint8Array; readonly offset: number };
  columns(length: number): Map<string, Column>;
  /** The rows' records, in the layout of the reader's schema. */
  records(): RecordBytes;
  /** Gives back what it holds. */
  close(): void;
}

/** The general path: any schema, record by record. */
export class GeneralBlockReader implements BlockReader {
  readonly #options: BlockReaderOptions;
  readonly #columns: ColumnReader;
  /** The bytes of the batch's blocks, one behind the other. */
  #area = new Uint8Array(AREA_BYTES);
  #areaEnd = 0;
  #blockStart = 0;
  readonly #cursor = new Cursor();
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #type: FieldType;
  /** Where the writer's layout is not the reader's: how its records are read to be written anew. */
  readonly #value: ValueReader | undefined;
  readonly #kept = new ByteWriter(1024);

  constructor(writer: WireType, options: BlockReaderOptions) {
    const { schema, paths, zone, rows, records, source } = options;
    const plan = resolveRecord(writer, schema, source);
    this.#options = options;
    this.#columns = new ColumnReader(plan, { schema, paths, zone, rows, keepsDictionaries: true });
    this.#starts = new Int32Array(records ? rows : 0);
    this.#ends = new Int32Array(records ? rows : 0);
    this.#type = { kind: 'record', name: schema.name, fields: schema.fields };
    this.#value = records && !sameLayout(writer, this.#type) ? valueReader(plan) : undefined;
  }

  begin(): void {
    this.#columns.begin();
    this.#kept.at = 0;
    if (this.#cursor.at === this.#cursor.end) this.#areaEnd = 0;
  }

  get room(): number {
    return this.#area.length - this.#areaEnd;
  }

  load(block: Uint8Array): boolean {
    const start = this.#areaEnd;
    const end = start + block.length;
    if (end > this.#area.length) {
      if (start > 0) return false;
      this.#area = new Uint8Array(end);
    }
    this.#area.set(block, start);
    this.#areaEnd = end;
    this.#blockStart = start;
    this.#cursor.set(this.#area, start, end);
    return true;
  }

  read(count: number, row: number): Progress {
    const cursor = this.#cursor;
    for (let rows = 0; rows < count; rows++) {
      const start = cursor.at;
      try {
        this.#columns.read(cursor, row + rows);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        cursor.at = start;
        return { rows, malformed: error.message };
      }
      if (cursor.problem !== undefined) {
        return { rows, refused: { reason: cursor.problem, raw: this.#area.slice(start, cursor.at) } };
      }
      if (this.#options.records) this.#keep(row + rows, start);
    }
    return { rows: count };
  }

  takeRest(): { bytes: Uint8Array; offset: number } {
    const { at, end } = this.#cursor;
    this.#cursor.at = end;
    return { bytes: this.#area.slice(at, end), offset: at - this.#blockStart };
  }

  columns(length: number): Map<string, Column> {
    return this.#columns.columns(length, this.#area);
  }

  records(): RecordBytes {
    const buffer = this.#value === undefined ? this.#area : this.#kept.bytes;
    return { encoding: 'avro', buffer, starts: this.#starts, ends: this.#ends };
  }

  close(): void {}

  #keep(row: number, start: number): void {
    const cursor = this.#cursor;
    const end = cursor.at;
    this.#starts[row] = start;
    this.#ends[row] = end;
    if (this.#value === undefined) return;
    this.#starts[row] = this.#kept.at;
    cursor.at = start;
    writeValue(this.#kept, this.#type, this.#value(cursor));
    cursor.at = end;
    this.#ends[row] = this.#kept.at;
  }
}
