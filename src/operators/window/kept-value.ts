import type { Column } from '../../records/columns.js';
import type { Field, FieldType } from '../../records/schema.js';
import type { RowMemory } from './row-memory.js';
import type { ValueSlot } from './value-slot.js';

/** Whether the state at a row has a value. */
type IsKept = (at: number) => boolean;

/** The values of a slot; null where none is kept. */
export function keptColumn(slot: ValueSlot, memory: RowMemory, rows: Int32Array, isKept: IsKept): Column {
  return withNulls(slot.column(memory, rows, isKept), rows, isKept);
}

/** The fields that a row of state has of a slot; the first is null where none is kept. */
export function keptFields(slot: ValueSlot, name: string, type: FieldType): readonly Field[] {
  return slot.stateFields?.(name) ?? [{ name, type, nullable: true, nullBranch: 0 }];
}

/** Their columns. */
export function keptColumns(slot: ValueSlot, memory: RowMemory, rows: Int32Array, isKept: IsKept): Column[] {
  const [first, ...others] = slot.stateColumns?.(memory, rows) ?? [slot.column(memory, rows, isKept)];
  return first === undefined ? [] : [withNulls(first, rows, isKept), ...others];
}

/**
 * Puts back what keptColumns() gave.
 * @param kept told of each state that has a value
 */
export function restoreKept(
  slot: ValueSlot,
  memory: RowMemory,
  rows: Int32Array,
  columns: readonly Column[],
  kept: (at: number, row: number) => void,
): void {
  const [first] = columns;
  if (first === undefined) return;
  slot.open(slot.ofState?.(columns) ?? first);
  for (let row = 0; row < rows.length; row++) {
    if (first.nulls?.[row] === 1) continue;
    slot.put(memory, rows[row], row);
    kept(rows[row], row);
  }
}

function withNulls(column: Column, rows: Int32Array, isKept: IsKept): Column {
  return rows.every(isKept) ? column : { ...column, nulls: Uint8Array.from(rows, (at) => (isKept(at) ? 0 : 1)) };
}
