import { kernel } from '../../kernel/kernel.js';
import { SchemaProgram } from '../../kernel/schema-program.js';
import type { Batch } from '../../records/batch.js';
import { bug } from '../../records/errors.js';
import type { RecordContext, RecordDecoder } from '../codec.js';

const ROWS = 4096;

/** Reads back JSON records that were checked before, all their fields. */
export class NdjsonRecordDecoder implements RecordDecoder {
  readonly #schema: RecordContext['schema'];
  readonly #kernel = kernel();
  readonly #program: SchemaProgram;
  #room = 256 * 1024;
  #buffer: number;
  readonly #starts: number;
  readonly #ends: number;

  constructor({ schema, zone }: RecordContext) {
    this.#schema = schema;
    const paths = schema.fields.map(({ name }) => name);
    this.#program = new SchemaProgram(this.#kernel, { schema, paths, zone, rows: ROWS });
    this.#buffer = this.#kernel.allocate(this.#room);
    this.#starts = this.#kernel.allocate(ROWS * 4);
    this.#ends = this.#kernel.allocate(ROWS * 4);
  }

  decode(buffer: Uint8Array, starts: Int32Array, ends: Int32Array, count: number): Batch {
    if (count > ROWS) bug(`${count} records are more than the ${ROWS} that are decoded at a time`);
    this.#copy(buffer);
    const { i32 } = this.#kernel.views;
    i32.set(starts.subarray(0, count), this.#starts >> 2);
    i32.set(ends.subarray(0, count), this.#ends >> 2);
    this.#program.clearDictionaries();
    this.#program.begin();
    for (let row = 0; row < count; ) {
      row = this.#kernel.exports.scanRecords(this.#program.root, this.#buffer, this.#starts, this.#ends, row, count);
      if (row < 0) bug(`record ${-1 - row} was read before and can't be read again`);
      if (row < count) this.#program.makeRoom();
    }
    return { schema: this.#schema, length: count, columns: this.#program.columns(count) };
  }

  #copy(buffer: Uint8Array): void {
    if (buffer.length > this.#room) {
      this.#kernel.release(this.#buffer, this.#room);
      while (this.#room < buffer.length) this.#room *= 2;
      this.#buffer = this.#kernel.allocate(this.#room);
    }
    this.#kernel.needScratch(this.#room);
    this.#kernel.put(buffer, this.#buffer);
  }
}
