import type { Batch } from '../../records/batch.js';
import type { Column, DictionaryColumn, EncodedColumn, Float64Column } from '../../records/columns.js';
import { type Dictionary, slicesOfMany } from '../../records/dictionary.js';
import { jsonText } from '../../records/json-text.js';
import { valueAt } from '../../records/rows.js';
import type { Field } from '../../records/schema.js';
import { MAX_TIME_BYTES, writeTime } from '../../records/time/format-time.js';
import type { ByteWriter } from '../byte-writer.js';
import { floatText } from '../float-text.js';
import type { Dialect } from './dialect.js';
import { DictionaryCells } from './dictionary-cells.js';
import { writeText } from './write-text.js';

/** Writes the cell of one row. */
export type WriteCell = (row: number) => void;

/** Dictionaries whose written entries are kept. Rows that were computed may bring one a batch. */
const MAX_DICTIONARIES = 64;

const encoder = new TextEncoder();

/** Makes the functions that write a batch's columns as cells, in the order of the fields. */
export class CellWriters {
  readonly #out: ByteWriter;
  readonly #fields: readonly Field[];
  readonly #dialect: Dialect;
  readonly #cells = new Map<Dictionary, DictionaryCells>();

  constructor(out: ByteWriter, fields: readonly Field[], dialect: Dialect) {
    this.#out = out;
    this.#fields = fields;
    this.#dialect = dialect;
  }

  of(batch: Batch): WriteCell[] {
    return this.#fields.map((field) => this.#nullable(field, batch.columns.get(field.name)));
  }

  /** Null is an empty cell. */
  #nullable(field: Field, column: Column | undefined): WriteCell {
    if (column === undefined) return () => {};
    const write = this.#cell(field, column);
    const { nulls } = column;
    if (nulls === undefined) return write;
    return (row) => {
      if (nulls[row] !== 1) write(row);
    };
  }

  #cell(field: Field, column: Column): WriteCell {
    const out = this.#out;
    switch (column.kind) {
      case 'dictionary':
        return this.#text(column);
      case 'time': {
        const { millis, forms, form, zone } = column;
        return (row) => {
          out.room(MAX_TIME_BYTES);
          out.at = writeTime(out.bytes, out.at, millis[row], forms === undefined ? form : forms[row], zone);
        };
      }
      case 'float64':
        return this.#number(field, column);
      case 'int64': {
        const { values } = column;
        return (row) => out.ascii(String(values[row]));
      }
      case 'bool': {
        const { values } = column;
        return (row) => out.ascii(values[row] === 1 ? 'true' : 'false');
      }
      case 'encoded':
        return this.#nested(column);
      case 'bytes':
        return (row) => writeText(out, encoder.encode(jsonText(valueAt(column, row))), this.#dialect);
    }
  }

  #text({ ids, dictionary }: DictionaryColumn): WriteCell {
    const out = this.#out;
    if (slicesOfMany(dictionary) !== undefined) {
      return (row) => writeText(out, dictionary.bytes(ids[row]), this.#dialect);
    }
    const { bytes, starts } = this.#cellsOf(dictionary);
    return (row) => {
      const id = ids[row];
      out.copy(bytes, starts[id], starts[id + 1]);
    };
  }

  #number(field: Field, { values }: Float64Column): WriteCell {
    const out = this.#out;
    if (field.type.kind === 'float') return (row) => out.ascii(floatText(values[row]));
    if (field.type.kind !== 'double') return (row) => out.number(values[row]);
    return (row) => {
      const value = values[row];
      if (Number.isFinite(value)) out.number(value);
      else out.ascii(String(value));
    };
  }

  #nested(column: EncodedColumn): WriteCell {
    const out = this.#out;
    const { buffer, starts, ends, encoding } = column;
    if (encoding === 'json') return (row) => writeText(out, buffer.subarray(starts[row], ends[row]), this.#dialect);
    return (row) => writeText(out, encoder.encode(jsonText(valueAt(column, row))), this.#dialect);
  }

  #cellsOf(dictionary: Dictionary): DictionaryCells {
    let cells = this.#cells.get(dictionary);
    if (cells === undefined) {
      if (this.#cells.size >= MAX_DICTIONARIES) this.#cells.clear();
      cells = new DictionaryCells(dictionary, this.#dialect);
      this.#cells.set(dictionary, cells);
    }
    cells.update();
    return cells;
  }
}
