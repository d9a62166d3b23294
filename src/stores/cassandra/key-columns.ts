import { bug } from '../../records/errors.js';
import type { BatchCells } from '../batch-cells.js';
import type { TablePlan } from '../table-plan.js';
import { cellText } from './cell-texts.js';
import type { Bound } from './client.js';
import { type ColumnForm, columnForm } from './column-form.js';
import { quoteName } from './cql-text.js';
import { isGuarded, keyColumn } from './create-table.js';
import { type ExistingColumn, type ExistingTable, keyOf } from './existing-table.js';

/** What stands in a key for null, which no value does: those have a = in front. */
const NULL_KEY = '-';

/** A column of a table's primary key. */
export interface KeyColumn extends Pick<ExistingColumn, 'name' | 'kind'> {
  /** The plan's column that it is of. */
  readonly position: number;
  readonly isGuarded: boolean;
}

/** The columns that a plan's have in a table: their names in quotes, and their forms. */
export function columnsIn(
  { columns }: ExistingTable,
  plan: TablePlan,
): { readonly names: readonly string[]; readonly forms: readonly ColumnForm[] } {
  const found = plan.columns.map(({ name, field }) => {
    const column = columns.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? bug(`no column ${name}`);
    return { name: quoteName(column.name), form: columnForm(field, column.declared) };
  });
  return { names: found.map(({ name }) => name), forms: found.map(({ form }) => form) };
}

/** The columns of a table's primary key that are of a plan's, in order. */
export function keyColumnsOf(table: ExistingTable, plan: TablePlan): KeyColumn[] {
  return keyOf(table).flatMap(({ name, kind }) => {
    const position = plan.primaryKey.find((at) => keyColumn(plan, at).toLowerCase() === name.toLowerCase());
    return position === undefined ? [] : [{ name, kind, position, isGuarded: isGuarded(plan, position) }];
  });
}

/** What a row has in a column of the key. @param forms of the plan's columns */
export function keyBound(
  { position, isGuarded: guarded }: KeyColumn,
  forms: readonly ColumnForm[],
  cells: BatchCells,
  row: number,
): Bound {
  const value = cells.value(position, row);
  if (!guarded) return forms[position].bind(value);
  return value === null ? NULL_KEY : `=${typeof value === 'string' ? value : cellText(value)}`;
}

/** What a row has in columns of the key, as a text that tells rows of a batch apart. */
export function textOf(columns: readonly KeyColumn[], cells: BatchCells, row: number): string {
  return columns.map(({ position }) => cellText(cells.value(position, row))).join(',');
}

/** The condition that columns are what is bound. */
export function equal(columns: readonly { readonly name: string }[]): string {
  return columns.map(({ name }) => `${quoteName(name)} = ?`).join(' AND ');
}
