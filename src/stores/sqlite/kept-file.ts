import type { Outage, Wait } from '../outage.js';
import type { SqliteDatabase } from './database.js';
import { isLock, isNoRoom } from './sqlite-errors.js';

const LOCKED: Wait = {
  why: 'is locked by another program',
  until: 'it lets go',
  over: 'is free again',
  isTold: true,
};

const NO_ROOM: Wait = {
  why: 'has no room (the disk, or its own limit, is full)',
  until: 'there is some',
  over: 'has room again',
  isTold: true,
};

/**
 * A file that is written to for as long as a run goes on. A lock that is there at the start is an error; one that comes
 * later is waited for, whoever holds it and however long, and so is room on a full disk: one line tells of it, and one
 * when it is over.
 */
export class KeptFile {
  #written = false;

  constructor(
    readonly database: SqliteDatabase,
    readonly outage: Outage,
    readonly stop: AbortSignal | undefined,
  ) {}

  /** As SqliteDatabase.transaction(); `work` is called again after a lock, or when there is room again. */
  async transaction<T>(work: () => T): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await this.database.transaction(work);
        this.#written = true;
        this.outage.end(this);
        return result;
      } catch (error) {
        const wait = isNoRoom(error) ? NO_ROOM : this.#written && isLock(error) ? LOCKED : undefined;
        if (wait === undefined) throw error;
        await this.outage.wait(this, attempt, wait, error, this.stop);
      }
    }
  }
}
