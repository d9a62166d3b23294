import { jsonText } from '../../records/json-text.js';
import { valueAt } from '../../records/rows.js';
import type { Value } from '../../records/value.js';
import type { RowSyntax } from '../batch-cells.js';
import type { SqlValue } from '../sql-value.js';
import type { ColumnForm } from './column-form.js';

/** Rows as texts: they only tell keys apart, and say how long rows are. Values themselves are bound. */
export function cellTexts(forms: readonly ColumnForm[]): RowSyntax {
  return {
    open: '[',
    close: ']',
    null: 'null',
    quote: (text) => JSON.stringify(text),
    writer: (column, position) => (row) => cellText(forms[position].kept(valueAt(column, row))),
    kept: (value, _row, _column, position) => forms[position].kept(value),
  };
}

/** The text of a value, from a batch or from a table: equal values have equal texts. */
export function cellText(value: Value | SqlValue): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? '1' : '0';
    case 'number':
      // −0 and 0 are one value of a key.
      return `${value === 0 ? 0 : value}`;
    case 'bigint':
      return `${value}`;
    default:
      if (value === null) return 'null';
      return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : jsonText(value);
  }
}
