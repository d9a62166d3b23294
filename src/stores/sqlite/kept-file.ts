import type { Outage } from '../outage.js';
import type { SqliteDatabase } from './database.js';
import { isLock, isNoRoom } from './sqlite-errors.js';

const LOCKED = { why: 'is locked by another program', until: 'it lets go', over: 'is free again' } as const;
const NO_ROOM = {
  why: 'has no room (the disk, or its own limit, is full)',
  until: 'there is some',
  over: 'has room again',
} as const;

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
        const isFull = isNoRoom(error);
        if (!isFull && !(this.#written && isLock(error))) throw error;
        // What is in the log several times may have room in the file once.
        if (isFull) this.database.emptyLog();
        const wait = isFull ? { ...NO_ROOM, isTold: attempt > 0 } : { ...LOCKED, isTold: true };
        await this.outage.wait(this, attempt, wait, error, this.stop);
      }
    }
  }
}
