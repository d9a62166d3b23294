import { type Kernel, kernel } from '../../kernel/kernel.js';
import type { Batch, Reject } from '../../records/batch.js';
import type { DecodeContext, Decoder } from '../codec.js';
import { type ColumnTable, ColumnTables } from './column-table.js';
import { CARRIAGE_RETURN, type Dialect, LINE_FEED, TAB } from './dialect.js';
import { areFields, checkSeparator, type FileColumn, readHeader, schemaColumns } from './header.js';
import { InputBuffer } from './input-buffer.js';
import { type RecordLayout, RecordReject } from './record-reject.js';
import { type Cell, splitRecord, splitSpaced } from './split-record.js';

const ROWS = 8192;
const MAX_REJECTS = 1024;
const REJECT_WORDS = 3;
/** A first record that is longer, for a quote in it that is not closed, is no header. */
const MAX_HEADER = 1024 * 1024;
const MAX_SCAN = 1024 * 1024;

// Words of struct CsvScan (kernel/assembly/csv.ts).
const SCAN = {
  columns: 0,
  columnCount: 1,
  missing: 2,
  missingCount: 3,
  groups: 4,
  groupCount: 5,
  separator: 6,
  mark: 7,
  spaced: 8,
  texts: 9,
  lines: 10,
  maxRows: 11,
  rejects: 12,
  maxRejects: 13,
  last: 14,
  open: 15,
  rows: 16,
  rejectCount: 17,
  lineCount: 18,
} as const;
const SCAN_BYTES = 80;

/**
 * CSV (RFC 4180) and TSV. A quoted cell may hold separators, line breaks and doubled quotes; empty lines are let be;
 * every cell must be UTF-8, with NUL only in quotes or as \0. An empty cell is null where the field may be, else its default, else "" for a
 * string; in quotes it is "" for every string. A quote that is never closed, or goes on for more than 16 MB of lines,
 * or that other text follows, makes a reject of its line alone.
 */
export class CsvDecoder implements Decoder {
  readonly #context: DecodeContext;
  readonly #dialect: Dialect;
  readonly #kernel: Kernel;
  readonly #input: InputBuffer;
  readonly #tables: ColumnTables;
  readonly #scan: number;
  #source: string;
  #textsRoom = 0;
  #table: ColumnTable | undefined;
  #layout: RecordLayout | undefined;
  /** Lines before this scan. */
  #lines = 0;
  /** Whether the last scan stopped at a record with an open quoted cell. */
  #isOpen = false;

  constructor(context: DecodeContext, dialect: Dialect) {
    this.#context = context;
    this.#dialect = dialect;
    this.#source = context.source;
    this.#kernel = kernel();
    this.#input = new InputBuffer(this.#kernel);
    this.#tables = new ColumnTables(this.#kernel, context, ROWS);
    this.#scan = this.#kernel.allocate(SCAN_BYTES);
    this.#kernel.views.u8.fill(0, this.#scan, this.#scan + SCAN_BYTES);
    this.#set(SCAN.separator, dialect.separator);
    this.#set(SCAN.mark, dialect.mark);
    this.#set(SCAN.lines, this.#kernel.allocate(ROWS * 4));
    this.#set(SCAN.maxRows, ROWS);
    this.#set(SCAN.rejects, this.#kernel.allocate(MAX_REJECTS * REJECT_WORDS * 4));
    this.#set(SCAN.maxRejects, MAX_REJECTS);
  }

  space(wanted: number): Uint8Array {
    return this.#input.space(wanted);
  }

  filled(count: number): void {
    this.#input.filled(count);
  }

  end(): void {
    this.#input.end();
  }

  restart(source: string): void {
    this.#source = source;
    this.#input.restart();
    this.#table?.release();
    this.#table = undefined;
    this.#lines = 0;
    this.#isOpen = false;
  }

  /** @throws UsageError where the file has a header that lacks a field */
  next(): Batch | undefined {
    const input = this.#input;
    while (input.from < input.complete) {
      const table = this.#table ?? this.#begin();
      const end = this.#scanEnd();
      if (table === undefined || end <= input.from) return undefined;
      this.#makeRoom(table);
      table.program.begin();
      for (const word of [SCAN.rows, SCAN.rejectCount, SCAN.lineCount]) this.#set(word, 0);
      this.#set(SCAN.last, this.#isOpen ? 1 : 0);
      const lines = this.#lines;
      input.from = this.#kernel.exports.scanCsv(this.#scan, input.from, end);
      this.#lines += this.#get(SCAN.lineCount);
      this.#isOpen = this.#get(SCAN.open) !== 0;
      if (this.#get(SCAN.rows) + this.#get(SCAN.rejectCount) > 0) return this.#batch(table, lines);
    }
    return undefined;
  }

  /**
   * How far to scan: to the end of the record that was open, once it is known, else over some whole lines. (Columns
   * of strings must have room for all that is scanned.)
   */
  #scanEnd(): number {
    const input = this.#input;
    if (!this.#isOpen) return input.lineEndNear(MAX_SCAN);
    return this.#kernel.exports.csvRecordEnd(this.#scan, input.from, input.complete, input.ended ? 1 : 0);
  }

  /** Reads the header, where there is one; undefined while its end has not come. */
  #begin(): ColumnTable | undefined {
    const input = this.#input;
    const { schema } = this.#context;
    this.#skipEmptyLines();
    const bytes = input.lines();
    if (bytes.length === 0) return undefined;
    const split = splitRecord(bytes, this.#dialect);
    let columns: readonly FileColumn[] | undefined;
    if (split.problem === undefined && split.end <= MAX_HEADER) {
      columns = this.#header(split.cells, bytes.subarray(0, split.end));
      if (columns !== undefined) {
        for (let at = bytes.indexOf(LINE_FEED); at >= 0 && at < split.end; at = bytes.indexOf(LINE_FEED, at + 1)) {
          this.#lines++;
        }
        input.from += split.end;
      }
    } else if (split.problem !== undefined && split.isOpen && !input.ended && bytes.length <= MAX_HEADER) {
      return undefined;
    }
    const fileColumns = columns ?? schemaColumns(schema);
    this.#table = this.#tables.of(fileColumns);
    this.#layout = {
      dialect: this.#dialect,
      columns: fileColumns,
      spaced: this.#isSpaced(this.#table),
      source: this.#source,
      schemaName: schema.name,
      ...(columns === undefined ? { firstLine: this.#lines + 1 } : {}),
    };
    this.#setTable(this.#table);
    return this.#table;
  }

  #header(cells: readonly Cell[], line: Buffer): readonly FileColumn[] | undefined {
    const { schema } = this.#context;
    const spaced = this.#dialect.separator === TAB && !line.includes(TAB) ? splitSpaced(line) : [];
    const columns = readHeader(schema, areFields(schema, spaced) ? spaced : cells, this.#source);
    if (columns === undefined && schema.fields.length > 1) checkSeparator(schema, this.#dialect, cells, this.#source);
    return columns;
  }

  #skipEmptyLines(): void {
    const bytes = this.#input.lines();
    let at = 0;
    for (;;) {
      const feed = bytes[at] === CARRIAGE_RETURN ? at + 1 : at;
      if (bytes[feed] !== LINE_FEED) break;
      at = feed + 1;
      this.#lines++;
    }
    this.#input.from += at;
  }

  #isSpaced({ allowsSpaces }: ColumnTable): boolean {
    return this.#dialect.separator === TAB && allowsSpaces;
  }

  #setTable(table: ColumnTable): void {
    const { columns, missing, groups } = table;
    this.#set(SCAN.columns, columns.at);
    this.#set(SCAN.columnCount, columns.count);
    this.#set(SCAN.missing, missing.at);
    this.#set(SCAN.missingCount, missing.count);
    this.#set(SCAN.groups, groups.at);
    this.#set(SCAN.groupCount, groups.count);
    this.#set(SCAN.spaced, this.#isSpaced(table) ? 1 : 0);
  }

  /** Room for cells without their quotes: no more than there is input. */
  #makeRoom({ hasJson }: ColumnTable): void {
    const { capacity } = this.#input;
    if (capacity > this.#textsRoom) {
      if (this.#textsRoom > 0) this.#kernel.release(this.#get(SCAN.texts), this.#textsRoom);
      this.#set(SCAN.texts, this.#kernel.allocate(capacity));
      this.#textsRoom = capacity;
    }
    if (hasJson) this.#kernel.needScratch(capacity);
  }

  #batch(table: ColumnTable, lines: number): Batch {
    const { schema, partition } = this.#context;
    const length = this.#get(SCAN.rows);
    const rejects = this.#rejects(lines);
    const columns = table.read(length);
    const first = this.#get(SCAN.lines) >> 2;
    const lineOf = this.#kernel.views.i32.subarray(first, first + ROWS);
    return {
      schema,
      length,
      columns,
      origin: { source: this.#source, partition, unit: 'line', ordinal: (row) => lines + lineOf[row] + 1 },
      ...(rejects.length === 0 ? {} : { rejects }),
    };
  }

  #rejects(lines: number): Reject[] {
    const { u8, u32 } = this.#kernel.views;
    const layout = this.#layout;
    if (layout === undefined) return [];
    const first = this.#get(SCAN.rejects) >> 2;
    return Array.from({ length: this.#get(SCAN.rejectCount) }, (_, index) => {
      const word = first + index * REJECT_WORDS;
      const raw = u8.slice(u32[word], u32[word + 1]);
      return new RecordReject(layout, lines + u32[word + 2] + 1, raw);
    });
  }

  #get(word: number): number {
    return this.#kernel.views.u32[(this.#scan >> 2) + word] as number;
  }

  #set(word: number, value: number): void {
    this.#kernel.views.u32[(this.#scan >> 2) + word] = value;
  }
}
