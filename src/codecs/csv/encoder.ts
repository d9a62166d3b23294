import type { Batch } from '../../records/batch.js';
import { ByteWriter } from '../byte-writer.js';
import type { EncodeContext, Encoder } from '../codec.js';
import { CellWriters, type WriteCell } from './cell-writers.js';
import { type Dialect, LINE_FEED, QUOTE } from './dialect.js';

/**
 * CSV or TSV: a line with the fields' names, unless it is added to a file that has one, and a line a record. Null is
 * an empty cell, an empty text one in quotes. TSV has no quotes, so that there an empty text of a nullable field
 * reads back as null.
 */
export class CsvEncoder implements Encoder {
  readonly #out = new ByteWriter();
  readonly #dialect: Dialect;
  readonly #writers: CellWriters;
  #header: string | undefined;

  constructor({ schema, append = false }: EncodeContext, dialect: Dialect) {
    this.#dialect = dialect;
    this.#writers = new CellWriters(this.#out, schema.fields, dialect);
    const names = schema.fields.map(({ name }) => name);
    if (!append) this.#header = `${names.join(String.fromCharCode(dialect.separator))}\n`;
  }

  encode(batch: Batch): Uint8Array {
    this.#writeHeader();
    const cells = this.#writers.of(batch);
    const { selection } = batch;
    const count = selection?.length ?? batch.length;
    for (let index = 0; index < count; index++)
      this.#writeRow(cells, selection === undefined ? index : selection[index]);
    return this.#out.take();
  }

  finish(): Uint8Array {
    this.#writeHeader();
    return this.#out.take();
  }

  #writeHeader(): void {
    if (this.#header === undefined) return;
    this.#out.text(this.#header);
    this.#header = undefined;
  }

  #writeRow(cells: readonly WriteCell[], row: number): void {
    const out = this.#out;
    const start = out.at;
    for (let at = 0; at < cells.length; at++) {
      if (at > 0) out.byte(this.#dialect.separator);
      cells[at](row);
    }
    // A line of nothing would be let be.
    if (out.at === start && this.#dialect.mark === QUOTE) out.text('""');
    out.byte(LINE_FEED);
  }
}
