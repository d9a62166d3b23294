import type { BatchCells } from '../batch-cells.js';
import type { KeptSession } from './kept-session.js';
import { troubleOf } from './mysql-errors.js';
import { RefusedRow } from './refused-row.js';
import { inTransaction, UnknownCommit } from './session.js';
import { chunksOf } from './statement-chunks.js';

/**
 * Deletes the rows of keys in one transaction.
 * @param statement makes the statement of a list of keys
 * @returns how many rows there were
 */
export async function deleteRows(
  kept: KeptSession,
  cells: BatchCells,
  keys: Int32Array,
  statement: (list: string) => string,
): Promise<number> {
  let unknown = 0;
  try {
    return await kept.run(async (session) => {
      const { connection, server } = session;
      try {
        const deleted = await inTransaction(session, async () => {
          let affected = 0;
          for (const { list } of chunksOf(keys, (key) => server.rowWord + cells.key(key), server)) {
            affected += (await connection.run(statement(list))).affected;
          }
          return affected;
        });
        // Where the answer to a commit was lost, and nothing is left, it was done then.
        return deleted === 0 ? unknown : deleted;
      } catch (error) {
        if (!(error instanceof UnknownCommit)) throw error;
        unknown = Number(error.result);
        throw error.cause;
      }
    });
  } catch (error) {
    if (!(error instanceof RefusedRow) && troubleOf(error) !== 'data') throw error;
    // A key that the server does not take is no row's.
    if (keys.length === 1) return 0;
    const half = keys.length >> 1;
    const first = await deleteRows(kept, cells, keys.subarray(0, half), statement);
    return first + (await deleteRows(kept, cells, keys.subarray(half), statement));
  }
}
