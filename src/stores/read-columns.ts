import { UsageError } from '../records/errors.js';
import { fallbackOf } from '../records/fit-value.js';
import type { Field, RecordSchema } from '../records/schema.js';
import { POSITIONS_TABLE } from './row-positions.js';
import { columnNames } from './table-plan.js';

/** A field of the rows and the column that it is read from; without one it gets its default. */
export interface ReadColumn {
  readonly field: Field;
  readonly name?: string;
}

/** What a table is called and has. */
interface TableToRead {
  readonly name: string;
  readonly isView: boolean;
  readonly columns: readonly { readonly name: string }[];
}

/**
 * Where the fields of a schema are in a table: under the column's name in the schema's annotation, else under their
 * own.
 * @param database what errors call the database
 * @throws UsageError where a field that needs a value has no column
 */
export function readColumns(schema: RecordSchema, table: TableToRead, database: string): ReadColumn[] {
  const name = columnNames(schema, table.name);
  return schema.fields.map((field) => {
    const found = findColumn(table, name(field.name)) ?? findColumn(table, field.name);
    if (found !== undefined) return { field, name: found.name };
    if (fallbackOf(field) !== undefined) return { field };
    throw new UsageError(
      `${table.isView ? 'view' : 'table'} ${table.name} in ${database} has no column ${name(field.name)} for field ${field.name} of schema ${schema.name}`,
      `It has ${table.columns.map((column) => column.name).join(', ')}. Name the schema that fits it with --schema.`,
    );
  });
}

function findColumn({ columns }: TableToRead, name: string): { readonly name: string } | undefined {
  return columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}

/**
 * The table to read: the one that is named, or the only one that has rows of the user's.
 * @param names the tables that there are
 * @param uri the database's, without #TABLE
 * @throws UsageError where none is named and there is not one
 */
export function tableToRead(
  names: readonly string[],
  named: string | undefined,
  database: string,
  uri: string,
): string {
  const rows = names.filter((name) => name !== POSITIONS_TABLE);
  const [only] = rows;
  const wanted = named ?? (rows.length === 1 ? only : undefined);
  if (wanted !== undefined) return wanted;
  const what = rows.length === 0 ? 'has no table' : `has ${rows.length} tables`;
  throw new UsageError(`${database} ${what} and none is named`, `${listOf(rows)} Name one: ${uri}#TABLE`);
}

/** The tables that there are, as a sentence. */
export function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'It has no tables.' : `It has ${names.join(', ')}.`;
}
