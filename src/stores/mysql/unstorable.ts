import { valueAt } from '../../records/rows.js';
import type { BatchCells } from '../batch-cells.js';
import type { ColumnForm } from './column-forms.js';

/**
 * The rows that a table can't hold although its server would not say so.
 * @returns by row: why, as a sentence without a full stop
 */
export function unstorable(cells: BatchCells, rows: Int32Array, forms: readonly ColumnForm[]): Map<number, string> {
  const problems = new Map<number, string>();
  for (const [position, form] of forms.entries()) {
    const problem = problemOf(cells, position, form);
    if (problem === undefined) continue;
    for (const row of rows) {
      const found = problem(row);
      if (found !== undefined && !problems.has(row)) problems.set(row, found);
    }
  }
  return problems;
}

function problemOf(
  cells: BatchCells,
  position: number,
  { form, column: { name, dataType, declared }, instants }: ColumnForm,
): ((row: number) => string | undefined) | undefined {
  const column = cells.column(position);
  if (column.kind === 'float64' && form === 'double') {
    const { values, nulls } = column;
    return (row) =>
      Number.isFinite(values[row]) || nulls?.[row] === 1
        ? undefined
        : `column ${name} is ${declared}, which holds no ${values[row]}`;
  }
  if (column.kind === 'time' && form === 'instant') {
    return (row) => (column.nulls?.[row] === 1 ? undefined : instants.problem(column, row));
  }
  if (dataType === 'char') {
    return (row) =>
      String(valueAt(column, row)).endsWith(' ')
        ? `column ${name} is ${declared}, which drops spaces at the end`
        : undefined;
  }
  return undefined;
}
