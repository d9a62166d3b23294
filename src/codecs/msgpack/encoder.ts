import type { Batch } from '../../records/batch.js';
import type { Column } from '../../records/columns.js';
import { valueAt } from '../../records/rows.js';
import type { Field, FieldType } from '../../records/schema.js';
import { MAX_TIME_BYTES, writeTime } from '../../records/time/format-time.js';
import { ByteWriter } from '../byte-writer.js';
import type { EncodeContext, EncodedRecords, Encoder } from '../codec.js';
import { PrefixedDictionaries } from '../prefixed-texts.js';
import { NIL } from './item.js';
import {
  writeBoolean,
  writeDouble,
  writeFloat,
  writeInteger,
  writeLong,
  writeMapHead,
  writeText,
  writeTextHead,
  writeValue,
} from './write-value.js';

/** A text of fewer bytes has its length in its first byte. */
const SHORT_TEXT = 32;

type WriteCell = (row: number) => void;

/** MessagePack: each row a map of its fields in the schema's order, null where a value is null. */
export class MsgpackEncoder implements Encoder {
  readonly #out = new ByteWriter();
  readonly #texts = new PrefixedDictionaries(writeTextHead);
  readonly #fields: readonly Field[];
  readonly #names: readonly Uint8Array[];

  constructor({ schema }: EncodeContext) {
    this.#fields = schema.fields;
    this.#names = schema.fields.map(({ name }) => {
      const out = new ByteWriter(name.length + 5);
      writeText(out, name);
      return out.take();
    });
  }

  encode(batch: Batch): Uint8Array {
    return this.encodeRecords(batch).bytes;
  }

  encodeRecords(batch: Batch): EncodedRecords {
    const out = this.#out;
    const cells = this.#fields.map((field) => this.#nullable(field.type, batch.columns.get(field.name)));
    const { selection } = batch;
    const count = selection?.length ?? batch.length;
    const starts = new Int32Array(count);
    const ends = new Int32Array(count);
    for (let index = 0; index < count; index++) {
      const row = selection === undefined ? index : selection[index];
      starts[index] = out.at;
      writeMapHead(out, cells.length);
      for (let at = 0; at < cells.length; at++) {
        out.copy(this.#names[at], 0, this.#names[at].length);
        cells[at](row);
      }
      ends[index] = out.at;
    }
    return { bytes: out.take(), starts, ends, count };
  }

  finish(): Uint8Array {
    return new Uint8Array(0);
  }

  #nullable(type: FieldType, column: Column | undefined): WriteCell {
    const out = this.#out;
    if (column === undefined) return () => out.byte(NIL);
    const write = this.#cell(type, column);
    const { nulls } = column;
    if (nulls === undefined) return write;
    return (row) => {
      if (nulls[row] === 1) out.byte(NIL);
      else write(row);
    };
  }

  #cell(type: FieldType, column: Column): WriteCell {
    const out = this.#out;
    const isInteger = type.kind === 'int' || type.kind === 'long';
    switch (column.kind) {
      case 'dictionary': {
        const { ids, dictionary } = column;
        const texts = this.#texts.of(dictionary);
        return (row) => texts.write(out, ids[row]);
      }
      case 'float64': {
        const { values } = column;
        if (isInteger) return (row) => writeInteger(out, values[row]);
        return type.kind === 'float' ? (row) => writeFloat(out, values[row]) : (row) => writeDouble(out, values[row]);
      }
      case 'int64': {
        const { values } = column;
        return (row) => writeLong(out, values[row]);
      }
      case 'bool': {
        const { values } = column;
        return (row) => writeBoolean(out, values[row] === 1);
      }
      case 'time':
        if (type.kind !== 'string') return (row) => writeValue(out, type, valueAt(column, row));
        return (row) => {
          const form = column.forms === undefined ? column.form : column.forms[row];
          out.room(MAX_TIME_BYTES + 2);
          const head = out.at;
          const end = writeTime(out.bytes, head + 1, column.millis[row], form, column.zone);
          const length = end - head - 1;
          if (length < SHORT_TEXT) {
            out.bytes[head] = 0xa0 | length;
            out.at = end;
            return;
          }
          out.bytes.copyWithin(head + 2, head + 1, end);
          writeTextHead(out, length);
          out.at += length;
        };
      default:
        return (row) => writeValue(out, type, valueAt(column, row));
    }
  }
}
