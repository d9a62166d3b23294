import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import { type ColumnIds, NULL_ID, nullsOf } from './column-ids.js';

const FALSE_ID = 1;
const TRUE_ID = 2;

/** Numbers bools: there are only two. */
export class BoolIds implements ColumnIds {
  readonly size = TRUE_ID + 1;

  assign(column: Column, rows: Int32Array | undefined, count: number, out: Int32Array): void {
    if (column.kind !== 'bool') bug(`a column of bools is ${column.kind}`);
    const { values, nulls } = column;
    for (let at = 0; at < count; at++) {
      const row = rows === undefined ? at : rows[at];
      const isNull = nulls !== undefined && nulls[row] === 1;
      out[at] = isNull ? NULL_ID : FALSE_ID + values[row];
    }
  }

  compare(a: number, b: number): number {
    return a - b;
  }

  order(): Int32Array {
    return Int32Array.of(FALSE_ID, TRUE_ID);
  }

  column(ids: Int32Array): Column {
    return { kind: 'bool', values: Uint8Array.from(ids, (id) => (id === TRUE_ID ? 1 : 0)), ...nullsOf(ids) };
  }

  retain(): Int32Array {
    return Int32Array.of(NULL_ID, FALSE_ID, TRUE_ID);
  }
}
