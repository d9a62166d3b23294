import { isScalar } from '../../records/schema.js';
import { mayBeNull, type TablePlan } from '../table-plan.js';
import type { ColumnForm } from './column-forms.js';
import { keyColumns, orNothing } from './column-types.js';
import { comparesBytes, type ExistingTable } from './existing-table.js';
import type { Server } from './session.js';
import { quoteName } from './sql-text.js';

/** Which order of the freshness column the server can judge by itself. */
export type FreshnessOrder = 'none' | 'value' | 'text of one form';

/** The statements of a newer-only upsert, but for their rows. */
export interface UpsertStatements {
  readonly order: FreshnessOrder;
  /** What stands before the rows of an insert. */
  readonly insert: string;
  /** Behind the rows: writes each in place of the one with its key. */
  readonly overwrite: string;
  /** Behind the rows: writes those that are new, and leaves what is there be; both are locked. */
  readonly reserve: string;
  /** Behind the rows: writes those that are new, or newer. @param form the form of stored texts, for LIKE */
  newer(form: string | undefined): string;
  /** Locks the rows of the keys in `list`, and reads their freshness, or all of them. */
  lookup(list: string, whole: boolean): string;
}

/** @param isGuarded see hasLooseKey() */
export function upsertStatements(
  plan: TablePlan,
  forms: readonly ColumnForm[],
  server: Server,
  isGuarded: boolean,
): UpsertStatements {
  const table = quoteName(plan.name);
  const names = plan.columns.map(({ name }) => quoteName(name));
  const key = new Set(plan.primaryKey);
  // The freshness comes last: assignments see what those before them have made.
  const others = names.map((_, position) => position).filter((at) => !key.has(at) && at !== plan.freshness);
  const assigned = [...others, ...(plan.freshness === undefined ? [] : [plan.freshness])];
  const guard = isGuarded ? plan.primaryKey.map((position) => sameBytes(names[position])) : [];
  const update = (conditions: readonly string[]): string => {
    const condition = conditions.join(' AND ');
    const sets = assigned.map((position) => {
      const name = names[position];
      return `${name} = ${condition === '' ? `VALUES(${name})` : `IF(${condition}, VALUES(${name}), ${name})`}`;
    });
    return ` ON DUPLICATE KEY UPDATE ${sets.join(', ') || nothing}`;
  };
  const nothing = `${names[plan.primaryKey[0] ?? 0]} = ${names[plan.primaryKey[0] ?? 0]}`;
  const reserve = ` ON DUPLICATE KEY UPDATE ${nothing}`;
  const fresh = plan.freshness === undefined ? undefined : names[plan.freshness];
  const order = orderOf(plan, forms);
  const all = forms.map((form, position) => form.select(position));
  const freshAlone = plan.freshness === undefined ? ['NULL AS c0'] : [all[plan.freshness]];
  const seek = (columns: readonly string[], list: string): string => {
    const given = plan.primaryKey.map((_, place) => `freshet_k${place}`);
    const pairs = plan.primaryKey.map((position, place) =>
      pairOf(plan, forms, position, `j.freshet_k${place}`, server),
    );
    return `WITH j (freshet_place, ${given.join(', ')}) AS (VALUES ${list}) SELECT ${['j.freshet_place AS place', ...columns].join(', ')} FROM j STRAIGHT_JOIN ${table} AS t ON ${pairs.join(' AND ')}`;
  };
  return {
    order,
    insert: `INSERT INTO ${table} (${names.join(', ')}) VALUES `,
    overwrite: update(guard),
    reserve,
    newer(form) {
      if (fresh === undefined || order === 'none') return assigned.length === 0 ? update(guard) : reserve;
      const newer = `VALUES(${fresh}) > ${fresh}`;
      return update([...guard, newer, ...(form === undefined ? [] : [`${fresh} LIKE '${form}'`])]);
    },
    lookup: (list, whole) => `${seek(whole ? all : freshAlone, list)} FOR UPDATE`,
  };
}

/** Deletes the rows of the keys in a list. @param key of keyPlan() @param forms of its columns */
export function deleteStatement(
  key: TablePlan,
  forms: readonly ColumnForm[],
  server: Server,
): (list: string) => string {
  const given = key.columns.map((_, place) => `freshet_k${place}`).join(', ');
  const pairs = key.columns.map((_, place) => pairOf(key, forms, place, `j.freshet_k${place}`, server));
  // MariaDB names the columns of VALUES in a WITH alone, and takes a WITH before SELECT alone.
  return (list) =>
    `DELETE t FROM (WITH k (${given}) AS (VALUES ${list}) SELECT ${given} FROM k) AS j STRAIGHT_JOIN ${quoteName(key.name)} AS t ON ${pairs.join(' AND ')}`;
}

/**
 * True where the server may take a row for another one's that differs from it in the bytes of its key: by a collation
 * that does not tell them apart, or by a unique key of other columns.
 */
export function hasLooseKey(plan: TablePlan, forms: readonly ColumnForm[], table: ExistingTable): boolean {
  const texts = plan.primaryKey.some((position) => !comparesBytes(forms[position].column));
  const ours = keyIn(plan, table);
  const stored = new Set(plan.columns.map(({ name }) => name.toLowerCase()));
  const others = table.keys.filter(
    (one) => one.name !== ours?.name && one.columns.some((column) => stored.has(column.toLowerCase())),
  );
  return texts || others.length > 0;
}

/** The unique key of a table that has just the plan's key columns; undefined where there is none. */
export function keyIn(plan: TablePlan, { keys, columns }: ExistingTable): ExistingTable['keys'][number] | undefined {
  const wanted = keyColumns(plan).map((name, place) => {
    const plain = plan.columns[plan.primaryKey[place]].name;
    const found = columns.find((one) => one.name.toLowerCase() === plain.toLowerCase());
    // A column that takes no null needs none beside it.
    return (found?.notNull ? plain : name).toLowerCase();
  });
  return keys.find(
    (one) =>
      !one.isPartial &&
      one.columns.length === wanted.length &&
      one.columns.every((column) => wanted.includes(column.toLowerCase())),
  );
}

function sameBytes(name: string): string {
  return `CAST(${name} AS BINARY) <=> CAST(VALUES(${name}) AS BINARY)`;
}

/** The condition by which a given value finds the row of its key, through the table's key. */
function pairOf(
  plan: TablePlan,
  forms: readonly ColumnForm[],
  position: number,
  value: string,
  server: Server,
): string {
  const { name, field } = plan.columns[position];
  const { form, column } = forms[position];
  const at = `t.${quoteName(name)}`;
  if (mayBeNull(field) && !column.notNull) {
    return `t.${quoteName(keyColumns(plan)[plan.primaryKey.indexOf(position)])} = CAST(${orNothing(value)} AS BINARY)`;
  }
  if (form === 'instant' || form === 'period') return `${at} = CAST(${value} AS DATETIME(6))`;
  if (form !== 'text') return `${at} = ${value}`;
  if (column.charset === undefined) return `${at} = CAST(${value} AS BINARY)`;
  if (column.collation === server.collation) return `${at} = ${value}`;
  const given = `CONVERT(${value} USING ${column.charset})`;
  const found = `${at} = ${given} COLLATE ${column.collation}`;
  return comparesBytes(column) ? found : `${found} AND CAST(${at} AS BINARY) = CAST(${given} AS BINARY)`;
}

function orderOf({ freshness, columns, schema }: TablePlan, forms: readonly ColumnForm[]): FreshnessOrder {
  if (freshness === undefined) return 'none';
  const { path, field } = columns[freshness];
  const { form, column } = forms[freshness];
  if (['whole', 'double', 'decimal', 'instant'].includes(form)) return 'value';
  if (schema.time?.path === path && schema.time.unit === 'iso') return 'text of one form';
  return isScalar(field.type) && field.type.kind !== 'enum' && comparesBytes(column) ? 'value' : 'none';
}
