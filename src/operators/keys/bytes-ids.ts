import type { BytesColumn, Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import { ByteStrings } from './byte-strings.js';
import { type ColumnIds, NULL_ID, nullsOf } from './column-ids.js';
import { sortedStrings } from './string-order.js';

/** Numbers values of Avro's bytes and fixed. */
export class BytesIds implements ColumnIds {
  readonly #strings = new ByteStrings();

  get size(): number {
    return this.#strings.size + 1;
  }

  /** The bytes of a value: borrowed until the next call of assign(). */
  bytes(id: number): Uint8Array {
    return this.#strings.bytes(id - 1);
  }

  assign(column: Column, rows: Int32Array | undefined, count: number, out: Int32Array): void {
    if (column.kind !== 'bytes') bug(`a column of bytes is ${column.kind}`);
    const { buffer, starts, ends, nulls } = column;
    for (let at = 0; at < count; at++) {
      const row = rows === undefined ? at : rows[at];
      const isNull = nulls !== undefined && nulls[row] === 1;
      out[at] = isNull ? NULL_ID : this.#strings.intern(buffer.subarray(starts[row], ends[row])) + 1;
    }
  }

  compare(a: number, b: number): number {
    return this.#strings.compare(a - 1, b - 1);
  }

  order(): Int32Array {
    const order = sortedStrings(this.#strings);
    for (let at = 0; at < order.length; at++) order[at]++;
    return order;
  }

  column(ids: Int32Array): BytesColumn {
    const starts = new Int32Array(ids.length);
    const ends = new Int32Array(ids.length);
    let end = 0;
    for (let at = 0; at < ids.length; at++) {
      starts[at] = end;
      if (ids[at] !== NULL_ID) end += this.#strings.byteLength(ids[at] - 1);
      ends[at] = end;
    }
    const buffer = new Uint8Array(end);
    for (let at = 0; at < ids.length; at++) {
      if (ids[at] !== NULL_ID) buffer.set(this.#strings.bytes(ids[at] - 1), starts[at]);
    }
    return { kind: 'bytes', buffer, starts, ends, ...nullsOf(ids) };
  }

  retain(inUse: Uint8Array): Int32Array {
    const strings = this.#strings.retain((string) => inUse[string + 1] === 1);
    return Int32Array.from({ length: strings.length + 1 }, (_, id) => {
      if (id === NULL_ID) return NULL_ID;
      const string = strings[id - 1];
      return string < 0 ? -1 : string + 1;
    });
  }
}
