import { nameOf, type TopicPartition } from '../endpoints/kafka/fetch-queue.js';
import type { Position } from '../endpoints/kafka/protocol/positions.js';

/** By partition: where reading goes on behind what was given, and how much of that is committed. */
export class GivenPositions {
  readonly #given = new Map<string, Position>();
  readonly #committed = new Map<string, number>();

  give(one: TopicPartition, offset: number): void {
    const { topic, partition } = one;
    this.#given.set(nameOf(one), { topic, partition, offset });
  }

  offsetOf(one: TopicPartition): number | undefined {
    return this.#given.get(nameOf(one))?.offset;
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
    for (const one of positions) this.#committed.set(nameOf(one), one.offset);
  }

  clear(): void {
    this.#given.clear();
    this.#committed.clear();
  }
}
