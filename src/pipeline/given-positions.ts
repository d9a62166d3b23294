import type { TopicPartition } from '../endpoints/kafka/fetch-queue.js';
import type { Position } from '../endpoints/kafka/protocol/positions.js';

/** By partition: where reading goes on behind what was given, and how much of that is committed. */
export class GivenPositions {
  readonly #given = new Map<string, Position>();
  readonly #committed = new Map<string, number>();

  give({ topic, partition }: TopicPartition, offset: number): void {
    this.#given.set(`${topic}:${partition}`, { topic, partition, offset });
  }

  offsetOf({ topic, partition }: TopicPartition): number | undefined {
    return this.#given.get(`${topic}:${partition}`)?.offset;
  }

  /** Takes back what was given from a record on. @param source the partition, as origins of batches name it */
  rewind(source: string, ordinal: number): void {
    const given = this.#given.get(source);
    if (given !== undefined) this.#given.set(source, { ...given, offset: Math.min(given.offset, ordinal) });
  }

  /** Those that are not committed. */
  get changed(): Position[] {
    return [...this.#given].flatMap(([key, one]) => (this.#committed.get(key) === one.offset ? [] : [one]));
  }

  committed(positions: readonly Position[]): void {
    for (const { topic, partition, offset } of positions) this.#committed.set(`${topic}:${partition}`, offset);
  }

  clear(): void {
    this.#given.clear();
    this.#committed.clear();
  }
}
