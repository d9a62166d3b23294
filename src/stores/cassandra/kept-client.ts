import type { Outage, Wait } from '../outage.js';
import type { CassandraAddress } from './address.js';
import { cassandraError, type Trouble, troubleOf, whyAway } from './cassandra-errors.js';
import { CassandraClient } from './client.js';
import { OPEN_WITHIN_MS } from './open-at-start.js';

/** So many times in a row a cluster may be too busy without a word. */
const MANY_TIMES = 5;

/**
 * A client that is opened again when its cluster was away: the driver alone would look for each node on its own terms.
 * While the cluster is away or too busy, work is tried again and again, with pauses that grow; one line tells of it, and
 * one line when it is over.
 */
export class KeptClient {
  #client: CassandraClient | undefined;
  #opening: Promise<CassandraClient> | undefined;

  constructor(
    readonly address: CassandraAddress,
    client: CassandraClient,
    readonly outage: Outage,
    readonly stop: AbortSignal | undefined,
  ) {
    this.#client = client;
  }

  /**
   * Calls `work` until it is done; several may be under way.
   * @throws errors of a row's data as the server has them; others as sentences
   */
  async run<T>(work: (client: CassandraClient) => Promise<T>): Promise<T> {
    const session = {};
    for (let attempt = 0; ; attempt++) {
      let client = this.#client;
      try {
        client ??= await this.#open();
        const result = await work(client);
        this.outage.end(session);
        return result;
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === 'data' || trouble === 'other') {
          this.outage.end(session);
          throw trouble === 'data' ? error : cassandraError(error, this.address, 'use');
        }
        if (trouble === 'away' && attempt > 0) this.#drop(client);
        await this.outage.wait(session, attempt, waitOf(trouble, error, attempt), error, this.stop);
      }
    }
  }

  async close(): Promise<void> {
    await this.#client?.close();
  }

  /** Who comes while it is being opened waits for the same one. */
  #open(): Promise<CassandraClient> {
    this.#opening ??= CassandraClient.open(this.address, OPEN_WITHIN_MS)
      .then((client) => {
        this.#client = client;
        return client;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }

  #drop(failed: CassandraClient | undefined): void {
    if (failed === undefined || this.#client !== failed) return;
    this.#client = undefined;
    failed.close().catch(() => {});
  }
}

function waitOf(trouble: Exclude<Trouble, 'data' | 'other'>, error: unknown, attempt: number): Wait {
  return trouble === 'away'
    ? // A connection that was lost is often there again at once.
      { why: `is away (${whyAway(error)})`, until: 'it is back', over: 'is back', isTold: attempt > 0 }
    : {
        why: `is too busy (${whyAway(error)})`,
        until: 'it keeps up',
        over: 'keeps up again',
        isTold: attempt > MANY_TIMES,
      };
}
