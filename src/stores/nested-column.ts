import { type Batch, columnOf } from '../records/batch.js';
import type { Column } from '../records/columns.js';
import { batchFromRows } from '../records/row-batch.js';
import { valueAt } from '../records/rows.js';
import type { Zone } from '../records/time/zone.js';
import type { Row } from '../records/value.js';

/**
 * The column of a field inside of a nested record, from a batch that has the record as a whole. Only selected rows
 * have a value.
 */
export function nestedColumn(batch: Batch, path: string, zone: Zone): Column {
  const top = path.split('.')[0];
  const parent = columnOf(batch, top);
  const selected = batch.selection ?? Int32Array.from({ length: batch.length }, (_, row) => row);
  const rows: Row[] = [];
  if (selected.length > 0) {
    rows.length = batch.length;
    rows.fill({ [top]: valueAt(parent, selected[0]) });
    for (const row of selected) rows[row] = { [top]: valueAt(parent, row) };
  }
  return columnOf(batchFromRows(batch.schema, rows, { zone, paths: [path] }), path);
}
