import type { Batch } from '../../records/batch.js';
import { bug } from '../../records/errors.js';
import type { DecodeContext, RecordDecoder } from '../codec.js';
import { ColumnReader } from './column-reader.js';
import { Cursor } from './cursor.js';
import { resolveRecord } from './resolve.js';
import { wireTypeOf } from './same-layout.js';

/**
 * Reads back records whose bytes a batch of AvroDecoder carried, all their fields: they are in the layout of the
 * reader's schema, and were checked when they were read.
 */
export class AvroRecordDecoder implements RecordDecoder {
  readonly #context: Pick<DecodeContext, 'schema' | 'zone'>;
  #rows = 1024;
  #columns: ColumnReader;
  readonly #cursor = new Cursor();

  constructor(context: Pick<DecodeContext, 'schema' | 'zone'>) {
    this.#context = context;
    this.#columns = this.#columnReader();
  }

  decode(buffer: Uint8Array, starts: Int32Array, ends: Int32Array, count: number): Batch {
    const { schema } = this.#context;
    if (count > this.#rows) {
      this.#rows = Math.max(count, this.#rows * 2);
      this.#columns = this.#columnReader();
    }
    this.#columns.begin();
    for (let row = 0; row < count; row++) {
      this.#columns.read(this.#cursor.set(buffer, starts[row], ends[row]), row);
      if (this.#cursor.problem !== undefined) bug(`a record was read before: ${this.#cursor.problem}`);
    }
    return { schema, length: count, columns: this.#columns.columns(count, buffer) };
  }

  #columnReader(): ColumnReader {
    const { schema, zone } = this.#context;
    const { name, fields } = schema;
    const plan = resolveRecord(wireTypeOf({ kind: 'record', name, fields }), schema, name);
    const paths = fields.map((field) => field.name);
    return new ColumnReader(plan, { schema, paths, zone, rows: this.#rows, keepsDictionaries: false });
  }
}
