import { nameOf, type TopicPartition } from '../fetch-queue.js';
import type { Position } from '../protocol/positions.js';
import type { PartOf } from './assignment.js';
import type { PartitionState } from './shares-options.js';

/** Where a copy has come in the partitions that it has, and what was noted beside it. */
export class OwnPositions {
  readonly #partOf: PartOf;
  readonly #state: Pick<PartitionState, 'noteOf'> | undefined;
  readonly #positions = new Map<string, Position>();
  /** By part: what was noted last. */
  readonly #notes = new Map<number, string>();
  /** Names of those that have gone on since they were given. */
  readonly #advanced = new Set<string>();

  constructor(partOf: PartOf, state: Pick<PartitionState, 'noteOf'> | undefined) {
    this.#partOf = partOf;
    this.#state = state;
  }

  values(): Iterable<Position> {
    return this.#positions.values();
  }

  offsetOf(one: TopicPartition): number | undefined {
    return this.#positions.get(nameOf(one))?.offset;
  }

  /** @param noted those that the group had positions of, with what is noted there */
  begin(positions: readonly Position[], noted: readonly Position[]): void {
    this.clear();
    for (const one of positions) this.#positions.set(nameOf(one), one);
    for (const one of noted) this.#notes.set(this.#partOf(one), one.metadata ?? '');
  }

  clear(): void {
    this.#positions.clear();
    this.#notes.clear();
    this.#advanced.clear();
  }

  advance(positions: readonly Position[]): void {
    for (const one of positions) {
      this.#positions.set(nameOf(one), one);
      this.#advanced.add(nameOf(one));
    }
  }

  /**
   * The positions to commit, with what is noted beside each. What is noted is of all partitions of a part: time may have
   * gone on in one of which nothing was read.
   */
  toCommit(changed: readonly Position[]): Position[] {
    const all = [...this.#positions.values()];
    const state = this.#state;
    // Positions are what the broker takes of members only: rows without any could be those of one that was replaced.
    if (state === undefined) return changed.length > 0 ? [...changed] : all;
    const parts = new Set(changed.map(this.#partOf));
    for (const part of new Set(all.map(this.#partOf))) {
      const note = state.noteOf(part);
      if (this.#notes.get(part) !== note) parts.add(part);
      this.#notes.set(part, note);
    }
    const some = all.filter((one) => parts.has(this.#partOf(one)));
    const sent = some.length > 0 ? some : all;
    return sent.map((position) => ({ ...position, metadata: this.#notes.get(this.#partOf(position)) ?? '' }));
  }

  /**
   * The parts of some partitions in which nobody but this copy has gone on: their state is what was committed last. The
   * group may give a member again what it gave to others meanwhile, without the member having known.
   * @param committed the positions of what this copy has now
   */
  untouched(partitions: readonly TopicPartition[], committed: readonly Position[]): Set<number> {
    const isTouched = (one: TopicPartition): boolean => {
      const name = nameOf(one);
      const now = committed.find((at) => nameOf(at) === name);
      if (now === undefined) return true;
      if (now.offset < 0) return this.#advanced.has(name);
      const note = this.#notes.get(this.#partOf(one)) ?? now.metadata;
      return now.offset !== this.offsetOf(one) || now.metadata !== note;
    };
    const touched = new Set(partitions.filter(isTouched).map(this.#partOf));
    return new Set(partitions.map(this.#partOf).filter((part) => !touched.has(part)));
  }
}
