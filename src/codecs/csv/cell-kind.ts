import { admitsNull } from '../../records/schema.js';
import type { FieldPlace } from './field-place.js';

/** How a column's cells are read. */
export type CellKind = 'text' | 'time' | 'integer' | 'number' | 'bool' | 'enum' | 'json';

/** What an empty cell is. `hole`: nothing, which is right only where the whole nullable record around it is empty. */
export type EmptyCell = 'refused' | 'null' | 'default' | 'text' | 'hole';

export function cellKind({ field, timeUnit }: FieldPlace): CellKind {
  switch (field.type.kind) {
    case 'string':
      return timeUnit === undefined ? 'text' : 'time';
    case 'int':
    case 'long':
      return timeUnit === undefined ? 'integer' : 'number';
    case 'float':
    case 'double':
      return 'number';
    case 'boolean':
      return 'bool';
    case 'enum':
      return 'enum';
    default:
      return 'json';
  }
}

export function emptyCell(place: FieldPlace): EmptyCell {
  const { field, nullableParents } = place;
  if (field.nullable || admitsNull(field.type)) return 'null';
  if (field.fallback !== undefined) return 'default';
  if (cellKind(place) === 'text') return 'text';
  return nullableParents.length > 0 ? 'hole' : 'refused';
}
