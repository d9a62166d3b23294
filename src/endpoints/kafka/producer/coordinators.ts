import { type Cluster, UNKNOWN_MS } from '../client/cluster.js';
import { isOutage } from '../client/connection.js';
import type { Call } from '../protocol/call.js';
import { ERROR, passes } from '../protocol/error-codes.js';
import { findCoordinator } from '../protocol/find-coordinator.js';

const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 1000;
/**
 * How often an answer that the broker itself failed is not taken for the last word. Kafka 4.3 fails so where an id is
 * taken over in the moment in which its transaction is to be committed (TransactionMetadata.prepareTransitionTo: "while it
 * already a pending state"); asked again, it says that another has taken over.
 */
const MOST_FAILURES = 8;

/** Asks the brokers that answer for transactional ids and groups, wherever they move. */
export class Coordinators {
  readonly #cluster: Cluster;
  readonly #nodes = new Map<string, number>();
  #troubles = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** How often one was away, or not the right one. */
  get troubles(): number {
    return this.#troubles;
  }

  /**
   * Asks until there is an answer that time alone does not change.
   * @param codeOf the answer's error code
   */
  async ask<T>(kind: 'group' | 'transaction', name: string, call: Call<T>, codeOf: (answer: T) => number): Promise<T> {
    const key = `${kind} ${name}`;
    let failures = 0;
    let unknownSince: number | undefined;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        const node = this.#nodes.get(key) ?? (await this.#find(kind, name));
        if (node !== undefined) {
          this.#nodes.set(key, node);
          const answer = await this.#cluster.send(node, call);
          const code = codeOf(answer);
          if (code === ERROR.unknownServerError) failures++;
          // Of a topic that was deleted no more can be heard.
          if (code === ERROR.unknownTopicOrPartition) {
            unknownSince ??= performance.now();
            if (performance.now() - unknownSince > UNKNOWN_MS) return answer;
          }
          if (!passes(code) && (code !== ERROR.unknownServerError || failures > MOST_FAILURES)) return answer;
          // The coordinator is the right one, and still ends the transaction before.
          if (code !== ERROR.concurrentTransactions) {
            this.#troubles++;
            this.#nodes.delete(key);
          }
        }
      } catch (error) {
        if (!isOutage(error)) throw error;
        this.#troubles++;
        this.#nodes.delete(key);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Undefined while there is none. */
  async #find(kind: 'group' | 'transaction', name: string): Promise<number | undefined> {
    await this.#cluster.refresh([]);
    const { errorCode, node } = await this.#cluster.anyone(findCoordinator(kind, name));
    return errorCode === ERROR.none ? node : undefined;
  }
}
