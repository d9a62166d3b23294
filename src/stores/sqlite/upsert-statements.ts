import type { TablePlan } from '../table-plan.js';
import { keyExpressions, orStandIn, sqlType } from './create-table.js';
import { quoteName } from './database.js';

/**
 * The statements of a newer-only upsert. Each takes rows as ?1, one JSON text: [[cell, …], …] in the order of the
 * plan's columns, or of its primary key. Everything is compared as bytes, whatever the collation of the columns.
 */
export interface UpsertStatements {
  /** Writes each row, in place of the one with its key. */
  readonly overwrite: string;
  /** Writes rows that are new, or newer by SQLite's order of the freshness column; ?2 is the form of stored texts. */
  readonly newer: string;
  /** Adds each row to the others. */
  readonly append: string;
  /** The rows whose key is there: `place` in the list of keys, and the stored freshness, `fresh`. */
  readonly lookup: string;
  /** Of rows, those that differ from the stored row of their key: `place`, and the stored columns c0, c1, …. */
  readonly differing: string;
}

/** Which order of the freshness column SQLite can judge by itself. */
export type FreshnessOrder = 'none' | 'value' | 'text of one form';

export function upsertStatements(plan: TablePlan, order: FreshnessOrder): UpsertStatements {
  const table = `main.${quoteName(plan.name)}`;
  const names = plan.columns.map(({ name }) => quoteName(name));
  const isBlob = (position: number): boolean => sqlType(plan.columns[position].field.type) === 'BLOB';
  const cells = names.map((_, position) => cellAt(position, isBlob(position)));
  const append = `INSERT INTO ${table} AS t (${names.join(', ')}) SELECT ${cells.join(', ')} FROM json_each(?1) AS j`;
  const key = new Set(plan.primaryKey);
  const others = names.filter((_, position) => !key.has(position));
  const sets = others.map((name) => `${name} = excluded.${name}`).join(', ');
  const target = keyExpressions(plan).map((one) => `${one} COLLATE BINARY`);
  // "WHERE true" tells the parser that ON CONFLICT belongs to the insert and not to a join.
  const upsert = `${append} WHERE true ON CONFLICT (${target.join(', ')}) DO `;
  const overwrite = sets === '' ? `${upsert}NOTHING` : `${upsert}UPDATE SET ${sets}`;
  const fresh = plan.freshness === undefined ? 'NULL' : `t.${names[plan.freshness]}`;
  const seek = (cellOfKey: (place: number) => string): string => {
    const values = plan.primaryKey.map((position, place) => orStandIn(cellOfKey(place), plan.columns[position]));
    const pairs = keyExpressions(plan, 't.').map((one, place) => `${one} = ${values[place]} COLLATE BINARY`);
    // CROSS JOIN keeps the order of the tables: each of the rows is looked up by its key.
    return `FROM json_each(?1) AS j CROSS JOIN ${table} AS t WHERE ${pairs.join(' AND ')}`;
  };
  const same = others.map((name) => `t.${name} IS ${cells[names.indexOf(name)]} COLLATE BINARY`);
  const byKey = seek((place) => cellAt(place, isBlob(plan.primaryKey[place])));
  const byRow = seek((place) => cells[plan.primaryKey[place]]);
  const stored = names.map((name, position) => `t.${name} AS c${position}`);
  return {
    append,
    overwrite,
    newer: sets === '' ? overwrite : `${overwrite}${newerCondition(plan, order)}`,
    lookup: `SELECT j.key AS place, ${fresh} AS fresh ${byKey}`,
    differing: `SELECT j.key AS place, ${stored.join(', ')} ${byRow} AND NOT (${['true', ...same].join(' AND ')})`,
  };
}

/** Deletes the rows of a key, which is ?1: a JSON array of the cells of keyPlan(). */
export function deleteStatement(key: TablePlan): string {
  const pairs = keyExpressions(key).map((expression, place) => {
    const column = key.columns[place];
    const cell = `(?1 ->> ${place})`;
    return `${expression} = ${orStandIn(sqlType(column.field.type) === 'BLOB' ? `unhex(${cell})` : cell, column)} COLLATE BINARY`;
  });
  return `DELETE FROM main.${quoteName(key.name)} WHERE ${pairs.join(' AND ')}`;
}

function newerCondition(plan: TablePlan, order: FreshnessOrder): string {
  if (plan.freshness === undefined || order === 'none') return ' WHERE false';
  const name = quoteName(plan.columns[plan.freshness].name);
  const newer = ` WHERE excluded.${name} > t.${name} COLLATE BINARY`;
  return order === 'value' ? newer : `${newer} AND t.${name} GLOB ?2`;
}

function cellAt(position: number, isBlob: boolean): string {
  return isBlob ? `unhex(j.value ->> ${position})` : `(j.value ->> ${position})`;
}
