import type { RecordBytes } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import { ByteWriter } from '../byte-writer.js';
import type { FramedRecords } from '../codec.js';
import { type BlockReaderOptions, GeneralBlockReader } from './block-reader.js';
import { hasHeader } from './value-header.js';
import type { WireType } from './wire-type.js';

/** How far read() came. */
export interface ValueProgress {
  /** How many values became rows. */
  readonly rows: number;
  /** Why the value behind them is no record that fits: a sentence. */
  readonly refused?: string;
  /** The batch must end here. */
  readonly full?: boolean;
}

/** Reads values that were written with one schema into the columns of a batch. */
export interface ValueReader {
  /** To be called before the first value of a batch. */
  begin(): void;
  /** Reads up to `count` values from `place` on into rows from `row` on, as far as they have this reader's header. */
  read(values: FramedRecords, place: number, count: number, row: number): ValueProgress;
  columns(length: number): Map<string, Column>;
  /** The rows' records, in the layout of the reader's schema. */
  records(): RecordBytes;
  /** Gives back what it holds. */
  close(): void;
}

export interface ValueReaderOptions extends BlockReaderOptions {
  /** What the values begin with. */
  readonly header: Uint8Array;
}

/** The general path: any schema, value by value. */
export class GeneralValueReader implements ValueReader {
  readonly #options: ValueReaderOptions;
  readonly #block: GeneralBlockReader;
  readonly #originals = new ByteWriter(1024);
  /** Where each row's value lies in the originals, one word more than there are rows. */
  readonly #starts: Int32Array;

  constructor(writer: WireType, options: ValueReaderOptions) {
    this.#options = options;
    this.#block = new GeneralBlockReader(writer, options);
    this.#starts = new Int32Array(options.records ? options.rows + 1 : 0);
  }

  begin(): void {
    this.#block.begin();
    this.#originals.at = 0;
  }

  read({ buffer, starts, ends, count: all }: FramedRecords, place: number, count: number, row: number): ValueProgress {
    const { header, records } = this.#options;
    const most = Math.min(count, all - place);
    for (let rows = 0; rows < most; rows++) {
      const [start, end] = [starts[place + rows], ends[place + rows]];
      if (start < 0 || !hasHeader(header, buffer, start, end)) return { rows };
      if (!this.#block.load(buffer.subarray(start + header.length, end))) return { rows, full: true };
      const refused = this.#readOne(row + rows);
      if (refused !== undefined) return { rows, refused };
      if (records) this.#keepOriginal(buffer, start, end, row + rows);
    }
    return { rows: most };
  }

  columns(length: number): Map<string, Column> {
    return this.#block.columns(length);
  }

  records(): RecordBytes {
    const [kept, starts] = [this.#originals, this.#starts];
    return { ...this.#block.records(), original: (row) => kept.bytes.slice(starts[row], starts[row + 1]) };
  }

  close(): void {
    this.#block.close();
  }

  #readOne(row: number): string | undefined {
    const { refused, malformed } = this.#block.read(1, row);
    const rest = this.#block.takeRest().bytes.length;
    if (malformed !== undefined) return `the value can't be read: ${malformed}`;
    if (refused !== undefined) return refused.reason;
    return rest > 0 ? 'bytes follow the record' : undefined;
  }

  #keepOriginal(buffer: Uint8Array, start: number, end: number, row: number): void {
    this.#originals.copy(buffer, start, end);
    this.#starts[row + 1] = this.#originals.at;
  }
}
