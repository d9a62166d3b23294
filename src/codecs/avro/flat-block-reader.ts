import type { RecordBytes } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import {
  AREA_BYTES,
  type BlockReader,
  type BlockReaderOptions,
  GeneralBlockReader,
  type Progress,
} from './block-reader.js';
import { flatProgram, type Op } from './flat-program.js';
import { KernelScan } from './kernel-scan.js';
import { resolveRecord } from './resolve.js';
import { sameLayout } from './same-layout.js';
import type { WireType } from './wire-type.js';

/** The reader for what a writer wrote: the fast path where the records are flat. */
export function blockReader(writer: WireType, options: BlockReaderOptions): BlockReader {
  const { schema, paths, records, source } = options;
  const ops = flatProgram(resolveRecord(writer, schema, source), schema, paths);
  // Records that have to be laid out anew are read as values anyway.
  const isKept = !records || sameLayout(writer, { kind: 'record', name: schema.name, fields: schema.fields });
  return ops === undefined || !isKept
    ? new GeneralBlockReader(writer, options)
    : new FlatBlockReader(ops, writer, options);
}

/**
 * The fast path. A record that the kernel does not take is read again by the general path: it tells what is wrong, or,
 * should it find nothing wrong, makes a batch of that record alone.
 */
class FlatBlockReader implements BlockReader {
  readonly #scan: KernelScan;
  readonly #general: GeneralBlockReader;
  /** The area's bytes up to `end` are taken; unread are those from `at` on; the last block begins at `start`. */
  #start: number;
  #at: number;
  #end: number;
  /** Whether the batch is the general path's. */
  #isAlone = false;

  constructor(ops: readonly Op[], writer: WireType, options: BlockReaderOptions) {
    this.#scan = new KernelScan(ops, AREA_BYTES, options);
    this.#general = new GeneralBlockReader(writer, { ...options, rows: 1 });
    this.#start = this.#scan.area;
    this.#at = this.#start;
    this.#end = this.#start;
  }

  begin(): void {
    this.#isAlone = false;
    if (this.#at === this.#end) this.#end = this.#scan.area;
    if (this.#end === this.#scan.area) this.#at = this.#end;
    this.#scan.begin();
  }

  get room(): number {
    return this.#scan.areaEnd - this.#end;
  }

  load(block: Uint8Array): boolean {
    if (this.#end + block.length > this.#scan.areaEnd) {
      if (this.#end > this.#scan.area) return false;
      this.#scan.growArea(block.length);
      this.#end = this.#scan.area;
      this.#scan.begin();
    }
    this.#scan.put(block, this.#end);
    this.#start = this.#end;
    this.#at = this.#end;
    this.#end += block.length;
    return true;
  }

  read(count: number, row: number): Progress {
    const got = this.#scan.read(this.#at, this.#end, count, row);
    this.#at = got.at;
    const rows = got.row - row;
    if (!got.refused) return { rows };
    this.#general.begin();
    this.#general.load(this.#scan.bytes.subarray(this.#at, this.#end));
    const again = this.#general.read(1, 0);
    const length = this.#end - this.#at - this.#general.takeRest().bytes.length;
    if (again.malformed !== undefined) return { rows, malformed: again.malformed };
    if (again.refused !== undefined) {
      this.#at += length;
      return { rows, refused: again.refused };
    }
    if (got.row > 0) return { rows, full: true };
    this.#isAlone = true;
    this.#at += length;
    return { rows: 1, full: true };
  }

  takeRest(): { bytes: Uint8Array; offset: number } {
    const [at, end] = [this.#at, this.#end];
    this.#at = end;
    return { bytes: this.#scan.bytes.slice(at, end), offset: at - this.#start };
  }

  columns(length: number): Map<string, Column> {
    return this.#isAlone ? this.#general.columns(length) : this.#scan.columns(length);
  }

  records(): RecordBytes {
    if (this.#isAlone) return this.#general.records();
    return { encoding: 'avro', buffer: this.#scan.bytes, ...this.#scan.slices() };
  }

  close(): void {
    this.#scan.close();
  }
}
