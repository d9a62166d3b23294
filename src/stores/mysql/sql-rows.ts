import type { Column } from '../../records/columns.js';
import { jsonText } from '../../records/json-text.js';
import { valueAt } from '../../records/rows.js';
import type { FieldType } from '../../records/schema.js';
import type { CellWriter, RowSyntax } from '../batch-cells.js';
import { decimalText } from '../decimals.js';
import type { TablePlan } from '../table-plan.js';
import { type ColumnForm, keptDecimal } from './column-forms.js';
import { decimalDigits } from './column-types.js';
import { quoteText } from './sql-text.js';

/** Rows as lists of SQL literals: `('a',1,0.1e0,x'00')`. */
export function sqlRows(plan: TablePlan, forms: readonly ColumnForm[]): RowSyntax {
  const isHourly = plan.schema.derived?.period === 'hourly';
  return {
    open: '(',
    close: ')',
    null: 'NULL',
    quote(text, position) {
      const isTime = isHourly && forms[position].form === 'period';
      return quoteText(isTime ? `${text}:00:00` : text);
    },
    writer: (column, position) => writerOf(column, forms[position], plan.columns[position].field.type),
    kept(value, row, column, position) {
      const { form, instants } = forms[position];
      if (column.kind === 'time' && form === 'instant' && value !== null) return instants.kept(column, row);
      if (form !== 'decimal' || !(value instanceof Uint8Array)) return value;
      const { type } = plan.columns[position].field;
      return keptDecimal(type, value, decimalText(value, decimalDigits(type) ?? { scale: 0 }));
    },
  };
}

function writerOf(
  column: Exclude<Column, { kind: 'dictionary' }>,
  { form, instants }: ColumnForm,
  type: FieldType,
): CellWriter {
  switch (column.kind) {
    case 'float64': {
      const { values } = column;
      return form === 'double' ? (row) => doubleSql(values[row]) : (row) => `${values[row]}`;
    }
    case 'int64':
    case 'bool': {
      const { values } = column;
      return (row) => `${values[row]}`;
    }
    case 'bytes': {
      const { buffer, starts, ends } = column;
      const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      const digits = form === 'decimal' ? decimalDigits(type) : undefined;
      if (digits !== undefined) return (row) => decimalText(bytes.subarray(starts[row], ends[row]), digits);
      return (row) => `x'${bytes.toString('hex', starts[row], ends[row])}'`;
    }
    case 'time':
      if (form === 'instant') return (row) => `'${instants.stored(column, row)}'`;
      return (row) => {
        const time = valueAt(column, row);
        return typeof time === 'string' ? `'${time}'` : `${time}`;
      };
    case 'encoded':
      return (row) => quoteText(jsonText(valueAt(column, row)));
  }
}

/** A double in JavaScript's shortest digits, which the server reads as the same one: an exponent makes it no decimal. */
function doubleSql(value: number): string {
  if (!Number.isFinite(value)) return 'NULL';
  const digits = `${value}`;
  return digits.includes('e') ? digits : `${digits}e0`;
}
