import type { Outage } from '../outage.js';
import type { SqliteDatabase } from './database.js';
import { isLock } from './sqlite-errors.js';

/**
 * A file that is written to for as long as a run goes on. A lock that is there at the start is an error; one that comes
 * later is waited for, whoever holds it and however long: one line tells of it, and one when it is over.
 */
export class KeptFile {
  #written = false;

  constructor(
    readonly database: SqliteDatabase,
    readonly outage: Outage,
    readonly stop: AbortSignal | undefined,
  ) {}

  /** As SqliteDatabase.transaction(); `work` is called again after a lock. */
  async transaction<T>(work: () => T): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await this.database.transaction(work);
        this.#written = true;
        this.outage.end(this);
        return result;
      } catch (error) {
        if (!this.#written || !isLock(error)) throw error;
        const wait = {
          why: 'is locked by another program',
          until: 'it lets go',
          over: 'is free again',
          isTold: true,
        };
        await this.outage.wait(this, attempt, wait, error, this.stop);
      }
    }
  }
}
