import type { RecordBytes } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import type { FramedRecords } from '../codec.js';
import { AREA_BYTES } from './block-reader.js';
import { flatProgram, type Op } from './flat-program.js';
import { KernelScan } from './kernel-scan.js';
import { resolveRecord } from './resolve.js';
import { sameLayout } from './same-layout.js';
import { GeneralValueReader, type ValueProgress, type ValueReader, type ValueReaderOptions } from './value-reader.js';
import type { WireType } from './wire-type.js';

/**
 * The reader for values of one writer: the fast path where its records are flat.
 * @throws UsageError where they can't be read as the reader's schema
 */
export function valueReaderOf(writer: WireType, options: ValueReaderOptions): ValueReader {
  const { schema, paths, records, source } = options;
  const ops = flatProgram(resolveRecord(writer, schema, source), schema, paths);
  // Records that have to be laid out anew are read as values anyway.
  const isKept = !records || sameLayout(writer, { kind: 'record', name: schema.name, fields: schema.fields });
  return ops === undefined || !isKept
    ? new GeneralValueReader(writer, options)
    : new FlatValueReader(ops, writer, options);
}

/**
 * The fast path, in the kernel, where the values lie already. One that it does not take is read again by the general
 * path: that tells what is wrong, or, should it find nothing wrong, makes a batch of that value alone.
 */
class FlatValueReader implements ValueReader {
  readonly #options: ValueReaderOptions;
  readonly #scan: KernelScan;
  readonly #general: GeneralValueReader;
  /** Where the header lies in the kernel's memory. */
  readonly #header: number;
  /** Where the copies of the rows' records end. */
  #kept: number;
  /** Whether the batch is the general path's. */
  #isAlone = false;

  constructor(ops: readonly Op[], writer: WireType, options: ValueReaderOptions) {
    this.#options = options;
    this.#scan = new KernelScan(ops, options.records ? AREA_BYTES : 0, options);
    this.#general = new GeneralValueReader(writer, { ...options, rows: 1 });
    this.#header = this.#scan.place(options.header);
    this.#kept = this.#scan.area;
  }

  begin(): void {
    this.#isAlone = false;
    this.#kept = this.#scan.area;
    this.#scan.begin();
  }

  read(values: FramedRecords, place: number, count: number, row: number): ValueProgress {
    if (this.#options.records && !this.#hasRoom(values, row)) return { rows: 0, full: true };
    const { length } = this.#options.header;
    const got = this.#scan.readValues(values, place, count, row, { header: this.#header, length, kept: this.#kept });
    this.#kept = got.kept;
    const rows = got.row - row;
    if (!got.refused) return { rows };
    this.#general.begin();
    const { refused } = this.#general.read(values, place + rows, 1, 0);
    if (refused !== undefined) return { rows, refused };
    if (got.row > 0) return { rows, full: true };
    this.#isAlone = true;
    return { rows: 1, full: true };
  }

  columns(length: number): Map<string, Column> {
    return this.#isAlone ? this.#general.columns(length) : this.#scan.columns(length);
  }

  records(): RecordBytes {
    if (this.#isAlone) return this.#general.records();
    const { header } = this.#options;
    const buffer = this.#scan.bytes;
    const { starts, ends } = this.#scan.slices();
    const original = (row: number): Uint8Array => Buffer.concat([header, buffer.subarray(starts[row], ends[row])]);
    return { encoding: 'avro', buffer, starts, ends, original };
  }

  close(): void {
    this.#scan.close();
  }

  /** Whether the records of all values can be copied behind those of the batch. */
  #hasRoom({ bytes }: FramedRecords, row: number): boolean {
    if (this.#kept + bytes <= this.#scan.areaEnd) return true;
    if (row > 0) return false;
    this.#scan.growArea(bytes);
    this.#scan.begin();
    this.#kept = this.#scan.area;
    return true;
  }
}
