import { ServiceError } from '../../../records/errors.js';
import { type Cluster, GivenUp, topicError } from '../client/cluster.js';
import type { ConnectionError } from '../client/connection.js';
import { ERROR } from '../protocol/error-codes.js';
import type { PartitionQueue } from './partition-queue.js';

export interface LeaderlessOptions {
  readonly cluster: Cluster;
  /** Whether anything is to be written still. */
  readonly wanted: () => boolean;
  /** Called when some have a leader again. */
  readonly found: () => void;
  /** Called where there is no use in looking on. */
  readonly failed: (error: unknown) => void;
  /** Shows a sentence to the user. */
  readonly show: (sentence: string) => void;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;
/** How often a leader is looked for while the brokers say that there is no such topic. */
const MISSING_ATTEMPTS = 20;

/** Queues whose partition's leader is away, or not known: looks for it, and tells once that it is away, and back. */
export class LeaderlessQueues {
  readonly #options: LeaderlessOptions;
  readonly #stuck = new Set<PartitionQueue>();
  /** Those whose leader was away, and has taken nothing since. */
  readonly #cutOff = new Set<PartitionQueue>();
  #looking = false;
  #pause = FIRST_PAUSE_MS;
  #missing = 0;
  #isAway = false;
  #troubles = 0;

  constructor(options: LeaderlessOptions) {
    this.#options = options;
  }

  /** How often a leader was away, or not the right one. */
  get troubles(): number {
    return this.#troubles;
  }

  /** Asks for metadata until the partition has a leader; nothing is sent to it meanwhile. */
  find(queue: PartitionQueue): void {
    queue.stuck = true;
    this.#stuck.add(queue);
    this.#troubles++;
    if (this.#looking) return;
    this.#looking = true;
    void this.#look().catch(this.#options.failed);
  }

  /** The leader of some could not be reached. */
  away(queues: readonly PartitionQueue[], error: ConnectionError): void {
    for (const queue of queues) this.#cutOff.add(queue);
    this.#gone(error);
  }

  /** A leader has taken what was sent to it. */
  answered(queue: PartitionQueue): void {
    this.#pause = FIRST_PAUSE_MS;
    this.#missing = 0;
    this.#cutOff.delete(queue);
    if (this.#cutOff.size > 0 || !this.#isAway) return;
    this.#isAway = false;
    this.#options.show('Kafka is back: writing goes on');
  }

  /** Nothing that was sent is waited for any more. */
  forget(): void {
    this.#cutOff.clear();
  }

  async #look(): Promise<void> {
    try {
      do await this.#lookOnce();
      while (this.#stuck.size > 0 && this.#options.wanted());
    } finally {
      this.#looking = false;
    }
  }

  async #lookOnce(): Promise<void> {
    const { cluster, wanted, found } = this.#options;
    await new Promise((resolve) => setTimeout(resolve, this.#pause * (0.5 + Math.random() / 2)));
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
    // One that was reset is stuck no more.
    for (const queue of this.#stuck) if (!queue.stuck) this.#stuck.delete(queue);
    if (!wanted() || this.#stuck.size === 0) return;
    const asked = [...this.#stuck];
    if (!(await this.#refreshed(asked))) return;
    for (const queue of asked) {
      if (cluster.leader(queue.topic, queue.partition) === undefined) continue;
      queue.stuck = false;
      this.#stuck.delete(queue);
    }
    found();
  }

  /** False where no broker answers. @throws ServiceError where a topic is not there, and has not been for long */
  async #refreshed(asked: readonly PartitionQueue[]): Promise<boolean> {
    const { cluster } = this.#options;
    const answer = await cluster.refresh([...new Set(asked.map(({ topic }) => topic))]).catch((error: unknown) => {
      if (!(error instanceof ServiceError) || error instanceof GivenUp) throw error;
      this.#gone(error);
    });
    if (answer === undefined) return false;
    const gone = answer.topics.find(({ errorCode }) => errorCode === ERROR.unknownTopicOrPartition);
    if (gone !== undefined && ++this.#missing > MISSING_ATTEMPTS) {
      throw topicError(gone.topic, gone.errorCode, cluster.name);
    }
    return true;
  }

  #gone(error: Error): void {
    if (!this.#isAway) this.#options.show(`Kafka can't be reached (${error.message}): trying again`);
    this.#isAway = true;
  }
}
