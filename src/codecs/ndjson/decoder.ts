import { type Kernel, kernel } from '../../kernel/kernel.js';
import { SchemaProgram } from '../../kernel/schema-program.js';
import type { Batch, Origin, RecordBytes, Reject } from '../../records/batch.js';
import type { DecodeContext, Decoder } from '../codec.js';
import { learnLayout } from './layout.js';
import { LineReject } from './line-reject.js';

const LINE_FEED = 10;
const FIRST_CAPACITY = 512 * 1024;
const ROWS = 8192;
const REJECTS = 1024;
const REJECT_WORDS = 3;
/** Layouts learned before a stream counts as having none. */
const MAX_LAYOUTS = 8;

// Words of struct Scan (kernel/assembly/lines.ts).
const SCAN = {
  root: 0,
  layout: 1,
  slotCount: 2,
  starts: 3,
  ends: 4,
  lines: 5,
  maxRows: 6,
  rejects: 7,
  maxRejects: 8,
  rows: 9,
  rejectCount: 10,
  lineCount: 11,
  misses: 12,
  crowded: 13,
} as const;
const SCAN_BYTES = 64;

/** A batch that is not given yet. */
interface OpenBatch {
  /** Lines before it. */
  readonly lines: number;
  readonly rejects: Reject[];
}

/**
 * Newline-delimited JSON. A line holds a record, or an array of records; an empty line holds none. Values are read by
 * RFC 8259 whether or not the plan reads them; of duplicate names the last counts.
 */
export class NdjsonDecoder implements Decoder {
  readonly #context: DecodeContext;
  #source: string;
  readonly #kernel: Kernel;
  readonly #program: SchemaProgram;
  readonly #scan: number;
  #capacity = FIRST_CAPACITY;
  #buffer: number;
  /** Unread input is [from, to). */
  #from: number;
  #to: number;
  /** Just behind the last line feed, as far as is known. */
  #complete: number;
  #ended = false;
  #started = false;
  /** Lines scanned so far. */
  #lines = 0;
  #layouts = 0;
  /** The batch that rows are scanned into. */
  #open: OpenBatch | undefined;
  /** Whether a batch's columns are valid when the input that they were scanned from is gone. */
  readonly #outlivesInput: boolean;
  #maxRejects = REJECTS;

  /** @param framed lines that were made of framed values: a byte-order mark is no part of them */
  constructor(context: DecodeContext, framed = false) {
    this.#context = context;
    this.#source = context.source;
    this.#started = framed;
    this.#kernel = kernel();
    this.#program = new SchemaProgram(this.#kernel, {
      schema: context.schema,
      paths: context.projection.paths,
      zone: context.zone,
      rows: ROWS,
    });
    this.#outlivesInput = !context.projection.records && !this.#program.hasSlices;
    this.#scan = this.#kernel.allocate(SCAN_BYTES);
    this.#buffer = this.#kernel.allocate(this.#capacity);
    this.#kernel.needScratch(this.#capacity);
    this.#from = this.#buffer;
    this.#to = this.#buffer;
    this.#complete = this.#buffer;
    const { u8 } = this.#kernel.views;
    u8.fill(0, this.#scan, this.#scan + SCAN_BYTES);
    this.#set(SCAN.root, this.#program.root);
    this.#allocateRows();
  }

  space(wanted: number): Uint8Array {
    if (this.#from > this.#buffer) this.#moveToFront();
    // One byte more: the line feed that a last line may lack.
    const needed = this.#to - this.#from + wanted + 1;
    if (needed > this.#capacity) this.#grow(needed);
    return this.#kernel.views.u8.subarray(this.#to, this.#buffer + this.#capacity - 1);
  }

  filled(count: number): void {
    const { u8 } = this.#kernel.views;
    const before = this.#to;
    this.#to += count;
    const last = u8.subarray(before, this.#to).lastIndexOf(LINE_FEED);
    if (last >= 0) this.#complete = before + last + 1;
    if (!this.#started && this.#to - this.#from >= 3) this.#skipMark();
  }

  end(): void {
    if (!this.#started) this.#skipMark();
    if (this.#complete < this.#to) {
      this.#kernel.views.u8[this.#to++] = LINE_FEED;
      this.#complete = this.#to;
    }
    this.#ended = true;
  }

  /** @param lines how many stand in front of the first: it goes on in the midst of its source */
  restart(source: string, lines = 0): void {
    this.#source = source;
    this.#from = this.#buffer;
    this.#to = this.#buffer;
    this.#complete = this.#buffer;
    this.#ended = false;
    this.#started = lines > 0;
    this.#lines = lines;
  }

  close(): void {
    this.#releaseRows();
    this.#kernel.release(this.#buffer, this.#capacity);
    this.#kernel.release(this.#scan, SCAN_BYTES);
    this.#program.close();
  }

  /** Lines before the batch that comes next. */
  get linesBefore(): number {
    return this.#open?.lines ?? this.#lines;
  }

  next(least = 1): Batch | undefined {
    if (!this.#ended && !this.#started) return undefined;
    if (this.#from < this.#complete) this.#scanMore();
    const open = this.#open;
    if (open === undefined) return undefined;
    const stopped = this.#from < this.#complete;
    const held = this.#get(SCAN.rows) + open.rejects.length;
    if (held < least && !stopped && this.#outlivesInput) return undefined;
    this.#open = undefined;
    return this.#batch(open);
  }

  /** Scans what there is into the open batch, or a new one. */
  #scanMore(): void {
    if (this.#open === undefined) this.#begin();
    else this.#program.makeRoom();
    this.#scanOnce();
    while (this.#get(SCAN.crowded) === 1 && this.#get(SCAN.rows) === 0 && this.#get(SCAN.rejectCount) === 0) {
      // One line holds more records than a batch has rows.
      this.#lines = this.#open?.lines ?? this.#lines;
      this.#releaseRows();
      this.#program.growRows(this.#program.rows * 2);
      this.#maxRejects *= 2;
      this.#allocateRows();
      this.#begin();
      this.#scanOnce();
    }
  }

  #begin(): void {
    this.#learn();
    this.#open = { lines: this.#lines, rejects: [] };
    this.#program.begin();
    for (const word of [SCAN.rows, SCAN.rejectCount, SCAN.lineCount, SCAN.misses, SCAN.crowded]) this.#set(word, 0);
  }

  #scanOnce(): void {
    const before = this.#get(SCAN.lineCount);
    const rejectsBefore = this.#get(SCAN.rejectCount);
    this.#from = this.#kernel.exports.scanLines(this.#scan, this.#from, this.#complete);
    const lineCount = this.#get(SCAN.lineCount);
    this.#lines += lineCount - before;
    this.#keepRejects(rejectsBefore);
    if (this.#get(SCAN.misses) * 2 > lineCount && this.#layouts > 0) this.#set(SCAN.layout, 0);
  }

  /** Learns the first line's layout, and another where most lines have stopped matching. */
  #learn(): void {
    if (this.#get(SCAN.layout) !== 0 || this.#layouts >= MAX_LAYOUTS) return;
    this.#layouts++;
    this.#program.begin();
    const lineEnd = this.#kernel.views.u8.indexOf(LINE_FEED, this.#from);
    const layout = learnLayout(this.#kernel, this.#program.root, this.#from, lineEnd);
    if (layout === undefined) return;
    this.#set(SCAN.layout, layout.at);
    this.#set(SCAN.slotCount, layout.slots);
  }

  #batch({ lines, rejects }: OpenBatch): Batch {
    const { u8, i32 } = this.#kernel.views;
    const { context, rows } = { context: this.#context, rows: this.#program.rows };
    const length = this.#get(SCAN.rows);
    const slice = (word: number): Int32Array => i32.subarray(this.#get(word) >> 2, (this.#get(word) >> 2) + rows);
    const lineOf = slice(SCAN.lines);
    const records: { records?: RecordBytes } = context.projection.records
      ? { records: { encoding: 'json', buffer: u8, starts: slice(SCAN.starts), ends: slice(SCAN.ends) } }
      : {};
    const origin: Origin = {
      source: this.#source,
      partition: context.partition,
      unit: 'line',
      ordinal: (row) => lines + lineOf[row] + 1,
      ...records,
    };
    return {
      schema: context.schema,
      length,
      columns: this.#program.columns(length),
      origin,
      ...(rejects.length === 0 ? {} : { rejects }),
    };
  }

  /** Copies the lines that the scan has refused, from one of the open batch's rejects on. */
  #keepRejects(from: number): void {
    const { lines = 0, rejects = [] } = this.#open ?? {};
    const { u8, u32 } = this.#kernel.views;
    const first = this.#get(SCAN.rejects) >> 2;
    for (let index = from; index < this.#get(SCAN.rejectCount); index++) {
      const word = first + index * REJECT_WORDS;
      const raw = u8.slice(u32[word], u32[word + 1]);
      rejects.push(new LineReject(this.#context.schema, this.#source, lines + u32[word + 2] + 1, raw));
    }
  }

  /** A byte-order mark may stand at the front (RFC 8259, section 8.1). */
  #skipMark(): void {
    this.#started = true;
    const { u8 } = this.#kernel.views;
    const at = this.#from;
    if (this.#to - at >= 3 && u8[at] === 0xef && u8[at + 1] === 0xbb && u8[at + 2] === 0xbf) this.#from += 3;
  }

  #moveToFront(): void {
    const kept = this.#to - this.#from;
    this.#kernel.exports.moveBytes(this.#buffer, this.#from, kept);
    this.#complete = Math.max(this.#buffer, this.#complete - (this.#from - this.#buffer));
    this.#from = this.#buffer;
    this.#to = this.#buffer + kept;
  }

  #grow(needed: number): void {
    const before = { buffer: this.#buffer, capacity: this.#capacity };
    while (this.#capacity < needed) this.#capacity *= 2;
    this.#buffer = this.#kernel.allocate(this.#capacity);
    this.#kernel.exports.moveBytes(this.#buffer, before.buffer, this.#to - before.buffer);
    this.#kernel.release(before.buffer, before.capacity);
    const moved = this.#buffer - before.buffer;
    this.#from += moved;
    this.#to += moved;
    this.#complete += moved;
    this.#kernel.needScratch(this.#capacity);
  }

  #allocateRows(): void {
    const { rows } = this.#program;
    this.#set(SCAN.maxRows, rows);
    this.#set(SCAN.rejects, this.#kernel.allocate(this.#maxRejects * REJECT_WORDS * 4));
    this.#set(SCAN.maxRejects, this.#maxRejects);
    this.#set(SCAN.lines, this.#kernel.allocate(rows * 4));
    if (this.#context.projection.records) {
      this.#set(SCAN.starts, this.#kernel.allocate(rows * 4));
      this.#set(SCAN.ends, this.#kernel.allocate(rows * 4));
    }
  }

  #releaseRows(): void {
    const { rows } = this.#program;
    this.#kernel.release(this.#get(SCAN.rejects), this.#maxRejects * REJECT_WORDS * 4);
    for (const word of [SCAN.lines, SCAN.starts, SCAN.ends]) {
      if (this.#get(word) !== 0) this.#kernel.release(this.#get(word), rows * 4);
    }
  }

  #get(word: number): number {
    return this.#kernel.views.u32[(this.#scan >> 2) + word] as number;
  }

  #set(word: number, value: number): void {
    this.#kernel.views.u32[(this.#scan >> 2) + word] = value;
  }
}
