import { type Fetched, nameOf } from '../endpoints/kafka/fetch-queue.js';
import { keyOf } from '../endpoints/kafka/records/record-keys.js';
import type { SplitRecords } from '../endpoints/kafka/records/record-splitter.js';
import type { Tombstone } from '../records/batch.js';

/** Tombstones that belong in front of rows which were not given yet. */
export class KeptTombstones {
  #kept: Tombstone[] = [];

  get isEmpty(): boolean {
    return this.#kept.length === 0;
  }

  /** Where the first of them stands. */
  get first(): number {
    return this.#kept[0]?.offset ?? Number.POSITIVE_INFINITY;
  }

  /** Those among some records that were split. */
  add(fetched: Fetched, split: SplitRecords, from: number, to: number): void {
    const { starts, offset } = split;
    for (let row = from; row < to; row++) {
      if (starts[row] !== -1) continue;
      this.#kept.push({ source: nameOf(fetched), offset: offset(row), key: keyOf(split, row)?.slice() });
    }
  }

  /** Takes those in front of an offset. */
  take(next: number): Tombstone[] | undefined {
    if (this.isEmpty) return undefined;
    const taken = this.#kept.filter(({ offset }) => offset < next);
    this.#kept = this.#kept.slice(taken.length);
    return taken;
  }

  clear(): void {
    this.#kept = [];
  }
}
