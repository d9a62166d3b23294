import { type Cluster, topicGone, UNKNOWN_MS } from './client/cluster.js';
import { isOutage } from './client/connection.js';
import type { TopicPartition } from './fetch-queue.js';
import { ERROR } from './protocol/error-codes.js';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export interface LeaderSearchOptions {
  readonly cluster: Cluster;
  /** Shows a sentence to the user. */
  readonly show: (sentence: string) => void;
  /** The partitions that need a leader; empty: there is nothing to look for. */
  readonly wanted: () => readonly TopicPartition[];
  /** Called when metadata has come: some may have a leader now. */
  readonly found: () => void;
}

/** Looks for the leaders of partitions while brokers are away or leaders move, and tells of it once. */
export class LeaderSearch {
  readonly #options: LeaderSearchOptions;
  /** Partitions that could not be read when they were asked for last. */
  readonly #away = new Set<TopicPartition>();
  /** Whether the user was told of them. */
  #told = false;
  #finding = false;
  #again = false;
  #pause = FIRST_PAUSE_MS;
  /** Since when the brokers have not known a topic. */
  readonly #unknown = new Map<string, number>();

  constructor(options: LeaderSearchOptions) {
    this.#options = options;
  }

  /** Partitions can't be read: tells so, once until all are back. */
  gone(partitions: readonly TopicPartition[], sentence: string): void {
    for (const one of partitions) this.#away.add(one);
    if (!this.#told) this.#options.show(sentence);
    this.#told = true;
  }

  /** A partition was read, or is not to be read any more. */
  back(partition: TopicPartition): void {
    this.#away.delete(partition);
    if (this.#away.size > 0) return;
    this.#pause = FIRST_PAUSE_MS;
    if (this.#told) this.#options.show('Kafka is back: reading goes on');
    this.#told = false;
  }

  /**
   * Asks for metadata, and again until every partition has a leader; those that have one are read meanwhile.
   * @throws ServiceError where there is no use in asking again
   */
  async find(): Promise<void> {
    this.#again = true;
    if (this.#finding) return;
    this.#finding = true;
    try {
      while (this.#again && this.#options.wanted().length > 0) {
        this.#again = false;
        await new Promise((resolve) => setTimeout(resolve, this.#pause * (0.5 + Math.random() / 2)));
        this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE_MS);
        const wanted = this.#options.wanted();
        if (wanted.length > 0) await this.#findOnce(wanted);
      }
    } finally {
      this.#finding = false;
    }
  }

  async #findOnce(wanted: readonly TopicPartition[]): Promise<void> {
    const { cluster, found } = this.#options;
    try {
      await cluster.refresh([...new Set(wanted.map(({ topic }) => topic))]);
    } catch (error) {
      if (!isOutage(error)) throw error;
      this.gone(wanted, `Kafka can't be reached (${error.message}): trying again`);
      this.#again = true;
      return;
    }
    this.#checkTopics(wanted);
    const leaderless = wanted.filter(({ topic, partition }) => cluster.leader(topic, partition) === undefined);
    // An election takes a moment, which is no news.
    if (leaderless.length > 0 && this.#pause === LONGEST_PAUSE_MS) {
      const names = leaderless.map(({ topic, partition }) => `${topic}:${partition}`).join(', ');
      this.gone(leaderless, `no broker leads ${names} at the moment: trying again`);
    }
    found();
  }

  /** @throws ServiceError for a topic that was deleted */
  #checkTopics(wanted: readonly TopicPartition[]): void {
    for (const { topic } of wanted) {
      if (this.#options.cluster.topic(topic)?.errorCode !== ERROR.unknownTopicOrPartition) {
        this.#unknown.delete(topic);
        continue;
      }
      const since = this.#unknown.get(topic) ?? performance.now();
      this.#unknown.set(topic, since);
      if (performance.now() - since < UNKNOWN_MS) continue;
      throw topicGone(topic);
    }
  }
}
