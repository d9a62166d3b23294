import { jsonText } from '../../records/json-text.js';
import { valueAt } from '../../records/rows.js';
import type { RowSyntax } from '../batch-cells.js';
import type { TablePlan } from '../table-plan.js';
import { doubleJson } from './cells.js';
import { sqlType } from './create-table.js';

/** Rows as JSON arrays, which SQLite takes apart. */
export function jsonRows(plan: TablePlan): RowSyntax {
  return {
    open: '[',
    close: ']',
    null: 'null',
    quote: (text) => JSON.stringify(text),
    writer(column, position) {
      switch (column.kind) {
        case 'float64': {
          const { values } = column;
          const isReal = sqlType(plan.columns[position].field.type) === 'REAL';
          return isReal ? (row) => doubleJson(values[row]) : (row) => `${values[row]}`;
        }
        case 'int64':
        case 'bool': {
          const { values } = column;
          return (row) => `${values[row]}`;
        }
        case 'bytes': {
          const { buffer, starts, ends } = column;
          const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
          return (row) => `"${bytes.toString('hex', starts[row], ends[row])}"`;
        }
        case 'time':
          return (row) => {
            const time = valueAt(column, row);
            if (typeof time === 'string') return `"${time}"`;
            return typeof time === 'number' ? doubleJson(time) : `${time}`;
          };
        case 'encoded':
          return (row) => JSON.stringify(jsonText(valueAt(column, row)));
      }
    },
  };
}
