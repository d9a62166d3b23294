import { KEY_SUFFIX } from '../table-plan.js';
import type { Cell, Connection } from './connection.js';
import { quoteText } from './sql-text.js';

/** A column as information_schema has it. */
export interface ExistingColumn {
  readonly name: string;
  /** `varchar`, `bigint`, … */
  readonly dataType: string;
  /** As it is declared: `varchar(100)`, `int(10) unsigned`. */
  readonly declared: string;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly generated: boolean;
  /** Made by freshet beside a key that may be null. */
  readonly hidden: boolean;
  /** Of texts. */
  readonly charset?: string;
  readonly collation?: string;
  /** Digits behind the point, of decimals and of seconds. */
  readonly scale: number;
  readonly precision: number;
}

/** A unique key: its columns in order. */
export interface ExistingKey {
  readonly name: string;
  readonly columns: readonly string[];
  /** Only a part of a text is in the key. */
  readonly isPartial: boolean;
}

export interface ExistingTable {
  readonly name: string;
  readonly isView: boolean;
  readonly columns: readonly ExistingColumn[];
  readonly keys: readonly ExistingKey[];
}

/** The names of the database's tables and views, in order. */
export async function tableNames(connection: Connection): Promise<string[]> {
  const rows = await connection.select(
    'SELECT TABLE_NAME AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME',
  );
  return rows.map(([name]) => String(name));
}

/** What the database has under a name; undefined where it has nothing. Its server decides whether case matters. */
export async function existingTable(connection: Connection, table: string): Promise<ExistingTable | undefined> {
  const [found] = await connection.select(
    `SELECT TABLE_NAME AS n, TABLE_TYPE AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${quoteText(table)}`,
  );
  if (found === undefined) return undefined;
  const name = String(found[0]);
  const where = `TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${quoteText(name)}`;
  const columns = await connection.select(
    `SELECT COLUMN_NAME AS c0, DATA_TYPE AS c1, COLUMN_TYPE AS c2, IS_NULLABLE AS c3, COLUMN_DEFAULT IS NOT NULL OR EXTRA LIKE '%auto_increment%' AS c4, EXTRA AS c5, CHARACTER_SET_NAME AS c6, COLLATION_NAME AS c7, COALESCE(DATETIME_PRECISION, NUMERIC_SCALE, 0) AS c8, COALESCE(NUMERIC_PRECISION, 0) AS c9 FROM information_schema.COLUMNS WHERE ${where} ORDER BY ORDINAL_POSITION`,
  );
  const keys = await connection.select(
    `SELECT INDEX_NAME AS c0, COLUMN_NAME AS c1, SUB_PART IS NOT NULL AS c2 FROM information_schema.STATISTICS WHERE ${where} AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX`,
  );
  return { name, isView: String(found[1]).includes('VIEW'), columns: columns.map(columnOf), keys: keysOf(keys) };
}

function columnOf(cells: readonly Cell[]): ExistingColumn {
  const [name, dataType, declared, nullable, hasDefault, extra, charset, collation, scale, precision] = cells;
  const generated = /GENERATED/i.test(String(extra)) && !/DEFAULT_GENERATED/i.test(String(extra));
  return {
    name: String(name),
    dataType: String(dataType).toLowerCase(),
    declared: String(declared),
    notNull: nullable === 'NO',
    hasDefault: hasDefault === '1',
    generated,
    hidden: generated && String(name).endsWith(KEY_SUFFIX),
    ...(charset === null ? {} : { charset: String(charset) }),
    ...(collation === null ? {} : { collation: String(collation) }),
    scale: Number(scale),
    precision: Number(precision),
  };
}

function keysOf(rows: readonly (readonly Cell[])[]): ExistingKey[] {
  const keys = new Map<string, { name: string; columns: string[]; isPartial: boolean }>();
  for (const [name, column, isPartial] of rows) {
    const key = keys.get(String(name)) ?? { name: String(name), columns: [], isPartial: false };
    keys.set(key.name, key);
    key.columns.push(String(column));
    key.isPartial ||= isPartial === '1';
  }
  return [...keys.values()];
}

/** True where a text column tells apart whatever differs in its bytes. */
export function comparesBytes({ dataType, collation }: ExistingColumn): boolean {
  if (collation === undefined) return !['char', 'binary'].includes(dataType);
  return collation === 'binary' || collation.endsWith('_nopad_bin') || collation === 'utf8mb4_0900_bin';
}
