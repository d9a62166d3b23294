import { type Outage, pauseBefore } from '../outage.js';
import type { CassandraAddress } from './address.js';
import { cassandraError, type Trouble, troubleOf, whyAway } from './cassandra-errors.js';

/** So many times in a row a cluster may be too busy without a word. */
const MANY_TIMES = 5;

/**
 * Tries work again while the cluster is away or too busy, with pauses that grow; one line tells of it, and one line when
 * it is over. The driver looks for the nodes meanwhile.
 */
export class KeptClient {
  constructor(
    readonly address: CassandraAddress,
    readonly outage: Outage,
    readonly stop: AbortSignal | undefined,
  ) {}

  /**
   * Calls `work` until it is done.
   * @throws errors of a row's data as the server has them; others as sentences
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const session = {};
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await work();
        this.outage.end(session);
        return result;
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === 'data' || trouble === 'other') {
          this.outage.end(session);
          throw trouble === 'data' ? error : cassandraError(error, this.address, 'use');
        }
        await this.#pause(session, trouble, error, attempt);
      }
    }
  }

  async #pause(
    session: object,
    trouble: Exclude<Trouble, 'data' | 'other'>,
    error: unknown,
    attempt: number,
  ): Promise<void> {
    const why = trouble === 'away' ? `is away (${whyAway(error)})` : `is too busy (${whyAway(error)})`;
    if (this.stop?.aborted) throw this.outage.givenUp(why, error);
    // A connection that was lost is often there again at once.
    if (attempt > (trouble === 'away' ? 0 : MANY_TIMES)) {
      const [until, over] = trouble === 'away' ? ['it is back', 'is back'] : ['it keeps up', 'keeps up again'];
      this.outage.begin(session, `${why}: trying again until ${until}`, over);
    }
    if (!(await pauseBefore(attempt, this.stop))) throw this.outage.givenUp(why, error);
  }
}
