import type { SharedTopics } from '../endpoints/endpoint.js';
import type { Batch } from '../records/batch.js';
import { UsageError } from '../records/errors.js';
import type { SqlValue } from './sql-value.js';

/** The table of freshet's own that keeps positions, beside the tables whose rows they are of. */
export const POSITIONS_TABLE = 'freshet_positions';

/** A partition of a topic; a topic of the same name that is made later has another id. */
export interface IdentifiedPartition {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
}

/** How far the rows of a partition are stored. */
export interface StoredPosition {
  /** Rows of records before this offset are stored, or were refused. */
  readonly next: number;
  /** How often it was begun anew: a copy that was stopped before that must not go on. */
  readonly resets: number;
  /** The offsets of those that were refused, a list in JSON, while they may have yet to become dead letters. */
  readonly refused: string | null;
}

/** What some rows change: made in one transaction with them, from where the position is known to be, or not at all. */
export interface Step {
  readonly partition: IdentifiedPartition;
  readonly from: StoredPosition;
  readonly to: StoredPosition;
  /** Those that were refused before this copy began, and have yet to come again after it. */
  readonly open: ReadonlySet<number>;
}

/**
 * How far the rows of one partition are stored, as a copy knows it. Within a partition rows come in the order of their
 * offsets, and a copy has all that come behind the position that it began with: whoever moves it on has stored all
 * between, so that a copy that finds it elsewhere has been overtaken, and nothing needs to be looked at but the position.
 */
export class PartitionPosition {
  #stored: StoredPosition;
  /** Those that were refused before this copy began, and have not come again. */
  #open: ReadonlySet<number>;
  /** Those that it has refused itself, and that are no safe dead letters yet. */
  readonly #refused = new Set<number>();

  constructor(
    readonly partition: IdentifiedPartition,
    stored: StoredPosition,
  ) {
    this.#stored = stored;
    const refused: unknown = JSON.parse(stored.refused ?? '[]');
    this.#open = new Set(Array.isArray(refused) ? refused.map(Number) : []);
  }

  get stored(): StoredPosition {
    return this.#stored;
  }

  /** Those of some rows that are not stored yet. */
  lacking(rows: Int32Array, offsetOf: (row: number) => number): Int32Array {
    const { next } = this.#stored;
    if (rows.length === 0 || offsetOf(rows[0]) >= next) return rows;
    return rows.filter((row) => {
      const offset = offsetOf(row);
      return offset >= next || this.#open.has(offset);
    });
  }

  /** @param rows some that are to be stored, in their order */
  step(rows: Int32Array, offsetOf: (row: number) => number): Step {
    const from = this.#stored;
    const next = Math.max(from.next, offsetOf(rows[rows.length - 1]) + 1);
    const open = this.#open.size === 0 ? this.#open : this.#openAfter(Float64Array.from(rows, offsetOf));
    const refused = [...open, ...this.#refused].filter((offset) => offset < next);
    const to = { ...from, next, refused: refused.length === 0 ? null : JSON.stringify(refused) };
    return { partition: this.partition, from, to, open };
  }

  /** A step was committed. */
  made({ to, open }: Step): void {
    this.#stored = to;
    this.#open = open;
  }

  /** A row is not stored, and becomes a dead letter: if it is read again before that is safe, it is refused again. */
  refuse(offset: number): void {
    this.#refused.add(offset);
  }

  /** What was refused is safe as soon as more rows come. */
  settle(): void {
    this.#refused.clear();
  }

  /** Without those that are stored now, that are refused anew, and that stand before them: these do not come any more. */
  #openAfter(offsets: Float64Array): ReadonlySet<number> {
    const [first = 0] = offsets;
    const stored = new Set(offsets);
    const comes = (offset: number): boolean => offset >= first && !stored.has(offset) && !this.#refused.has(offset);
    return new Set([...this.#open].filter(comes));
  }
}

/** Rows of a batch, and where they stand in their partition. */
export class PlacedRows {
  constructor(
    readonly position: PartitionPosition,
    readonly offsetOf: (row: number) => number,
  ) {}

  lacking(rows: Int32Array): Int32Array {
    return this.position.lacking(rows, this.offsetOf);
  }

  step(rows: Int32Array): Step {
    return this.position.step(rows, this.offsetOf);
  }

  made(step: Step): void {
    this.position.made(step);
  }

  refuse(row: number): void {
    this.position.refuse(this.offsetOf(row));
  }
}

/** How far the rows of the partitions are stored that a copy has. */
export class RowPositions {
  #known = new Map<string, PartitionPosition>();

  get all(): readonly PartitionPosition[] {
    return [...this.#known.values()];
  }

  /**
   * Takes what was found; what was known before counts no longer.
   * @param found of each position that is stored: topic id, partition, next, resets, refused
   */
  begin(partitions: readonly IdentifiedPartition[], found: Iterable<readonly SqlValue[]>): void {
    const stored = new Map<string, StoredPosition>();
    for (const [topicId, partition, next, resets, refused] of found) {
      const position = {
        next: Number(next),
        resets: Number(resets),
        refused: refused === null ? null : String(refused),
      };
      stored.set(`${topicId}:${partition}`, position);
    }
    this.#known = new Map();
    for (const one of partitions) {
      const position = stored.get(`${one.topicId}:${one.partition}`);
      if (position !== undefined) this.#known.set(nameOf(one), new PartitionPosition(one, position));
    }
  }

  /** Undefined for rows of anything but a partition of this copy's. */
  of({ origin }: Batch): PlacedRows | undefined {
    const position = origin?.unit === 'offset' ? this.#known.get(origin.source) : undefined;
    return origin && position && new PlacedRows(position, (row) => origin.ordinal(row));
  }

  /** See PartitionPosition.settle(). */
  settle(): void {
    for (const position of this.#known.values()) position.settle();
  }
}

/** The partitions whose topics have an id: those of others are told from later ones by nothing. */
export function identified({ partitions, topicIds }: SharedTopics): IdentifiedPartition[] {
  return partitions.flatMap(({ topic, partition }) => {
    const topicId = topicIds.get(topic);
    return topicId === undefined ? [] : [{ topic, topicId, partition }];
  });
}

/** As a batch's origin calls a partition. */
export function nameOf({ topic, partition }: IdentifiedPartition): string {
  return `${topic}:${partition}`;
}

/** The error of a database without a table for positions that may be made. @param create the statement that makes it */
export function noPositions(database: string, create: string, why = 'has no table', cause?: unknown): UsageError {
  return new UsageError(
    `${database} ${why} ${POSITIONS_TABLE}, which keeps how far rows without a key are stored, so that none is there twice`,
    `Give --create, or make it: ${create}; or give --guarantee at-least-once.`,
    { cause },
  );
}
