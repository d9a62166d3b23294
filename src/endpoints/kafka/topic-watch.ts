import type { Cluster } from './client/cluster.js';
import type { TopicPartition } from './fetch-queue.js';
import { findTopics } from './find-topics.js';
import type { TopicInfo } from './protocol/metadata.js';

/** How old what is known of topics may be. */
const METADATA_AGE_MS = 5000;

export interface WatchOptions {
  readonly cluster: Cluster;
  /** Names and patterns. */
  readonly wanted: readonly string[];
  /** What they stand for at the start. */
  readonly topics: readonly TopicInfo[];
}

/** Notices partitions that topics have more than before, and topics that fit a pattern and were not there. */
export class TopicWatch {
  readonly #options: WatchOptions;
  readonly #counts: Map<string, number>;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#counts = new Map(options.topics.map(({ topic, partitions }) => [topic, partitions.length]));
  }

  /** How many partitions each topic has, as far as is known: it grows. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Looks again and again. @param found told of partitions that are new, and once more of those that it throws at */
  start(found: (partitions: readonly TopicPartition[]) => Promise<void> | void): void {
    const next = (): void => {
      this.#timer = setTimeout(async () => {
        const before = new Map(this.#counts);
        const partitions = await this.look();
        try {
          if (partitions.length > 0 && !this.#stopped) await found(partitions);
        } catch {
          for (const { topic } of partitions) this.#counts.set(topic, before.get(topic) ?? 0);
        }
        if (!this.#stopped) next();
      }, METADATA_AGE_MS);
      this.#timer.unref();
    };
    next();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Asks the brokers now. @returns partitions that were not known; none while the brokers do not answer */
  async look(): Promise<TopicPartition[]> {
    const { cluster, wanted } = this.#options;
    // Who reads tells of brokers that are away, and of topics that were deleted.
    const topics = await findTopics(cluster, wanted).catch((): TopicInfo[] => []);
    return topics.flatMap(({ topic, partitions }) => {
      const known = this.#counts.get(topic) ?? 0;
      if (partitions.length <= known) return [];
      this.#counts.set(topic, partitions.length);
      return Array.from({ length: partitions.length - known }, (_, at) => ({ topic, partition: known + at }));
    });
  }
}
