import { kernel } from '../../kernel/kernel.js';
import { type RowField, RowWriter } from '../../kernel/row-writer.js';
import type { Batch } from '../../records/batch.js';
import { type Dictionary, slicesOfMany } from '../../records/dictionary.js';
import { jsonText } from '../../records/json-text.js';
import { valueAt } from '../../records/rows.js';
import type { Field } from '../../records/schema.js';
import { MAX_TIME_BYTES, writeTime } from '../../records/time/format-time.js';
import { ByteWriter, type WordBytes, wordBytes } from '../byte-writer.js';
import type { EncodeContext, EncodedRecords, Encoder } from '../codec.js';
import { floatText } from '../float-text.js';
import { CELL, CellPlan } from './cell-plan.js';
import { EscapedTexts, writeString } from './escaped-texts.js';

/** So few rows are written faster than the kernel is told where they lie. */
const FEW = 16;
/** What a row costs that the kernel has turned to in vain, in rows. */
const WORTH_A_LEFT_ROW = 8;
const QUOTE = 34;
const OPEN = 123;
const CLOSE = 125;
const LINE_FEED = 10;
const latin1 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const NULL = latin1('null');
const TRUE = latin1('true');
const FALSE = latin1('false');

/** Newline-delimited JSON: a record a line, its fields in the schema's order. */
export class NdjsonEncoder implements Encoder {
  readonly #out = new ByteWriter();
  readonly #fields: readonly Field[];
  /** The bytes before each field's value: `{"a":`, `,"b":`. */
  readonly #leads: readonly WordBytes[];
  readonly #rowFields: readonly RowField[];
  #writer: RowWriter | undefined;
  readonly #texts = new Map<Dictionary, EscapedTexts>();

  constructor({ schema }: EncodeContext) {
    this.#fields = schema.fields;
    this.#rowFields = schema.fields.map((field, index) => ({
      field,
      lead: latin1(`${index === 0 ? '{' : ','}${JSON.stringify(field.name)}:`),
    }));
    this.#leads = this.#rowFields.map(({ lead }) => wordBytes(lead));
  }

  encode(batch: Batch): Uint8Array {
    const count = batch.selection?.length ?? batch.length;
    if (this.#fields.length === 0) return Buffer.from('{}\n'.repeat(count));
    const written = count < FEW ? 0 : this.#writePlain(batch, count);
    if (written < count) this.#write(batch, written, count);
    return this.#out.take();
  }

  encodeRecords(batch: Batch): EncodedRecords {
    const bytes = this.encode(batch);
    const count = batch.selection?.length ?? batch.length;
    const starts = new Int32Array(count);
    const ends = new Int32Array(count);
    // JSON has no line feed but the one behind each record.
    for (let index = 0, at = 0; index < count; index++) {
      starts[index] = at;
      ends[index] = bytes.indexOf(LINE_FEED, at);
      at = ends[index] + 1;
    }
    return { bytes, starts, ends, count };
  }

  /** Writes rows in the kernel; how many, up to where too many have a value that it leaves to JavaScript. */
  #writePlain(batch: Batch, count: number): number {
    this.#writer ??= new RowWriter(kernel());
    if (!this.#writer.begin(batch, this.#rowFields)) return 0;
    let plans: readonly CellPlan[] | undefined;
    let left = 0;
    let row = 0;
    while (row < count && (left < FEW || left * WORTH_A_LEFT_ROW < row)) {
      const { next, bytes } = this.#writer.write(row, count);
      this.#out.copy(bytes, 0, bytes.length);
      if (next === row) {
        plans ??= this.#plans(batch);
        this.#row(plans, batch.selection?.[row] ?? row);
        left++;
        row++;
      } else {
        row = next;
      }
    }
    return row;
  }

  #write(batch: Batch, from: number, count: number): void {
    const plans = this.#plans(batch);
    const { selection } = batch;
    for (const plan of plans) if (plan.kind === CELL.string) loadTexts(plan, batch.length);
    for (let index = from; index < count; index++) this.#row(plans, selection === undefined ? index : selection[index]);
  }

  #plans(batch: Batch): readonly CellPlan[] {
    return this.#fields.map(({ name, type }) => {
      const column = batch.columns.get(name);
      const many = column?.kind === 'dictionary' ? slicesOfMany(column.dictionary) : undefined;
      if (many !== undefined) return new CellPlan(column, type, many, false);
      return new CellPlan(
        column,
        type,
        column?.kind === 'dictionary' ? this.#escaped(column.dictionary) : undefined,
        true,
      );
    });
  }

  finish(): Uint8Array {
    return new Uint8Array(0);
  }

  #row(plans: readonly CellPlan[], row: number): void {
    const out = this.#out;
    if (plans.length === 0) out.byte(OPEN);
    for (let at = 0; at < plans.length; at++) {
      out.words(this.#leads[at]);
      writeCell(out, plans[at], row);
    }
    out.room(2);
    out.bytes[out.at++] = CLOSE;
    out.bytes[out.at++] = LINE_FEED;
  }

  #escaped(dictionary: Dictionary): EscapedTexts {
    let texts = this.#texts.get(dictionary);
    if (texts === undefined) {
      // A dictionary a batch (rows that were computed) must not pile up.
      if (this.#texts.size >= 64) this.#texts.clear();
      texts = new EscapedTexts(dictionary);
      this.#texts.set(dictionary, texts);
    }
    texts.update();
    return texts;
  }
}

/**
 * Reads a byte of each text. They lie anywhere in many megabytes, and a processor waits for several of them at once
 * in a loop as short as this one, but for one after the other where each is also written.
 */
function loadTexts({ ints, starts, bytes }: CellPlan, length: number): number {
  let sum = 0;
  for (let row = 0; row < length; row++) sum += starts[ints[row]];
  for (let row = 0; row < length; row++) sum += bytes[starts[ints[row]]];
  return sum;
}

/** Writes one value. */
export function writeCell(out: ByteWriter, plan: CellPlan, row: number): void {
  if (plan.kind === CELL.none || (plan.hasNulls && plan.nulls[row] === 1)) {
    out.copy(NULL, 0, 4);
    return;
  }
  switch (plan.kind) {
    case CELL.text: {
      const id = plan.ints[row];
      out.copy(plan.bytes, plan.starts[id], plan.starts[id + 1]);
      break;
    }
    case CELL.string: {
      const id = plan.ints[row];
      const [start, end] = [plan.starts[id], plan.starts[id + 1]];
      out.room((end - start) * 6 + 2);
      out.at = writeString(out.bytes, out.at, plan.bytes, start, end);
      break;
    }
    case CELL.time:
      out.room(MAX_TIME_BYTES + 2);
      out.bytes[out.at++] = QUOTE;
      out.at = writeTime(out.bytes, out.at, plan.doubles[row], plan.hasForms ? plan.forms[row] : plan.form, plan.zone);
      out.bytes[out.at++] = QUOTE;
      break;
    case CELL.double: {
      const value = plan.doubles[row];
      if (Number.isFinite(value)) out.number(value);
      else out.ascii(`"${value}"`);
      break;
    }
    case CELL.float: {
      const value = plan.doubles[row];
      out.ascii(Number.isFinite(value) ? floatText(value) : `"${value}"`);
      break;
    }
    case CELL.long:
      out.ascii(String(plan.longs[row]));
      break;
    case CELL.bool:
      if (plan.bytes[row] === 1) out.copy(TRUE, 0, 4);
      else out.copy(FALSE, 0, 5);
      break;
    case CELL.slice:
      out.copy(plan.bytes, plan.ints[row], plan.ends[row]);
      break;
    default:
      if (plan.column !== undefined) out.text(jsonText(valueAt(plan.column, row)));
  }
}
