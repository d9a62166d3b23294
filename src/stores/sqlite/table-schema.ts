import type { Field, FieldType, RecordSchema } from '../../records/schema.js';
import { quoteName, type SqliteDatabase } from './database.js';
import { affinity, type ExistingColumn, type ExistingTable } from './existing-table.js';

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
