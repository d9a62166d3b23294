import type { Column } from '../../records/columns.js';
import { type Dictionary, slicesOfMany, type TextSlices } from '../../records/dictionary.js';
import type { FieldType } from '../../records/schema.js';
import { MAX_TIME_BYTES, writeTime } from '../../records/time/format-time.js';
import { ByteWriter } from '../byte-writer.js';
import type { EncodedRecords } from '../codec.js';
import { CELL, CellPlan } from './cell-plan.js';
import { writeCell } from './encoder.js';
import { EscapedTexts } from './escaped-texts.js';

const OPEN = 91;
const COMMA = 44;
const CLOSE = 93;
/** Dictionaries whose texts are kept prepared. */
const MOST_KEPT = 64;

export interface KeyColumn {
  readonly type: FieldType;
  readonly column: Column;
}

/**
 * Writes the keys of records: one field as its text (no quotes, no escapes), several as a JSON array of them. A single
 * field that is null gives no key: a start of -1.
 */
export class RecordKeys {
  readonly #out = new ByteWriter();
  readonly #escaped = new Map<Dictionary, EscapedTexts>();
  readonly #plain = new Map<Dictionary, Uint8Array[]>();

  /** @param rows how many rows the columns have, and which are selected */
  encode(columns: readonly KeyColumn[], length: number, selection: Int32Array | undefined): EncodedRecords {
    const out = this.#out;
    const count = selection?.length ?? length;
    const starts = new Int32Array(count);
    const ends = new Int32Array(count);
    const [only] = columns;
    const write = columns.length === 1 && only !== undefined ? this.#text(only) : this.#array(columns);
    const nulls = columns.length === 1 ? only?.column.nulls : undefined;
    for (let index = 0; index < count; index++) {
      const row = selection === undefined ? index : selection[index];
      starts[index] = out.at;
      if (nulls !== undefined && nulls[row] === 1) starts[index] = -1;
      else write(row);
      ends[index] = out.at;
    }
    return { bytes: out.take(), starts, ends, count };
  }

  #array(columns: readonly KeyColumn[]): (row: number) => void {
    const out = this.#out;
    const plans = columns.map(({ column, type }) => {
      const many = column.kind === 'dictionary' ? slicesOfMany(column.dictionary) : undefined;
      if (many !== undefined) return new CellPlan(column, type, many, false);
      const texts = column.kind === 'dictionary' ? this.#escapedOf(column.dictionary) : undefined;
      return new CellPlan(column, type, texts, true);
    });
    return (row) => {
      out.byte(OPEN);
      for (let at = 0; at < plans.length; at++) {
        if (at > 0) out.byte(COMMA);
        writeCell(out, plans[at], row);
      }
      out.byte(CLOSE);
    };
  }

  #text({ column, type }: KeyColumn): (row: number) => void {
    const out = this.#out;
    switch (column.kind) {
      case 'dictionary': {
        const { ids, dictionary } = column;
        const slices = dictionary.slices?.();
        if (slices !== undefined) return textOf(out, ids, slices);
        const texts = this.#plainOf(dictionary);
        return (row) => {
          const id = ids[row];
          texts[id] ??= dictionary.bytes(id).slice();
          out.copy(texts[id], 0, texts[id].length);
        };
      }
      case 'bytes':
        return (row) => out.copy(column.buffer, column.starts[row], column.ends[row]);
      case 'time': {
        const plan = new CellPlan(column, type, undefined, true);
        if (plan.kind !== CELL.time) return (row) => writeCell(out, plan, row);
        return (row) => {
          out.room(MAX_TIME_BYTES);
          const form = plan.hasForms ? plan.forms[row] : plan.form;
          out.at = writeTime(out.bytes, out.at, plan.doubles[row], form, plan.zone);
        };
      }
      default: {
        const plan = new CellPlan(column, type, undefined, true);
        return (row) => writeCell(out, plan, row);
      }
    }
  }

  #escapedOf(dictionary: Dictionary): EscapedTexts {
    const texts = keptFor(this.#escaped, dictionary, () => new EscapedTexts(dictionary));
    texts.update();
    return texts;
  }

  #plainOf(dictionary: Dictionary): Uint8Array[] {
    return keptFor(this.#plain, dictionary, () => []);
  }
}

function textOf(out: ByteWriter, ids: Int32Array, { bytes, starts }: TextSlices): (row: number) => void {
  return (row) => {
    const id = ids[row];
    out.copy(bytes, starts[id], starts[id + 1]);
  };
}

/** What is kept for a dictionary; a dictionary a batch (rows that were computed) must not pile up. */
function keptFor<T>(kept: Map<Dictionary, T>, dictionary: Dictionary, make: () => T): T {
  const known = kept.get(dictionary);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const made = make();
  kept.set(dictionary, made);
  return made;
}
