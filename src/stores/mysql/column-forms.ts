import { bug } from '../../records/errors.js';
import type { Field, FieldType, RecordSchema } from '../../records/schema.js';
import { isScalar } from '../../records/schema.js';
import type { Value } from '../../records/value.js';
import { decimalBytes } from '../decimals.js';
import type { SqlValue } from '../sql-value.js';
import { decimalDigits } from './column-types.js';
import type { Cell } from './connection.js';
import type { ExistingColumn } from './existing-table.js';
import { Instants } from './instants.js';
import { quoteName } from './sql-text.js';

/** How values are in a column, whatever its exact type. */
export type Form = 'text' | 'whole' | 'double' | 'decimal' | 'bytes' | 'instant' | 'period';

/** A column of a table for the values of a field. */
export interface ColumnForm {
  readonly form: Form;
  readonly column: ExistingColumn;
  readonly instants: Instants;
  /** What reads it in a query, under a name that says whether bytes are wanted. */
  select(place: number): string;
  /** What a cell of that query means. */
  read(cell: Cell): SqlValue;
}

const WHOLE = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year', 'bit']);
const TEXT = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set', 'json', 'time']);
const DATES = new Set(['date', 'datetime', 'timestamp']);

export function columnForm(schema: RecordSchema, field: Field, path: string, column: ExistingColumn): ColumnForm {
  const form = formOf(schema, field, path, column);
  const instants = new Instants(column);
  const name = quoteName(column.name);
  return {
    form,
    column,
    instants,
    select(place) {
      if (form === 'bytes') return `${name} AS b${place}`;
      // A float is written with six digits unless it is made a double, and bytes of a text come without a conversion.
      if (column.dataType === 'float') return `${name} + 0e0 AS c${place}`;
      if (column.dataType === 'bit') return `${name} + 0 AS c${place}`;
      if (form === 'text' && isBinary(column)) return `CONVERT(${name} USING utf8mb4) AS c${place}`;
      return `${name} AS c${place}`;
    },
    read(cell) {
      if (cell === null || typeof cell !== 'string') return cell;
      switch (form) {
        case 'whole':
          return wholeOf(cell);
        case 'double':
          return Number(cell);
        case 'decimal':
          return decimalOf(field.type, cell) ?? cell;
        case 'instant':
          return instants.read(cell);
        case 'period':
          return schema.derived?.period === 'hourly' ? cell.replace(' ', 'T').slice(0, -6) : cell.slice(0, 10);
        default:
          return cell;
      }
    },
  };
}

/** A decimal as a table gives it back: in as few bytes as it takes. */
export function keptDecimal(type: FieldType, value: Value, text: string): Value {
  return decimalOf(type, text) ?? value;
}

/** Whether a column gives back what is put into it, or refuses it. */
export function keeps(schema: RecordSchema, field: Field, path: string, column: ExistingColumn): boolean {
  const { type } = field;
  const { dataType } = column;
  switch (formOf(schema, field, path, column)) {
    case 'text':
      if (dataType === 'set' || dataType === 'time') return false;
      if (dataType === 'json') return !isScalar(type);
      return dataType !== 'binary' && isTextual(type);
    case 'whole':
      return ['boolean', 'int', 'long'].includes(type.kind) && dataType !== 'year';
    case 'double':
      return type.kind === 'float' || (dataType === 'double' && ['double', 'int'].includes(type.kind));
    case 'decimal': {
      if (type.kind === 'int' || type.kind === 'long') return true;
      const digits = decimalDigits(type);
      return digits !== undefined && digits.scale <= column.scale;
    }
    case 'bytes':
      return dataType !== 'binary' || (type.kind === 'fixed' && column.declared === `binary(${type.size})`);
    case 'instant':
      return schema.time?.path === path && schema.time.unit === 'iso' && dataType !== 'date';
    case 'period':
      return true;
  }
}

function formOf(schema: RecordSchema, { type }: Field, path: string, column: ExistingColumn): Form {
  const { dataType } = column;
  if (WHOLE.has(dataType)) return 'whole';
  if (dataType === 'float' || dataType === 'double') return 'double';
  if (dataType === 'decimal') return 'decimal';
  if (DATES.has(dataType)) {
    const { periodField, period } = schema.derived ?? {};
    const isPeriod = periodField === path && (period === 'daily' || (period === 'hourly' && dataType !== 'date'));
    return isPeriod ? 'period' : 'instant';
  }
  return TEXT.has(dataType) || isTextual(type) ? 'text' : 'bytes';
}

function isTextual(type: FieldType): boolean {
  return type.kind === 'string' || type.kind === 'enum' || !isScalar(type);
}

function isBinary({ dataType }: ExistingColumn): boolean {
  return !TEXT.has(dataType);
}

function wholeOf(digits: string): SqlValue {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

function decimalOf(type: FieldType, text: string): SqlValue | undefined {
  const digits = decimalDigits(type);
  if (digits !== undefined) return decimalBytes(text, digits, type.kind === 'fixed' ? type.size : undefined);
  if (type.kind === 'string') return text;
  return /\./.test(text) && !/\.0*$/.test(text) ? Number(text) : wholeOf(text.replace(/\..*/, ''));
}

/** The type of a field that a column gives by itself. */
export function typeOf({ dataType, scale, precision }: ExistingColumn): FieldType {
  if (WHOLE.has(dataType)) return { kind: 'long' };
  if (dataType === 'float' || dataType === 'double') return { kind: 'double' };
  // A double gives 15 decimal digits back.
  if (dataType === 'decimal') return { kind: scale === 0 ? 'long' : precision <= 15 ? 'double' : 'string' };
  return { kind: TEXT.has(dataType) || DATES.has(dataType) ? 'string' : 'bytes' };
}

/** The columns of a plan in a table that has them all. */
export function formsOf(
  schema: RecordSchema,
  columns: readonly { readonly path: string; readonly name: string; readonly field: Field }[],
  existing: readonly ExistingColumn[],
): ColumnForm[] {
  return columns.map(({ path, name, field }) => {
    const found = existing.find((one) => one.name.toLowerCase() === name.toLowerCase());
    return columnForm(schema, field, path, found ?? bug(`no column ${name}`));
  });
}
