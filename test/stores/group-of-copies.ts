import type { Sink } from '../../src/endpoints/endpoint.js';
import { Overtaken } from '../../src/records/errors.js';
import { numberAt, range, rejectedBy, rowsAt, shared } from './shared-rows.js';

/** Rows of each partition. */
export const RECORDS = 60;
export const PARTITIONS = 2;
/** What a filter leaves out: nothing of it is stored, and positions may end in front of it. */
export const passes = (offset: number): boolean => offset % 7 !== 0;

/** What the table refuses of it, by a CHECK. */
export const isRefused = (number: number): boolean => number % 11 === 5;

/** A copy, where it reads on in what it takes for its own, and the dead letters that it has not written. */
interface Copy {
  sink: Sink;
  readonly cursors: Map<number, number>;
  readonly letters: number[];
}

/** Copies of a group, some of which go on after their partitions were given to others. */
export class GroupOfCopies {
  readonly #copies: Copy[];
  readonly #owners: number[];
  /** What the group has committed. */
  readonly #committed: number[];
  /** The numbers that are safe as dead letters. */
  readonly dead = new Set<number>();

  private constructor(
    readonly open: () => Promise<Sink>,
    sinks: readonly Sink[],
    /** Rows of each record. */
    readonly width: number,
  ) {
    this.#copies = sinks.map((sink) => ({ sink, cursors: new Map(), letters: [] }));
    this.#owners = range(0, PARTITIONS).map(() => 0);
    this.#committed = range(0, PARTITIONS).map(() => 0);
  }

  static async of(copies: number, width: number, open: () => Promise<Sink>): Promise<GroupOfCopies> {
    const sinks: Sink[] = [];
    for (let copy = 0; copy < copies; copy++) sinks.push(await open());
    const group = new GroupOfCopies(open, sinks, width);
    await group.#begin(0);
    return group;
  }

  /** A copy gets a partition; who had it does not hear of that. */
  async give(partition: number, copy: number): Promise<void> {
    this.#owners[partition] = copy;
    await this.#begin(copy);
  }

  /** A copy stores what it reads next of a partition, if it takes it for its own; true where it did. */
  async store(copy: number, partition: number, count: number): Promise<boolean> {
    const { sink, cursors, letters } = this.#copies[copy] as Copy;
    const from = cursors.get(partition);
    if (from === undefined) return false;
    const to = Math.min(RECORDS, from + count * this.width);
    const offsets = range(from, to).filter(passes);
    try {
      await sink.write(rowsAt(partition, offsets, this.width));
      for (const row of rejectedBy(sink)) letters.push(numberAt(partition, offsets[row] ?? -1));
      cursors.set(partition, to);
      return true;
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      await this.#begin(copy);
      return false;
    }
  }

  /** A copy writes its dead letters, and commits what it has stored, if the group takes it for its own. */
  async commit(copy: number): Promise<void> {
    const { sink, cursors, letters } = this.#copies[copy] as Copy;
    await sink.flush();
    for (const letter of letters.splice(0)) this.dead.add(letter);
    const own = [...cursors].filter(([partition]) => this.#owners[partition] === copy);
    for (const [partition, offset] of own) this.#committed[partition] = offset;
    if (own.length < cursors.size) await this.#begin(copy);
  }

  /** A copy is killed and begun again. @param isFlushed whether its rows were flushed, and its dead letters were not yet */
  async kill(copy: number, isFlushed = false): Promise<void> {
    const killed = this.#copies[copy] as Copy;
    if (isFlushed) await killed.sink.flush();
    await killed.sink.close();
    killed.sink = await this.open();
    await this.#begin(copy);
  }

  /** All is to be read once more by a copy that gets everything. @param forget empties the tables */
  async reset(copy: number, forget: () => Promise<void>): Promise<void> {
    this.#owners.fill(copy);
    this.#committed.fill(0);
    await this.#begin(copy);
    await (this.#copies[copy] as Copy).sink.reset?.();
    await forget();
    this.dead.clear();
  }

  /** What is left is stored by whoever has it. */
  async finish(): Promise<void> {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const copy = this.#owners[partition] ?? 0;
      const { cursors } = this.#copies[copy] as Copy;
      if (!cursors.has(partition)) await this.#begin(copy);
      while ((cursors.get(partition) ?? 0) < RECORDS) await this.store(copy, partition, 10);
      await this.commit(copy);
    }
    for (const { sink } of this.#copies) await sink.close();
  }

  async #begin(copy: number): Promise<void> {
    const { sink, cursors, letters } = this.#copies[copy] as Copy;
    letters.length = 0;
    const own = range(0, PARTITIONS).filter((partition) => this.#owners[partition] === copy);
    await sink.begin?.(shared(own));
    cursors.clear();
    for (const partition of own) cursors.set(partition, this.#committed[partition] ?? 0);
  }
}
