import type { Batch } from '../../records/batch.js';
import type { Column, DictionaryColumn, TimeColumn } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import { valueAt } from '../../records/rows.js';
import type { Field, FieldType } from '../../records/schema.js';
import { MAX_TIME_BYTES, writeTime } from '../../records/time/format-time.js';
import type { ByteWriter } from '../byte-writer.js';
import { PrefixedDictionaries } from '../prefixed-texts.js';
import { writeBigLong, writeDouble, writeFloat, writeLong, writeValue } from './write-value.js';

/** Writes the value of one row. */
export type WriteCell = (row: number) => void;

/** Makes the functions that write a batch's columns as the fields of a schema, in their order. */
export class CellWriters {
  readonly #out: ByteWriter;
  readonly #fields: readonly Field[];
  readonly #texts = new PrefixedDictionaries(writeLong);

  constructor(out: ByteWriter, fields: readonly Field[]) {
    this.#out = out;
    this.#fields = fields;
  }

  of(batch: Batch): WriteCell[] {
    return this.#fields.map((field) => this.#nullable(field, batch.columns.get(field.name)));
  }

  #nullable(field: Field, column: Column | undefined): WriteCell {
    const out = this.#out;
    const { name, type, nullable, nullBranch } = field;
    if (column === undefined) {
      if (nullable) return () => out.byte(nullBranch * 2);
      return bug(`the batch has no column ${name}`);
    }
    const write = this.#cell(type, column);
    if (!nullable) return write;
    const { nulls } = column;
    const [none, some] = [nullBranch * 2, (1 - nullBranch) * 2];
    return (row) => {
      const isNull = nulls !== undefined && nulls[row] === 1;
      out.byte(isNull ? none : some);
      if (!isNull) write(row);
    };
  }

  #cell(type: FieldType, column: Column): WriteCell {
    const out = this.#out;
    const isLong = type.kind === 'int' || type.kind === 'long';
    if (column.kind === 'dictionary' && type.kind === 'string') return this.#text(column);
    if (column.kind === 'dictionary' && type.kind === 'enum') return this.#symbol(type.symbols, column);
    if (column.kind === 'time' && type.kind === 'string') return this.#time(column);
    if (column.kind === 'float64') {
      const { values } = column;
      if (isLong) return (row) => writeLong(out, values[row]);
      if (type.kind === 'double') return (row) => writeDouble(out, values[row]);
      if (type.kind === 'float') return (row) => writeFloat(out, values[row]);
    }
    if (column.kind === 'int64' && isLong) {
      const { values } = column;
      return (row) => writeBigLong(out, values[row]);
    }
    if (column.kind === 'bool' && type.kind === 'boolean') {
      const { values } = column;
      return (row) => out.byte(values[row]);
    }
    return (row) => writeValue(out, type, valueAt(column, row));
  }

  #text({ ids, dictionary }: DictionaryColumn): WriteCell {
    const out = this.#out;
    const texts = this.#texts.of(dictionary);
    return (row) => texts.write(out, ids[row]);
  }

  #symbol(symbols: readonly string[], { ids, dictionary }: DictionaryColumn): WriteCell {
    const out = this.#out;
    const indexes = Int32Array.from({ length: dictionary.size }, (_, id) => symbols.indexOf(dictionary.text(id)));
    return (row) => {
      const index = indexes[ids[row]];
      if (index < 0) bug(`${dictionary.text(ids[row])} is none of ${symbols.join(', ')}`);
      writeLong(out, index);
    };
  }

  /** A text of at most 63 bytes: its length takes one byte. */
  #time(column: TimeColumn): WriteCell {
    const out = this.#out;
    const { millis, forms, form, zone } = column;
    return (row) => {
      const own = forms === undefined ? form : forms[row];
      out.room(MAX_TIME_BYTES + 1);
      const start = out.at + 1;
      const end = writeTime(out.bytes, start, millis[row], own, zone);
      out.bytes[out.at] = (end - start) * 2;
      out.at = end;
    };
  }
}
