import { type Kernel, kernel } from '../../kernel/kernel.js';
import type { Batch, Origin, Reject } from '../../records/batch.js';
import { bug } from '../../records/errors.js';
import type { RecordSchema } from '../../records/schema.js';
import type { FramedRecords, ValueContext, ValueDecoder } from '../codec.js';
import { NdjsonDecoder } from './decoder.js';

const LINE_FEED = 10;
/** JSON's white space (RFC 8259, 2). */
const BLANK = [32, 9, 10, 13];
/** What linesOf() may write behind the last line. */
const BEHIND = 16;
const FIRST_ROWS = 1024;

/** Lines that were made of records added together. */
interface Run {
  /** The number of the first line, from 1. */
  readonly line: number;
  readonly count: number;
  readonly source: string;
  readonly partition: number;
  offset(index: number): number;
}

/**
 * JSON that comes framed. The kernel writes the values as lines, which are read as any others: a value's line feeds
 * become carriage returns, and its bytes are kept where there are some.
 */
export class NdjsonValueDecoder implements ValueDecoder {
  readonly #kernel: Kernel = kernel();
  readonly #schema: RecordSchema;
  readonly #lines: NdjsonDecoder;
  /** Where linesOf() tells which values became lines. */
  #places = this.#kernel.allocate(FIRST_ROWS * 4);
  #rows = FIRST_ROWS;
  /** Lines of the batch that comes next, and of the one that is borrowed. */
  #runs: Run[] = [];
  /** Lines written so far. */
  #written = 0;
  /** What lines were before their line feeds were replaced. */
  readonly #originals = new Map<number, Uint8Array>();
  #blank: Reject[] = [];

  constructor(context: ValueContext) {
    this.#schema = context.schema;
    this.#lines = new NdjsonDecoder({ ...context, source: '', partition: 0 }, true);
  }

  add(records: FramedRecords): number {
    const { count, bytes, starts, ends } = records;
    this.#forget();
    this.#makeRoom(count);
    const to = this.#lines.space(bytes + count + BEHIND).byteOffset;
    const { exports, views } = this.#kernel;
    const end = exports.linesOf(starts.byteOffset, ends.byteOffset, count, to, this.#places);
    const lines = exports.linesWritten.value;
    const places = views.i32.subarray(this.#places >> 2, (this.#places >> 2) + lines);
    if (exports.lineFeeds.value !== 0) this.#keepOriginals(records, places);
    if (exports.maybeBlank.value !== 0) this.#refuseBlank(records, places);
    if (lines > 0) this.#runs.push(runOf(this.#written + 1, records, places));
    this.#written += lines;
    this.#lines.filled(end - to);
    return count - lines;
  }

  next(least = 1): Batch | undefined {
    this.#forget();
    const batch = this.#lines.next(least);
    const blank = this.#blank;
    if (batch === undefined) {
      if (blank.length === 0) return undefined;
      this.#blank = [];
      return { schema: this.#schema, length: 0, columns: new Map(), rejects: blank };
    }
    const { rejects = [], origin, ...rest } = batch;
    this.#blank = [];
    const refused = [...rejects.map((reject) => this.#reject(reject)), ...blank];
    return {
      ...rest,
      // Without rows there is nothing that comes of anywhere.
      ...(origin === undefined || batch.length === 0 ? {} : { origin: this.#origin(origin) }),
      ...(refused.length === 0 ? {} : { rejects: refused }),
    };
  }

  get pending(): number | undefined {
    const line = this.#lines.linesBefore + 1;
    if (line > this.#written) return undefined;
    const run = this.#runOf(line);
    return run.offset(line - run.line);
  }

  close(): void {
    this.#lines.close();
    this.#kernel.release(this.#places, this.#rows * 4);
  }

  #makeRoom(count: number): void {
    if (count <= this.#rows) return;
    this.#kernel.release(this.#places, this.#rows * 4);
    while (this.#rows < count) this.#rows *= 2;
    this.#places = this.#kernel.allocate(this.#rows * 4);
  }

  /** Lets go of what belongs to batches that were given. */
  #forget(): void {
    const before = this.#lines.linesBefore;
    if (this.#runs.length > 0 && this.#runs[0].line + this.#runs[0].count <= before + 1) {
      this.#runs = this.#runs.filter(({ line, count }) => line + count > before + 1);
    }
    for (const line of this.#originals.keys()) if (line <= before) this.#originals.delete(line);
  }

  #runOf(line: number): Run {
    const run = this.#runs.find((one) => line < one.line + one.count);
    return run ?? bug(`line ${line} was forgotten`);
  }

  #origin({ ordinal, records }: Origin): Origin {
    let run = this.#runOf(ordinal(0));
    const { source, partition } = run;
    const offset = (row: number): number => {
      const line = ordinal(row);
      if (line < run.line || line >= run.line + run.count) run = this.#runOf(line);
      return run.offset(line - run.line);
    };
    const originals = this.#originals;
    const replaced = originals.size === 0 ? {} : { original: (row: number) => originals.get(ordinal(row)) };
    return {
      source,
      partition,
      unit: 'offset',
      ordinal: offset,
      ...(records === undefined ? {} : { records: { ...records, ...replaced } }),
    };
  }

  /** A refused line as the value that it was. */
  #reject(reject: Reject): Reject {
    const line = reject.ordinal;
    const run = this.#runOf(line);
    const original = this.#originals.get(line);
    return {
      get reason() {
        return reject.reason;
      },
      source: run.source,
      unit: 'offset',
      ordinal: run.offset(line - run.line),
      raw: original ?? reject.raw,
    };
  }

  #keepOriginals({ buffer, starts, ends }: FramedRecords, places: Int32Array): void {
    places.forEach((place, line) => {
      const value = buffer.subarray(starts[place], ends[place]);
      if (value.includes(LINE_FEED)) this.#originals.set(this.#written + line + 1, value.slice());
    });
  }

  /** Blank lines hold no record and are nothing wrong; a blank value is. */
  #refuseBlank({ buffer, starts, ends, offset, source }: FramedRecords, places: Int32Array): void {
    for (const place of places) {
      const value = buffer.subarray(starts[place], ends[place]);
      if (value.some((byte) => !BLANK.includes(byte))) continue;
      const raw = value.slice();
      this.#blank.push({ reason: 'the value is empty', source, unit: 'offset', ordinal: offset(place), raw });
    }
  }
}

function runOf(line: number, { source, partition, offset }: FramedRecords, places: Int32Array): Run {
  const count = places.length;
  const first = offset(places[0]);
  // Most runs have no gaps; the others are kept one by one.
  if (offset(places[count - 1]) - first === count - 1) {
    return { line, count, source, partition, offset: (index) => first + index };
  }
  const offsets = Float64Array.from(places, (place) => offset(place));
  return { line, count, source, partition, offset: (index) => offsets[index] ?? first };
}
