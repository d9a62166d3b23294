import type { Batch } from '../../records/batch.js';
import { bug } from '../../records/errors.js';
import type { DecodeContext, RecordDecoder } from '../codec.js';
import { MsgpackColumnReader } from './column-reader.js';
import { MsgpackCursor } from './cursor.js';

/** Reads back records that a batch of MsgpackDecoder carried, all their fields: they were checked when they were read. */
export class MsgpackRecordDecoder implements RecordDecoder {
  readonly #context: Pick<DecodeContext, 'schema' | 'zone'>;
  #rows = 1024;
  #columns: MsgpackColumnReader;
  readonly #cursor = new MsgpackCursor();

  constructor(context: Pick<DecodeContext, 'schema' | 'zone'>) {
    this.#context = context;
    this.#columns = this.#columnReader();
  }

  decode(buffer: Uint8Array, starts: Int32Array, _ends: Int32Array, count: number): Batch {
    if (count > this.#rows) {
      this.#rows = Math.max(count, this.#rows * 2);
      this.#columns = this.#columnReader();
    }
    const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    this.#columns.begin();
    for (let row = 0; row < count; row++) {
      const cursor = this.#cursor.set(buffer, view, starts[row]);
      this.#columns.read(cursor, row);
      if (cursor.problem !== undefined) bug(`a record was read before: ${cursor.problem}`);
    }
    return { schema: this.#context.schema, length: count, columns: this.#columns.columns(count) };
  }

  #columnReader(): MsgpackColumnReader {
    const { schema, zone } = this.#context;
    const paths = schema.fields.map(({ name }) => name);
    return new MsgpackColumnReader({ schema, paths, zone, rows: this.#rows, keepsDictionaries: false });
  }
}
