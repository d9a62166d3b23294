import { bug } from '../../records/errors.js';
import type { FieldType } from '../../records/schema.js';
import { MAX_TIME_BYTES } from '../../records/time/format-time.js';
import { KEY_SUFFIX, mayBeNull, type PlannedColumn, type TablePlan } from '../table-plan.js';
import type { Server } from './session.js';
import { quoteName } from './sql-text.js';

/** What InnoDB takes in a key, in bytes. */
const KEY_BYTES = 3072;
const LONGEST_KEY = 255;
/** Characters of a period's label: hours of a year of six digits have 16. */
const PERIOD_LENGTH = 16;
const MOST_DIGITS = 65;
const MOST_SCALE = 30;

/**
 * The type of each column of a table that is made. Times are kept as the text that they came as, nested values as JSON
 * text, bools as 0 and 1. Texts are compared as their UTF-8 bytes. Texts and bytes of a key share what a key takes.
 */
export function columnTypes(plan: TablePlan, server: Server): string[] {
  const inKey = new Set(plan.primaryKey);
  const fixed = [...inKey].reduce((sum, position) => sum + (fixedBytes(plan, position) ?? 0), 0);
  const open = [...inKey].filter((position) => fixedBytes(plan, position) === undefined).length;
  const share = open === 0 ? 0 : Math.min(LONGEST_KEY, Math.floor((KEY_BYTES - fixed) / open / 4) - 4);
  const text = (length?: number): string =>
    `${length === undefined ? 'LONGTEXT' : `VARCHAR(${length})`} CHARACTER SET utf8mb4 COLLATE ${server.collation}`;
  return plan.columns.map((column, position) => {
    const { type } = column.field;
    const number = numberType(type);
    if (number !== undefined) return number;
    if (type.kind === 'bytes' || type.kind === 'fixed') return inKey.has(position) ? `VARBINARY(${share})` : 'LONGBLOB';
    return text(knownLength(plan, column) ?? (inKey.has(position) ? share : undefined));
  });
}

/** The definitions of a table that is made. */
export function createStatement(plan: TablePlan, server: Server): string {
  const types = columnTypes(plan, server);
  const columns = plan.columns.map((column, position) => definition(column, types[position]));
  const key = keyColumns(plan);
  const extra = plan.primaryKey.flatMap((position) => {
    const { field, name } = plan.columns[position];
    return mayBeNull(field) ? [keyColumnSql(name, plan.primaryKey.length, server)] : [];
  });
  const isPrimary = extra.length === 0;
  const keySql = `${isPrimary ? 'PRIMARY KEY' : `UNIQUE KEY ${quoteName(`${plan.name}_key`)}`} (${key.map(quoteName).join(', ')})`;
  const parts = [...columns, ...extra, ...(key.length === 0 ? [] : [keySql])];
  return `CREATE TABLE IF NOT EXISTS ${quoteName(plan.name)} (${parts.join(', ')}) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`;
}

/**
 * The columns of the unique key. Since null is no null's equal there, a column that may be null has another one beside
 * it, which the server fills: `=` and the value, or nothing for null.
 */
export function keyColumns(plan: TablePlan): string[] {
  return plan.primaryKey.map((position) => {
    const { field, name } = plan.columns[position];
    return mayBeNull(field) ? name + KEY_SUFFIX : name;
  });
}

/** What that other column holds for a value. */
export function orNothing(value: string): string {
  return `IFNULL(CONCAT('=', ${value}), '')`;
}

export function definition({ name, field }: PlannedColumn, type: string): string {
  return `${quoteName(name)} ${type}${mayBeNull(field) ? ' NULL' : ' NOT NULL'}`;
}

/** The digits of a decimal that a DECIMAL column holds; undefined where none does, or the type is none. */
export function decimalDigits(type: FieldType): { readonly precision: number; readonly scale: number } | undefined {
  if (type.kind !== 'bytes' && type.kind !== 'fixed') return undefined;
  const { decimal } = type;
  return decimal !== undefined && decimal.precision <= MOST_DIGITS && decimal.scale <= MOST_SCALE ? decimal : undefined;
}

function keyColumnSql(name: string, columns: number, server: Server): string {
  const hidden = server.hidesColumns ? ' INVISIBLE' : '';
  const value = orNothing(quoteName(name));
  return `${quoteName(name + KEY_SUFFIX)} VARBINARY(${Math.min(LONGEST_KEY * 4 + 1, Math.floor(KEY_BYTES / columns) - 8)}) GENERATED ALWAYS AS (${value}) VIRTUAL${hidden}`;
}

function numberType(type: FieldType): string | undefined {
  const decimal = decimalDigits(type);
  if (decimal !== undefined) return `DECIMAL(${decimal.precision},${decimal.scale})`;
  switch (type.kind) {
    case 'boolean':
      return 'BOOLEAN';
    case 'int':
      return 'INT';
    case 'long':
      return 'BIGINT';
    case 'float':
    case 'double':
      return 'DOUBLE';
    default:
      return undefined;
  }
}

/** The longest text of a time or a period. */
function knownLength({ schema }: TablePlan, { path, field }: PlannedColumn): number | undefined {
  if (field.type.kind !== 'string') return undefined;
  if (schema.derived?.periodField === path) return PERIOD_LENGTH;
  return schema.time?.path === path ? MAX_TIME_BYTES : undefined;
}

/** What a column takes of a key; undefined where it takes a share of the rest. */
function fixedBytes(plan: TablePlan, position: number): number | undefined {
  const column = plan.columns[position] ?? bug(`no column ${position}`);
  const length = knownLength(plan, column);
  if (length !== undefined) return length * 4 + 4;
  return numberType(column.field.type) === undefined ? undefined : 32;
}
