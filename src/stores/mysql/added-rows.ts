import { ServiceError } from '../../records/errors.js';
import type { BatchCells } from '../batch-cells.js';
import type { Outcome } from '../newer-only.js';
import type { Step } from '../row-positions.js';
import type { MysqlPositions } from './positions.js';
import type { Session } from './session.js';
import { chunksOf } from './statement-chunks.js';

/** Adds rows that have no key of their own: each to the others, those of a group's partitions once. */
export class AddedRows {
  constructor(
    /** What errors call the table, and its server. */
    readonly table: string,
    readonly server: string,
    /** Statement without its rows. */
    readonly insert: string,
    /** Absent where no group shares what is read. */
    readonly positions: MysqlPositions | undefined,
  ) {}

  /**
   * Adds rows in a transaction of the caller's.
   * @param step what they change; undefined: nothing tells whether they are there already
   * @param isUncertain whether an earlier try may have been done
   */
  async apply(
    session: Session,
    cells: BatchCells,
    rows: Int32Array,
    step: Step | undefined,
    isUncertain: boolean,
  ): Promise<Outcome> {
    const { connection, server } = session;
    const isMade = step === undefined || (await this.positions?.make(session, step, isUncertain));
    if (isMade === false) return { applied: 0, stale: 0, tied: rows.length };
    let applied = 0;
    for (const { list } of chunksOf(rows, (row) => cells.row(row), server)) {
      applied += (await connection.run(this.insert + list)).affected;
    }
    return { applied, stale: 0, tied: 0 };
  }

  /** The error of a commit whose answer was lost, where rows can't be looked for. */
  mayBeTwice(rows: number, cause: Error): ServiceError {
    return new ServiceError(
      `the connection to ${this.server} was lost in the middle of a commit: the last ${rows} rows may be in ${this.table} or not`,
      'Rows of this type have no key to find them by: look whether they are there before you run it again.',
      { cause },
    );
  }
}
