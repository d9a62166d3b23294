import { UsageError } from '../../records/errors.js';
import { fallbackOf } from '../../records/fit-value.js';
import type { Field, FieldType, RecordSchema } from '../../records/schema.js';
import { columnNames } from '../table-plan.js';
import { quoteName, type SqliteDatabase } from './database.js';
import { affinity, type ExistingColumn, type ExistingTable } from './existing-table.js';

/** A field of the rows and the column that it is read from; without one it gets its default. */
export interface ReadColumn {
  readonly field: Field;
  readonly name?: string;
}

/**
 * Where the fields of a schema are in a table: under the column's name in the schema's annotation, else under their
 * own.
 * @throws UsageError where a field that needs a value has no column
 */
export function readColumns(schema: RecordSchema, table: ExistingTable, file: string): ReadColumn[] {
  const name = columnNames(schema, table.name);
  return schema.fields.map((field) => {
    const found = findColumn(table, name(field.name)) ?? findColumn(table, field.name);
    if (found !== undefined) return { field, name: found.name };
    if (fallbackOf(field) !== undefined) return { field };
    throw new UsageError(
      `${table.isView ? 'view' : 'table'} ${table.name} in ${file} has no column ${name(field.name)} for field ${field.name} of schema ${schema.name}`,
      `It has ${table.columns.map((column) => column.name).join(', ')}. Name the schema that fits it with --schema.`,
    );
  });
}

/**
 * The type of a table's rows as its columns tell it: fields of the columns' names in their order, the primary key as
 * key. Of a column whose declared type does not decide what is in it, the stored values do.
 */
export function schemaOfTable(database: SqliteDatabase, table: ExistingTable): RecordSchema {
  const fields = table.columns.map((column): Field => {
    const nullable = !column.notNull && !(column.keyPlace > 0 && table.withoutRowid);
    return { name: column.name, type: typeOf(database, table, column), nullable, nullBranch: 0 };
  });
  const key = table.columns.filter(({ keyPlace }) => keyPlace > 0).sort((a, b) => a.keyPlace - b.keyPlace);
  return { name: table.name, fields, key: key.map(({ name }) => name), tables: {} };
}

function typeOf(database: SqliteDatabase, table: ExistingTable, column: ExistingColumn): FieldType {
  switch (affinity(column.declared)) {
    case 'TEXT':
      return { kind: 'string' };
    case 'INTEGER':
      return { kind: 'long' };
    case 'REAL':
      return { kind: 'double' };
    default: {
      const [types] = database.select(
        `SELECT DISTINCT typeof(${quoteName(column.name)}) AS type FROM main.${quoteName(table.name)}`,
        ['type'],
      );
      return commonType(new Set(types));
    }
  }
}

/** The type that holds all values; where text and numbers are mixed, the texts win and the others do not fit. */
function commonType(types: ReadonlySet<unknown>): FieldType {
  if (types.has('text')) return { kind: 'string' };
  if (types.has('blob')) return { kind: 'bytes' };
  if (types.has('real')) return { kind: 'double' };
  return types.has('integer') ? { kind: 'long' } : { kind: 'string' };
}

function findColumn(table: ExistingTable, name: string): ExistingColumn | undefined {
  return table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}
