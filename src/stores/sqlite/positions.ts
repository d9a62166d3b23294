import type { SharedTopics } from '../../endpoints/endpoint.js';
import { Overtaken } from '../../records/errors.js';
import {
  type IdentifiedPartition,
  identified,
  nameOf,
  noPositions,
  POSITIONS_TABLE,
  RowPositions,
  type Step,
  type StoredPosition,
} from '../row-positions.js';
import type { SqlValue } from '../sql-value.js';
import type { SqliteDatabase } from './database.js';
import { existingTable } from './existing-table.js';
import type { KeptFile } from './kept-file.js';

const TABLE = `main.${POSITIONS_TABLE}`;
const CREATE = `CREATE TABLE IF NOT EXISTS ${POSITIONS_TABLE} (table_name TEXT NOT NULL, group_name TEXT NOT NULL, topic TEXT NOT NULL, topic_id TEXT NOT NULL, partition INTEGER NOT NULL, next_offset INTEGER NOT NULL, next_row INTEGER NOT NULL, resets INTEGER NOT NULL, refused TEXT, PRIMARY KEY (table_name, group_name, topic_id, partition))`;
const ADD = `INSERT OR IGNORE INTO ${TABLE} SELECT ?1, ?2, j.value ->> 0, j.value ->> 1, j.value ->> 2, 0, 0, 0, NULL FROM json_each(?3) AS j`;
const FORGET = `DELETE FROM ${TABLE} WHERE table_name = ?1`;
const COLUMNS = ['topic_id', 'partition', 'next_offset', 'next_row', 'resets', 'refused'];
const FIND = `SELECT ${COLUMNS.join(', ')} FROM ${TABLE} WHERE table_name = ?1 AND group_name = ?2`;
/** Where a position is as it is known. */
const AS_KNOWN =
  'table_name = ?1 AND group_name = ?2 AND topic_id = ?3 AND partition = ?4 AND next_offset = ?5 AND next_row = ?6 AND resets = ?7 AND refused IS ?8';
const MOVE = `UPDATE ${TABLE} SET next_offset = ?9, next_row = ?10, refused = ?11 WHERE ${AS_KNOWN}`;
const RESET = `UPDATE ${TABLE} SET next_offset = 0, next_row = 0, resets = resets + 1, refused = NULL WHERE ${AS_KNOWN}`;

/** How far rows without a key are stored in a table of a file, of the partitions that a copy of a group has. */
export class SqlitePositions {
  readonly rows = new RowPositions();
  #partitions: readonly IdentifiedPartition[] = [];

  private constructor(
    readonly file: KeptFile,
    readonly table: string,
    readonly group: string,
  ) {}

  /** Makes the table of positions where it is missing and may be made. @throws UsageError where it may not */
  static async open(file: KeptFile, table: string, group: string, create: boolean): Promise<SqlitePositions> {
    const { database } = file;
    if (!(await database.whenUnlocked(() => isThere(database)))) {
      if (!create) throw noPositions(database.file, CREATE);
      await database.transaction(() => database.exec(CREATE));
    }
    return new SqlitePositions(file, table, group);
  }

  /** Within the transaction that makes a table: what was stored in one of its name before is not in it. */
  static forget(database: SqliteDatabase, table: string): void {
    if (isThere(database)) database.run(FORGET, [table]);
  }

  async begin(shared: SharedTopics): Promise<void> {
    this.#partitions = identified(shared);
    const list = JSON.stringify(this.#partitions.map(({ topic, topicId, partition }) => [topic, topicId, partition]));
    await this.#find(() => this.file.database.run(ADD, [this.table, this.group, list]));
  }

  /** What another copy has moved meanwhile is let be. */
  async reset(): Promise<void> {
    await this.#find(() => {
      for (const { partition, stored } of this.rows.all) {
        this.file.database.run(RESET, this.#asKnown(partition, stored));
      }
    });
  }

  /** Makes a step, within the transaction of its rows. @throws Overtaken where another copy has moved the position */
  make({ partition, from, to }: Step): void {
    const moved = this.file.database.run(MOVE, [...this.#asKnown(partition, from), to.next, to.rows, to.refused]);
    if (moved === 0) throw new Overtaken(nameOf(partition), `${this.file.database.file}#${this.table}`);
  }

  /** Does something to positions, and reads them. */
  async #find(work: () => void): Promise<void> {
    const { database } = this.file;
    const columns = await this.file.transaction(() => {
      work();
      return database.select(FIND, COLUMNS, [this.table, this.group]);
    });
    const [ids = []] = columns;
    const found = ids.map((_, row) => columns.map((column) => column[row]));
    this.rows.begin(this.#partitions, found);
  }

  #asKnown({ topicId, partition }: IdentifiedPartition, { next, rows, resets, refused }: StoredPosition): SqlValue[] {
    return [this.table, this.group, topicId, partition, next, rows, resets, refused];
  }
}

function isThere(database: SqliteDatabase): boolean {
  return existingTable(database, POSITIONS_TABLE) !== undefined;
}
