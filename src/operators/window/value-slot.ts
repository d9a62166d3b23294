import type { Column } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import type { Field, FieldType, RecordSchema } from '../../records/schema.js';
import type { RowLayout } from './accumulator.js';
import { LongSlot } from './long-slot.js';
import { NumberSlot } from './number-slot.js';
import type { RowMemory } from './row-memory.js';
import { TextSlot } from './text-slot.js';
import { TimeSlot } from './time-slot.js';

/**
 * Room in each state's row for one value of a field, which is not null. Values are ordered as compareValues() orders
 * them: texts by their UTF-8 bytes, enums by place, NaN above every number, false before true.
 */
export interface ValueSlot {
  /** Whose rows `row` means from now on. */
  open(column: Column): void;
  /** The order of the value in a row of the column and the one that is kept: negative, 0 or positive. */
  compare(memory: RowMemory, at: number, row: number): number;
  /** Keeps the value in a row of the column. */
  put(memory: RowMemory, at: number, row: number): void;
  /** The order of the value kept at `from` of another memory and the one kept at `at`. */
  compareKept(memory: RowMemory, at: number, others: RowMemory, from: number): number;
  /** Keeps the value that is kept at `from` of another memory. */
  copy(memory: RowMemory, at: number, others: RowMemory, from: number): void;
  /** The values of these states as a column without nulls. */
  column(memory: RowMemory, rows: Int32Array, isKept: (at: number) => boolean): Column;
  /** The fields that a row of state has of it, where that is not one of the value's own type. */
  stateFields?(name: string): readonly Field[];
  /** Their columns, of the states at these rows. */
  stateColumns?(memory: RowMemory, rows: Int32Array): Column[];
  /** What open() takes, of such columns. */
  ofState?(columns: readonly Column[]): Column;
  /** Forgets values that none of the rows keeps, where it has many of them. */
  tidy?(memory: RowMemory, rows: () => Int32Array, isKept: (at: number) => boolean): void;
}

/** Room for a value of a field. */
export function valueSlot(schema: RecordSchema, path: string, type: FieldType, layout: RowLayout): ValueSlot {
  if (schema.time?.path === path) return new TimeSlot(layout);
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'double':
    case 'boolean':
      return new NumberSlot(layout);
    case 'long':
      return new LongSlot(layout);
    case 'string':
      return new TextSlot(layout);
    case 'enum':
      return new TextSlot(layout, type.symbols);
    default:
      return bug(`a value of ${path} can't be kept: it is a ${type.kind}`);
  }
}
