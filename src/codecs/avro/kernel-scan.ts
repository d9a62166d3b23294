import { type Kernel, kernel } from '../../kernel/kernel.js';
import type { KernelExports } from '../../kernel/kernel-exports.js';
import { SchemaProgram } from '../../kernel/schema-program.js';
import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import type { Field, RecordSchema } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import type { FramedRecords } from '../codec.js';
import { isFull } from '../dictionary-limit.js';
import type { Op } from './flat-program.js';

/** What kernel/assembly/avro.ts and avro-values.ts export. */
interface AvroExports extends KernelExports {
  scanAvro(scan: number, at: number, end: number, count: number, row: number): number;
  scanAvroValues(scan: number, values: number, place: number, count: number, row: number): number;
  childNode(node: number, index: number): number;
}

// Words of the structs Op, AvroScan and AvroValues, and what AvroScan.refused says.
const OP_WORDS = 4;
const SCAN = { ops: 0, opCount: 1, starts: 2, ends: 3, at: 4, refused: 5 } as const;
const SCAN_BYTES = 24;
const KEPT = 5;
const VALUES_BYTES = 24;
const ANOTHER = 2;

export interface KernelScanOptions {
  readonly schema: RecordSchema;
  readonly paths: readonly string[];
  readonly zone: Zone;
  /** How many rows a batch has at most. */
  readonly rows: number;
  /** Whether to tell where each row's record lies. */
  readonly records: boolean;
}

/** Reads records of a flat program into columns, in WebAssembly: the fast path. */
export class KernelScan {
  readonly #kernel: Kernel;
  readonly #exports: AvroExports;
  readonly #options: KernelScanOptions;
  readonly #program: SchemaProgram;
  readonly #scan: number;
  readonly #values: number;
  readonly #blocks: (readonly [at: number, bytes: number])[] = [];
  #area: number;
  #areaBytes: number;

  constructor(ops: readonly Op[], areaBytes: number, options: KernelScanOptions) {
    this.#kernel = kernel();
    this.#exports = this.#kernel.exports as AvroExports;
    this.#options = options;
    this.#program = new SchemaProgram(this.#kernel, options);
    const at = this.#writeOps(ops);
    const kept = options.records ? options.rows * 4 : 0;
    const [starts, ends] = [0, 0].map(() => (kept === 0 ? 0 : this.#allocate(kept)));
    this.#scan = this.#allocate(SCAN_BYTES);
    this.#values = this.#allocate(VALUES_BYTES);
    this.#kernel.views.u32.set([at, ops.length, starts, ends, 0, 0], this.#scan >> 2);
    this.#areaBytes = areaBytes;
    this.#area = this.#kernel.allocate(areaBytes);
  }

  /** The kernel's memory, in which the area lies: valid until the next call of anything that allocates. */
  get bytes(): Uint8Array {
    return this.#kernel.views.u8;
  }

  /** Where in memory the blocks' bytes are to be put. */
  get area(): number {
    return this.#area;
  }

  get areaEnd(): number {
    return this.#area + this.#areaBytes;
  }

  /** Copies bytes into the area. */
  put(bytes: Uint8Array, at: number): void {
    this.#kernel.put(bytes, at);
  }

  /** Makes the area this large; what was in it is lost. */
  growArea(bytes: number): void {
    this.#kernel.release(this.#area, this.#areaBytes);
    this.#areaBytes = bytes;
    this.#area = this.#kernel.allocate(bytes);
  }

  /** To be called before the first record of a batch. */
  begin(): void {
    const dictionaries = this.#options.paths.map((path) => this.#program.dictionary(path));
    if (dictionaries.some((one) => one !== undefined && isFull(one))) this.#program.clearDictionaries();
    this.#program.begin();
  }

  /**
   * Reads up to `count` records of [at, end) into rows from `row` on.
   * @returns the row behind the last one, where the next record is, and whether that one was refused
   */
  read(at: number, end: number, count: number, row: number): { row: number; at: number; refused: boolean } {
    const word = this.#scan >> 2;
    let next = row;
    let from = at;
    for (;;) {
      next = this.#exports.scanAvro(this.#scan, from, end, row + count - next, next);
      const { u32 } = this.#kernel.views;
      from = u32[word + SCAN.at];
      const refused = u32[word + SCAN.refused] === 1;
      if (refused || next === row + count) return { row: next, at: from, refused };
      this.#program.makeRoom();
    }
  }

  /**
   * Reads up to `count` values from `place` on, as far as they begin with the header, into rows from `row` on.
   * @param header where in memory the header is (see place()), its length, and where records are copied to if they
   *   are kept
   * @returns the row behind the last one, where the copies end, and whether the next value was refused
   */
  readValues(
    { starts, ends, count: all }: FramedRecords,
    place: number,
    count: number,
    row: number,
    { header, length, kept }: { readonly header: number; readonly length: number; readonly kept: number },
  ): { row: number; kept: number; refused: boolean } {
    this.#kernel.views.u32.set([starts.byteOffset, ends.byteOffset, all, header, length, kept], this.#values >> 2);
    let next = row;
    for (;;) {
      const at = place + next - row;
      next = this.#exports.scanAvroValues(this.#scan, this.#values, at, row + count - next, next);
      const { u32: words } = this.#kernel.views;
      const why = words[(this.#scan >> 2) + SCAN.refused];
      const ends = why === ANOTHER || next === row + count || place + next - row === all;
      if (why === 1 || ends) return { row: next, kept: words[(this.#values >> 2) + KEPT], refused: why === 1 };
      this.#program.makeRoom();
    }
  }

  /** Puts bytes in the kernel's memory, until close(). */
  place(bytes: Uint8Array): number {
    const at = this.#allocate(bytes.length);
    this.#kernel.put(bytes, at);
    return at;
  }

  columns(length: number): Map<string, Column> {
    return this.#program.columns(length);
  }

  /** Where the rows' records lie in `bytes`. */
  slices(): { starts: Int32Array; ends: Int32Array } {
    const { i32, u32 } = this.#kernel.views;
    const word = this.#scan >> 2;
    const list = (at: number): Int32Array => i32.subarray(at >> 2, (at >> 2) + this.#options.rows);
    return { starts: list(u32[word + SCAN.starts]), ends: list(u32[word + SCAN.ends]) };
  }

  /** Gives back the memory. */
  close(): void {
    this.#program.close();
    for (const [at, bytes] of this.#blocks) this.#kernel.release(at, bytes);
    this.#kernel.release(this.#area, this.#areaBytes);
  }

  #writeOps(ops: readonly Op[]): number {
    const at = this.#allocate(Math.max(1, ops.length) * OP_WORDS * 4);
    for (const [index, { code, path, a = 0, b = 0, symbols }] of ops.entries()) {
      const node = path === undefined ? 0 : this.#nodeOf(path);
      const table = symbols === undefined ? b : this.#writeSymbols(symbols);
      const count = symbols === undefined ? a : symbols.length;
      this.#kernel.views.u32.set([code, node, count, table], (at >> 2) + index * OP_WORDS);
    }
    return at;
  }

  #writeSymbols(ids: readonly number[]): number {
    const at = this.#allocate(ids.length * 4);
    this.#kernel.views.i32.set(ids, at >> 2);
    return at;
  }

  #nodeOf(path: string): number {
    let node = this.#program.root;
    let fields: readonly Field[] = this.#options.schema.fields;
    for (const name of path.split('.')) {
      const index = fields.findIndex((field) => field.name === name);
      const { type } = fields[index] ?? bug(`no field ${path}`);
      node = this.#exports.childNode(node, index);
      fields = type.kind === 'record' ? type.fields : [];
    }
    return node;
  }

  #allocate(bytes: number): number {
    const at = this.#kernel.allocate(bytes);
    this.#blocks.push([at, bytes]);
    return at;
  }
}
