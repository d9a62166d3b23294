import type { Batch } from './batch.js';
import type { Column } from './columns.js';
import { formatTime } from './time/format-time.js';
import type { Row, Value } from './value.js';

/** One value of a column as JavaScript has it; times as the text or number that they came as. */
export function valueAt(column: Column, row: number): Value {
  if (column.nulls !== undefined && column.nulls[row] === 1) return null;
  switch (column.kind) {
    case 'dictionary':
      return column.dictionary.text(column.ids[row] ?? -1);
    case 'time':
      return formatTime(column.millis[row] ?? Number.NaN, column.forms?.[row] ?? column.form, column.zone);
    case 'float64':
      return column.values[row] ?? null;
    case 'int64': {
      const value = column.values[row] ?? 0n;
      const double = Number(value);
      return Number.isSafeInteger(double) ? double : value;
    }
    case 'bool':
      return column.values[row] === 1;
    case 'bytes':
      return column.buffer.slice(column.starts[row], column.ends[row]);
    case 'encoded':
      return column.decode(column.buffer.subarray(column.starts[row], column.ends[row]));
  }
}

/** The selected rows of a batch as objects, by column path: for tables, stores' slow paths and tests. */
export function* rowsOf(batch: Batch): Generator<Row> {
  const columns = [...batch.columns];
  const count = batch.selection?.length ?? batch.length;
  for (let at = 0; at < count; at++) {
    const row = batch.selection?.[at] ?? at;
    yield Object.fromEntries(columns.map(([path, column]) => [path, valueAt(column, row)]));
  }
}
