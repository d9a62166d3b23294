import type { Outage, Wait } from '../outage.js';
import type { MysqlAddress } from './address.js';
import { isLost, mysqlError, type Trouble, troubleOf, whyAway } from './mysql-errors.js';
import { openSession, type Session } from './session.js';

/** So many deadlocks in a row are told. */
const MANY_DEADLOCKS = 20;

/**
 * A session that is opened again when it is lost. While the server is away, or locks are in the way, work is tried
 * again and again, with pauses that grow; one line tells of it, and one line when it is over.
 */
export class KeptSession {
  /**
   * @param session absent: it is opened when there is work for it
   * @param prepare sets up each session that is opened
   */
  constructor(
    readonly address: MysqlAddress,
    private session: Session | undefined,
    readonly outage: Outage,
    readonly stop: AbortSignal | undefined,
    readonly prepare: (session: Session) => Promise<void>,
  ) {}

  /**
   * Calls `work` until it is done. It must leave nothing behind when it fails: transactions see to that.
   * @throws errors of a row's data as the server has them; others as sentences
   */
  async run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        this.session ??= await this.#open();
        const result = await work(this.session);
        this.outage.end(this);
        return result;
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === 'data') throw error;
        if (trouble === 'other') throw mysqlError(error, this.address, 'use');
        if (isLost(error)) {
          this.session?.connection.destroy();
          this.session = undefined;
        }
        await this.outage.wait(this, attempt, waitOf(trouble, error, attempt), error, this.stop);
      }
    }
  }

  async close(): Promise<void> {
    await this.session?.connection.close();
  }

  async #open(): Promise<Session> {
    const session = await openSession(this.address);
    try {
      await this.prepare(session);
      return session;
    } catch (error) {
      session.connection.destroy();
      throw error;
    }
  }
}

function waitOf(trouble: Exclude<Trouble, 'data' | 'other'>, error: unknown, attempt: number): Wait {
  return trouble === 'away'
    ? // A connection that was lost is often there again at once.
      { why: `is away (${whyAway(error)})`, until: 'it is back', over: 'is back', isTold: attempt > 0 }
    : {
        why: 'has rows locked that are to be written',
        until: 'they are free',
        over: 'lets go on',
        // Deadlocks are seldom met twice.
        isTold: attempt > MANY_DEADLOCKS || isLockTimeout(error),
      };
}

/** A lock that was waited for in vain, for seconds. */
function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && error.errno === 1205;
}
