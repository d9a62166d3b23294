import type { SharedTopics } from '../../endpoints/endpoint.js';
import { Overtaken, UsageError } from '../../records/errors.js';
import {
  type IdentifiedPartition,
  identified,
  isBefore,
  nameOf,
  noPositions,
  POSITIONS_TABLE,
  RowPositions,
  type Step,
  type StoredPosition,
} from '../row-positions.js';
import type { MysqlAddress } from './address.js';
import { tableNames } from './existing-table.js';
import type { KeptSession } from './kept-session.js';
import { isDenied } from './mysql-errors.js';
import type { Server, Session } from './session.js';
import { quoteText } from './sql-text.js';

/** Characters of a group's name that a key has room for. */
const LONGEST_GROUP = 255;
/**
 * After so many seconds without a word the server ends a session, and lets go of what it has locked: a copy that is
 * stopped in the middle of a transaction holds up whoever has its partitions now for no longer.
 */
const SILENCE_S = 20;

/** How far rows without a key are stored in a table, of the partitions that a copy of a group has. */
export class MysqlPositions {
  readonly rows = new RowPositions();
  #partitions: readonly IdentifiedPartition[] = [];
  /** The condition that a position is one of this table and group. */
  readonly #own: string;

  private constructor(
    readonly table: string,
    readonly group: string,
    /** What errors call the table. */
    readonly shown: string,
  ) {
    this.#own = `table_name = ${quoteText(table)} AND group_name = ${quoteText(group)}`;
  }

  /** Makes the table of positions where it is missing and may be made. @throws UsageError where it may not */
  static async open(
    { connection, server }: Session,
    { table, group, create }: { readonly table: string; readonly group: string; readonly create: boolean },
    { shown }: MysqlAddress,
  ): Promise<MysqlPositions> {
    if (group.length > LONGEST_GROUP) {
      throw new UsageError(
        `the name of the group has ${group.length} characters: ${POSITIONS_TABLE} in ${shown} takes ${LONGEST_GROUP}`,
        'Give a shorter one with --group.',
      );
    }
    if (!(await tableNames(connection)).includes(POSITIONS_TABLE)) {
      const statement = createStatement(server);
      if (!create) throw noPositions(shown, statement);
      await connection.run(statement).catch((error: unknown) => {
        throw isDenied(error) ? noPositions(shown, statement, 'does not let this user make', error) : error;
      });
    }
    return new MysqlPositions(table, group, `${shown}#${table}`);
  }

  /** Before a table is made: what was stored in one of its name before is not in it. One that is there is let be. */
  static async forget({ connection }: Session, table: string): Promise<void> {
    const names = await tableNames(connection);
    // Who may not delete positions need not, where there is nothing to forget.
    if (!names.includes(POSITIONS_TABLE) || names.includes(table)) return;
    const name = quoteText(table);
    const isThere = `SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ${name}`;
    await connection.run(`DELETE FROM ${POSITIONS_TABLE} WHERE table_name = ${name} AND NOT EXISTS (${isThere})`);
  }

  /** Sets up a session that is to make steps. */
  async prepare({ connection, server }: Session): Promise<void> {
    await connection.run(`SET SESSION ${server.silence} = ${SILENCE_S}`);
  }

  async begin(kept: KeptSession, shared: SharedTopics): Promise<void> {
    this.#partitions = identified(shared);
    const names = `${quoteText(this.table)}, ${quoteText(this.group)}`;
    const list = this.#partitions.map(
      ({ topic, topicId, partition }) => `(${names}, '${topic}', '${topicId}', ${partition}, 0, 0, 0)`,
    );
    await kept.run(async (session) => {
      if (list.length > 0) {
        await session.connection.run(
          `INSERT INTO ${POSITIONS_TABLE} (table_name, group_name, topic, topic_id, ${PARTITION}, next_offset, next_row, resets) VALUES ${list.join(', ')} ON DUPLICATE KEY UPDATE resets = resets`,
        );
      }
      await this.#find(session);
    });
  }

  /** What another copy has moved meanwhile is let be. */
  async reset(kept: KeptSession): Promise<void> {
    await kept.run(async (session) => {
      for (const { partition, stored } of this.rows.all) {
        await session.connection.run(
          `UPDATE ${POSITIONS_TABLE} SET next_offset = 0, next_row = 0, resets = resets + 1, refused = NULL WHERE ${this.#asKnown(partition, stored)}`,
        );
      }
      await this.#find(session);
    });
  }

  /**
   * Makes a step, within the transaction of its rows.
   * @param isUncertain whether an earlier try may have been done
   * @returns false where it was, so that the rows are there
   * @throws Overtaken where another copy has moved the position
   */
  async make({ connection }: Session, { partition, from, to }: Step, isUncertain: boolean): Promise<boolean> {
    const { affected } = await connection.run(
      `UPDATE ${POSITIONS_TABLE} SET next_offset = ${to.next}, next_row = ${to.rows}, refused = ${textOrNull(to.refused)} WHERE ${this.#asKnown(partition, from)}`,
    );
    if (affected > 0) return true;
    if (isUncertain) {
      const [now] = await connection.select(
        `SELECT next_offset AS n, next_row AS o, resets AS r FROM ${POSITIONS_TABLE} WHERE ${this.#of(partition)} FOR UPDATE`,
      );
      // Whoever has gone on from there has found it done.
      const [next, rows, resets] = (now ?? []).map(Number);
      if (resets === to.resets && !isBefore([next, rows], [to.next, to.rows])) return false;
    }
    throw new Overtaken(nameOf(partition), this.shown);
  }

  async #find({ connection }: Session): Promise<void> {
    const found = await connection.select(
      `SELECT topic_id AS c0, ${PARTITION} AS c1, next_offset AS c2, next_row AS c3, resets AS c4, refused AS c5 FROM ${POSITIONS_TABLE} WHERE ${this.#own}`,
    );
    this.rows.begin(this.#partitions, found);
  }

  #of({ topicId, partition }: IdentifiedPartition): string {
    return `${this.#own} AND topic_id = '${topicId}' AND ${PARTITION} = ${partition}`;
  }

  #asKnown(partition: IdentifiedPartition, { next, rows, resets, refused }: StoredPosition): string {
    return `${this.#of(partition)} AND next_offset = ${next} AND next_row = ${rows} AND resets = ${resets} AND refused <=> ${textOrNull(refused)}`;
  }
}

const PARTITION = '`partition`';

function createStatement({ collation }: Server): string {
  const name = (length: number): string => `VARCHAR(${length}) CHARACTER SET utf8mb4 COLLATE ${collation} NOT NULL`;
  const ascii = (length: number): string => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin NOT NULL`;
  const columns = [
    `table_name ${name(64)}`,
    `group_name ${name(LONGEST_GROUP)}`,
    `topic ${ascii(249)}`,
    `topic_id ${ascii(22)}`,
    `${PARTITION} INT NOT NULL`,
    'next_offset BIGINT NOT NULL',
    'next_row INT NOT NULL',
    'resets INT NOT NULL',
    'refused LONGTEXT CHARACTER SET ascii COLLATE ascii_bin NULL',
  ];
  return `CREATE TABLE IF NOT EXISTS ${POSITIONS_TABLE} (${columns.join(', ')}, PRIMARY KEY (table_name, group_name, topic_id, ${PARTITION})) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`;
}

function textOrNull(text: string | null): string {
  return text === null ? 'NULL' : quoteText(text);
}
