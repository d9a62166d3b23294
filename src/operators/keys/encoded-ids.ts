import type { Column, EncodedColumn, Encoding } from '../../records/columns.js';
import { compareValues } from '../../records/compare.js';
import { bug } from '../../records/errors.js';
import type { FieldType } from '../../records/schema.js';
import type { Value } from '../../records/value.js';
import { BytesIds } from './bytes-ids.js';
import { type ColumnIds, sortedIds } from './column-ids.js';

/** Numbers nested values by their encoded bytes: two encodings of one value are two ids, that compare as equal. */
export class EncodedIds implements ColumnIds {
  readonly #type: FieldType;
  readonly #bytes = new BytesIds();
  #encoding: Encoding = 'json';
  #decode: (bytes: Uint8Array) => Value = () => null;

  constructor(type: FieldType) {
    this.#type = type;
  }

  get size(): number {
    return this.#bytes.size;
  }

  assign(column: Column, rows: Int32Array | undefined, count: number, out: Int32Array): void {
    if (column.kind !== 'encoded') bug(`a column of nested values is ${column.kind}`);
    this.#encoding = column.encoding;
    this.#decode = column.decode;
    this.#bytes.assign({ ...column, kind: 'bytes' }, rows, count, out);
  }

  compare(a: number, b: number): number {
    return compareValues(this.#type, false, this.#decode(this.#bytes.bytes(a)), this.#decode(this.#bytes.bytes(b)));
  }

  order(): Int32Array {
    return sortedIds(this.size, (a, b) => this.compare(a, b));
  }

  column(ids: Int32Array): EncodedColumn {
    const column = this.#bytes.column(ids);
    return { ...column, kind: 'encoded', encoding: this.#encoding, decode: this.#decode };
  }

  retain(inUse: Uint8Array): Int32Array {
    return this.#bytes.retain(inUse);
  }
}
