import { jsonText } from '../../records/json-text.js';
import type { Field, FieldType, RecordSchema } from '../../records/schema.js';
import { isScalar } from '../../records/schema.js';
import type { Value } from '../../records/value.js';
import { decimalBytes, decimalText } from '../decimals.js';
import type { SqlValue } from '../sql-value.js';
import type { PlannedColumn } from '../table-plan.js';
import type { Bound, Cell } from './client.js';

/** How values of a field go into a column and come out of it. */
export interface ColumnForm {
  /** What is bound for a value. */
  bind(value: Value): Bound;
  /** What a cell means; booleans are 0 and 1. */
  read(cell: Cell): SqlValue;
  /** What the table gives back of a value, where that is another one of the same meaning. */
  kept(value: Value): Value;
}

/**
 * The type of a column that is made: times that are text stay the text that they came as, those in milliseconds are
 * `timestamp`, nested values JSON text.
 */
export function cqlType(schema: RecordSchema, { path, field: { type } }: PlannedColumn): string {
  if (isMillis(schema, path)) return 'timestamp';
  if (decimalOf(type) !== undefined) return 'decimal';
  switch (type.kind) {
    case 'boolean':
    case 'int':
    case 'float':
    case 'double':
      return type.kind;
    case 'long':
      return 'bigint';
    case 'bytes':
    case 'fixed':
      return 'blob';
    default:
      return 'text';
  }
}

/** Whether a column of a type gives back what is put into it. */
export function keeps(schema: RecordSchema, column: PlannedColumn, type: string): boolean {
  const wants = cqlType(schema, column);
  if (type === wants) return true;
  switch (wants) {
    case 'text':
      return type === 'varchar';
    case 'int':
      return ['bigint', 'varint', 'double'].includes(type);
    case 'bigint':
      return type === 'varint';
    case 'timestamp':
      return type === 'bigint' || type === 'varint';
    case 'float':
      return type === 'double';
    case 'decimal':
      return type === 'blob';
    default:
      return false;
  }
}

/** @param type the column's */
export function columnForm(field: Field, type: string): ColumnForm {
  return { bind: binder(field.type, type), read: reader(field.type, type), kept: keeper(field.type, type) };
}

function binder(of: FieldType, type: string): ColumnForm['bind'] {
  const digits = decimalOf(of);
  return (value) => {
    if (value === null) return null;
    switch (type) {
      case 'bigint':
      case 'varint':
        return typeof value === 'number' ? BigInt(value) : asBound(value);
      case 'timestamp':
        return Number(value);
      case 'decimal':
        return value instanceof Uint8Array && digits !== undefined ? decimalText(value, digits) : String(value);
      case 'text':
      case 'varchar':
        return isScalar(of) ? String(value) : jsonText(value);
      default:
        return asBound(value);
    }
  };
}

function asBound(value: Value): Bound {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length);
  return typeof value === 'object' && value !== null ? jsonText(value) : value;
}

function reader(of: FieldType, type: string): ColumnForm['read'] {
  const digits = decimalOf(of);
  const size = of.kind === 'fixed' ? of.size : undefined;
  return (cell) => {
    if (typeof cell === 'boolean') return cell ? 1 : 0;
    if (type === 'varint' && of.kind === 'string' && cell !== null) return String(cell);
    if (typeof cell === 'bigint') return Number.isSafeInteger(Number(cell)) ? Number(cell) : cell;
    if (type === 'decimal' && digits !== undefined && typeof cell === 'string') {
      return decimalBytes(cell, digits, size) ?? cell;
    }
    if (cell === 'null' && typeOf(type).sql === 'json') return null;
    // A table's time as a field that is text: of a schema that the table itself gives.
    if (type === 'timestamp' && of.kind === 'string' && typeof cell === 'number') return new Date(cell).toISOString();
    return cell;
  };
}

/** A decimal comes back in as few bytes as it takes. */
function keeper(of: FieldType, type: string): ColumnForm['kept'] {
  const digits = type === 'decimal' ? decimalOf(of) : undefined;
  if (digits === undefined) return (value) => value;
  const size = of.kind === 'fixed' ? of.size : undefined;
  return (value) =>
    value instanceof Uint8Array ? (decimalBytes(decimalText(value, digits), digits, size) ?? value) : value;
}

function decimalOf(type: FieldType): { readonly scale: number } | undefined {
  return type.kind === 'bytes' || type.kind === 'fixed' ? type.decimal : undefined;
}

function isMillis({ time }: RecordSchema, path: string): boolean {
  return time?.path === path && time.unit === 'ms';
}

/** What reads a column whose type is not known to any schema, and the type of the field that it gives. */
export function typeOf(type: string): {
  readonly kind: 'boolean' | 'long' | 'double' | 'bytes' | 'string';
  readonly sql?: 'text' | 'json';
} {
  switch (type) {
    case 'boolean':
      return { kind: 'boolean' };
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'counter':
      return { kind: 'long' };
    case 'float':
    case 'double':
      return { kind: 'double' };
    case 'blob':
      return { kind: 'bytes' };
    case 'text':
    case 'varchar':
    case 'ascii':
    case 'timestamp':
      return { kind: 'string' };
    case 'varint':
    case 'decimal':
    case 'uuid':
    case 'timeuuid':
    case 'inet':
    case 'date':
    case 'time':
      return { kind: 'string', sql: 'text' };
    default:
      return { kind: 'string', sql: 'json' };
  }
}
