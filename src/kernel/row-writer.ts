import type { Batch } from '../records/batch.js';
import type { Column, DictionaryColumn, TimeColumn } from '../records/columns.js';
import type { TextSlices } from '../records/dictionary.js';
import type { Field } from '../records/schema.js';
import { PRECISION } from '../records/time/form.js';
import { fixedOffset, formatTime } from '../records/time/format-time.js';
import { GatheredTexts } from './gathered-texts.js';
import type { Kernel, Views } from './kernel.js';
import { KernelDictionary } from './kernel-dictionary.js';

// Words of the structs Rows and Cell (assembly/rows.ts).
const ROWS = { cells: 0, cellCount: 1, selection: 2, to: 3, end: 4, fixed: 5 } as const;
const ROWS_BYTES = 32;
const CELL = {
  lead: 0,
  leadLength: 1,
  kind: 2,
  column: 3,
  nulls: 4,
  bytes: 5,
  starts: 6,
  timeLength: 7,
  separator: 8,
  digits: 9,
  zoneLength: 10,
  zone: 12,
  offsetMs: 14,
  day: 16,
} as const;
const CELL_BYTES = 80;
const KIND = { text: 0, time: 1, number: 2, bool: 3 } as const;

/** A value that is no text takes so many bytes at most, a text those of its quotes. */
const VALUE_BYTES = 48;
/** Wide stores go beyond the end of what they write. */
const PADDING = 64;
/** The least room that is left for rows. */
const LEAST_OUT = 256 * 1024;
/** A dictionary without its texts in one place may have so many. */
const FEW_TEXTS = 1024;
const NO_DAY = -0x80000000;
const MILLI_DIGITS = 3;

/** A field of the rows, and the bytes before its value. */
export interface RowField {
  readonly field: Field;
  readonly lead: Uint8Array;
}

/**
 * Writes the rows of a batch as lines of JSON without leaving WebAssembly. It takes what is plain: texts, times that
 * are written in one form, numbers and bools; what lies outside of the kernel's memory is copied there first.
 */
export class RowWriter {
  readonly #kernel: Kernel;
  readonly #gathered = new GatheredTexts();
  /** What is free of the row space. */
  #top = 0;
  #out = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Turns to a batch; false where it has a column that it does not take, or too much to copy. */
  begin(batch: Batch, fields: readonly RowField[]): boolean {
    const { at, end } = this.#kernel.rowSpace;
    this.#top = at + ROWS_BYTES + fields.length * CELL_BYTES;
    this.#kernel.views.u8.fill(0, at, this.#top);
    let fixed = PADDING;
    for (const [index, { field, lead }] of fields.entries()) {
      const column = batch.columns.get(field.name);
      if (column === undefined || !this.#cell(at + ROWS_BYTES + index * CELL_BYTES, column, field, lead, batch)) {
        return false;
      }
      fixed += lead.length + VALUE_BYTES;
    }
    const selection = batch.selection === undefined ? 0 : this.#address(batch.selection, batch.selection.length);
    if (selection === undefined || this.#top + LEAST_OUT > end) return false;
    this.#out = this.#top;
    this.#set(at, ROWS.cells, at + ROWS_BYTES);
    this.#set(at, ROWS.cellCount, fields.length);
    this.#set(at, ROWS.selection, selection);
    this.#set(at, ROWS.end, end);
    this.#set(at, ROWS.fixed, fixed);
    return true;
  }

  /**
   * Writes the batch's rows from the `from`-th to the `count`-th that takes part, or to the first whose values it does
   * not take, or to the end of its room.
   * @returns how many were written up to then, and their bytes, borrowed until the next call
   */
  write(from: number, count: number): { readonly next: number; readonly bytes: Uint8Array } {
    const { at } = this.#kernel.rowSpace;
    this.#set(at, ROWS.to, this.#out);
    const next = this.#kernel.exports.writeRows(at, from, count);
    const { u8, u32 } = this.#kernel.views;
    return { next, bytes: u8.subarray(this.#out, u32[(at >> 2) + ROWS.to]) };
  }

  #cell(at: number, column: Column, field: Field, lead: Uint8Array, { length }: Batch): boolean {
    const leadAt = this.#copy(lead, lead.length);
    const nulls = column.nulls === undefined ? 0 : this.#address(column.nulls, length);
    if (leadAt === undefined || nulls === undefined) return false;
    this.#set(at, CELL.lead, leadAt);
    this.#set(at, CELL.leadLength, lead.length);
    this.#set(at, CELL.nulls, nulls);
    switch (column.kind) {
      case 'dictionary':
        return this.#texts(at, column, length);
      case 'time':
        return this.#time(at, column) && this.#values(at, KIND.time, column.millis, length);
      case 'float64':
        return field.type.kind !== 'float' && this.#values(at, KIND.number, column.values, length);
      case 'bool':
        return this.#values(at, KIND.bool, column.values, length);
      default:
        return false;
    }
  }

  #values(at: number, kind: number, values: Views[keyof Views], length: number): boolean {
    const address = this.#address(values, length);
    if (address === undefined) return false;
    this.#set(at, CELL.kind, kind);
    this.#set(at, CELL.column, address);
    return true;
  }

  #texts(at: number, column: DictionaryColumn, length: number): boolean {
    const { dictionary, ids } = column;
    const slices = dictionary.slices?.() ?? (dictionary.size <= FEW_TEXTS ? slicesOf(dictionary) : undefined);
    if (slices === undefined) return false;
    const { size } = dictionary;
    const isHere = dictionary instanceof KernelDictionary && this.#kernel.addressOf(slices.bytes) !== undefined;
    if (!isHere && size > length) {
      if (!this.#gathered.gather(column, slices, length, this.#kernel.rowSpace.end - this.#top)) return false;
      return this.#values(at, KIND.text, this.#gathered.ids, length) && this.#slices(at, this.#gathered, length);
    }
    return this.#values(at, KIND.text, ids, length) && this.#slices(at, slices, size);
  }

  #slices(at: number, slices: TextSlices, size: number): boolean {
    const bytes = this.#kernel.addressOf(slices.bytes) ?? this.#copy(slices.bytes, slices.starts[size] ?? 0);
    const starts = this.#address(slices.starts, size + 1);
    if (bytes === undefined || starts === undefined) return false;
    this.#set(at, CELL.bytes, bytes);
    this.#set(at, CELL.starts, starts);
    return true;
  }

  #time(at: number, { form, forms, zone }: TimeColumn): boolean {
    const precision = form & 3;
    const digits = (form >>> 3) & 15;
    const offset = precision === PRECISION.number ? undefined : fixedOffset(form, zone);
    if (forms !== undefined || offset === undefined || digits > MILLI_DIGITS) return false;
    const timeLength = precision === PRECISION.date ? 10 : precision === PRECISION.minutes ? 16 : 19;
    const sample = Buffer.from(String(formatTime(0, form, zone)));
    const fraction = precision === PRECISION.seconds && digits > 0 ? digits : 0;
    const tail = sample.subarray(timeLength + (fraction > 0 ? 1 + fraction : 0));
    this.#set(at, CELL.timeLength, timeLength);
    this.#set(at, CELL.separator, sample[10] ?? 0);
    this.#set(at, CELL.digits, fraction);
    this.#set(at, CELL.zoneLength, tail.length);
    this.#kernel.views.u8.set(tail, at + CELL.zone * 4);
    this.#kernel.views.f64[(at + CELL.offsetMs * 4) >> 3] = offset;
    this.#set(at, CELL.day, NO_DAY);
    return true;
  }

  /** Where the first `length` elements of an array lie, or are copied to; undefined where there is no room. */
  #address(array: Views[keyof Views], length: number): number | undefined {
    return (
      this.#kernel.addressOf(array) ??
      this.#copy(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), length * array.BYTES_PER_ELEMENT)
    );
  }

  #copy(bytes: Uint8Array, length: number): number | undefined {
    const at = this.#top;
    const top = at + Math.ceil((length + PADDING) / 16) * 16;
    if (top > this.#kernel.rowSpace.end) return undefined;
    this.#kernel.views.u8.set(bytes.subarray(0, length), at);
    this.#top = top;
    return at;
  }

  #set(at: number, word: number, value: number): void {
    this.#kernel.views.u32[(at >> 2) + word] = value;
  }
}

/** The texts of a dictionary on the JavaScript heap, one behind the other. */
function slicesOf(dictionary: DictionaryColumn['dictionary']): { bytes: Uint8Array; starts: Uint32Array } {
  const texts = Array.from({ length: dictionary.size }, (_, id) => dictionary.bytes(id));
  const starts = new Uint32Array(texts.length + 1);
  for (let id = 0; id < texts.length; id++) starts[id + 1] = starts[id] + (texts[id]?.length ?? 0);
  return { bytes: Buffer.concat(texts), starts };
}
