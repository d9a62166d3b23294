import type { BatchCells } from '../batch-cells.js';
import type { RowStatements } from './row-statements.js';

/** Rows of one transaction: enough that agreeing on it costs little, few enough for a server's limits. */
const MOST_ROWS = 100;
const MOST_UNITS = 200_000;

/** Rows by the partition that they lie in, in the order in which they came. */
export function partitionsOf(
  cells: BatchCells,
  rows: Int32Array,
  statements: Pick<RowStatements, 'partitionOf'>,
): number[][] {
  const partitions = new Map<string, number[]>();
  for (const row of rows) {
    const partition = statements.partitionOf(cells, row);
    const those = partitions.get(partition);
    if (those === undefined) partitions.set(partition, [row]);
    else those.push(row);
  }
  return [...partitions.values()];
}

/** Rows as many at a time as one transaction takes. */
export function* chunksOf(cells: BatchCells, rows: readonly number[]): Generator<Int32Array> {
  let chunk: number[] = [];
  let units = 0;
  for (const row of rows) {
    const { length } = cells.row(row);
    if (chunk.length > 0 && (chunk.length === MOST_ROWS || units + length > MOST_UNITS)) {
      yield Int32Array.from(chunk);
      chunk = [];
      units = 0;
    }
    chunk.push(row);
    units += length;
  }
  if (chunk.length > 0) yield Int32Array.from(chunk);
}
