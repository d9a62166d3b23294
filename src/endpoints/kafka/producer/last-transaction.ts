import type { TopicPartition } from '../fetch-queue.js';
import type { TransactionalIdentity } from '../protocol/transactions.js';
import type { OpenEnds, Outcome } from './open-ends.js';

/** The transaction that a producer has ended last, of which brokers may have left some open. */
export class LastTransaction {
  readonly #ends: OpenEnds;
  readonly #troublesNow: () => number;
  readonly #identity: () => TransactionalIdentity;
  #partitions: readonly TopicPartition[] = [];
  #group: string | undefined;
  #outcome: Outcome | undefined;
  #hasNextBegun = false;
  /** What had gone wrong when it was certain for the last time that nothing was left open. */
  #troubles = 0;

  /**
   * @param troublesNow what brokers that were away make grow
   * @param identity who writes
   */
  constructor(ends: OpenEnds, troublesNow: () => number, identity: () => TransactionalIdentity) {
    this.#ends = ends;
    this.#troublesNow = troublesNow;
    this.#identity = identity;
  }

  /** Where it wrote to. */
  get partitions(): readonly TopicPartition[] {
    return this.#partitions;
  }

  /** How it has ended; undefined: there was none. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** Whether the coordinator has begun the next one: this one has ended for good then. */
  get hasNextBegun(): boolean {
    return this.#hasNextBegun;
  }

  /** Another one has ended. @param group whose positions it has committed */
  ended(partitions: readonly TopicPartition[], group: string | undefined, outcome: Outcome): void {
    this.#partitions = partitions;
    this.#group = group;
    this.#outcome = outcome;
  }

  /** The next one may begin. */
  next(): void {
    this.#hasNextBegun = false;
  }

  /**
   * Makes something a part of the next transaction. The first of it has to wait until this one has ended: if its
   * coordinator was away meanwhile, that may have left some of it open, which would share the next one's fate.
   */
  async join<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      if (!this.#hasNextBegun) await this.mend(false);
      const answer = await ask();
      if (this.#hasNextBegun) return answer;
      if (this.#outcome === undefined || this.#troublesNow() === this.#troubles) {
        this.#troubles = this.#troublesNow();
        this.#hasNextBegun = true;
        return answer;
      }
    }
  }

  /**
   * Ends what was left open, while nothing is written of the next.
   * @param certainly also where nothing went wrong
   */
  async mend(certainly: boolean): Promise<void> {
    const outcome = this.#outcome;
    if (outcome === undefined) return;
    for (let must = certainly; must || this.#troublesNow() > this.#troubles; must = false) {
      this.#troubles = this.#troublesNow();
      await this.#ends.end([{ ...this.#identity(), outcome }], this.#partitions, this.#group);
    }
  }
}
