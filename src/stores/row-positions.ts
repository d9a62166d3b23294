import type { SharedTopics } from '../endpoints/endpoint.js';
import type { Batch, Origin } from '../records/batch.js';
import { UsageError } from '../records/errors.js';
import { numbersInRecords } from './rows-of-records.js';
import type { SqlValue } from './sql-value.js';

/** The table of freshet's own that keeps positions, beside the tables whose rows they are of. */
export const POSITIONS_TABLE = 'freshet_positions';

/** A partition of a topic; a topic of the same name that is made later has another id. */
export interface IdentifiedPartition {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
}

/** Where a row stands in its partition: the offset of its record, and its number among the rows of that. */
export type RowPlace = readonly [offset: number, number: number];

/** How far the rows of a partition are stored. */
export interface StoredPosition {
  /** Rows of records before this offset are stored, or were refused, */
  readonly next: number;
  /** and so many of the first ones of the record there. */
  readonly rows: number;
  /** How often it was begun anew: a copy that was stopped before that must not go on. */
  readonly resets: number;
  /** The places of those that were refused, a list in JSON, while they may have yet to become dead letters. */
  readonly refused: string | null;
}

/** What some rows change: made in one transaction with them, from where the position is known to be, or not at all. */
export interface Step {
  readonly partition: IdentifiedPartition;
  readonly from: StoredPosition;
  /** It always differs: who counts the rows that a statement has changed sees whether it was made. */
  readonly to: StoredPosition;
  /** Those that were refused before this copy began, and have yet to come again after it. */
  readonly open: Places;
}

/** Places by their names. */
type Places = ReadonlyMap<string, RowPlace>;

/**
 * How far the rows of one partition are stored, as a copy knows it. Within a partition rows come in the order of their
 * places, and a copy has all that come behind the position that it began with: whoever moves it on has stored all
 * between, so that a copy that finds it elsewhere has been overtaken, and nothing needs to be looked at but the position.
 */
export class PartitionPosition {
  #stored: StoredPosition;
  /** Those that were refused before this copy began, and have not come again. */
  #open: Places;
  /** Those that it has refused itself, and that are no safe dead letters yet. */
  readonly #refused = new Map<string, RowPlace>();

  constructor(
    readonly partition: IdentifiedPartition,
    stored: StoredPosition,
  ) {
    this.#stored = stored;
    this.#open = placesIn(stored.refused);
  }

  get stored(): StoredPosition {
    return this.#stored;
  }

  /** Whether a row is not stored yet. */
  lacks(place: RowPlace): boolean {
    const { next, rows } = this.#stored;
    return !isBefore(place, [next, rows]) || this.#open.has(`${place}`);
  }

  /** @param places of some rows that are to be stored, in their order; at least one */
  step(places: readonly RowPlace[]): Step {
    const from = this.#stored;
    const [offset, number] = places[places.length - 1];
    const isOn = !isBefore([offset, number], [from.next, from.rows]);
    const on = isOn ? { next: offset, rows: number + 1 } : { next: from.next, rows: from.rows };
    const open = this.#open.size === 0 ? this.#open : this.#openAfter(places);
    const refused = [...open.values(), ...this.#refused.values()].filter((place) =>
      isBefore(place, [on.next, on.rows]),
    );
    const to = { ...from, ...on, refused: refused.length === 0 ? null : JSON.stringify(refused) };
    return { partition: this.partition, from, to, open };
  }

  /** A step was committed. */
  made({ to, open }: Step): void {
    this.#stored = to;
    this.#open = open;
  }

  /** A row is not stored, and becomes a dead letter: if it is read again before that is safe, it is refused again. */
  refuse(place: RowPlace): void {
    this.#refused.set(`${place}`, place);
  }

  /** What was refused is safe as soon as more rows come. */
  settle(): void {
    this.#refused.clear();
  }

  /** Without those that are stored now, that are refused anew, and that stand before them: these do not come any more. */
  #openAfter(places: readonly RowPlace[]): Places {
    const stored = new Set(places.map(String));
    const comes = (name: string, place: RowPlace): boolean =>
      !isBefore(place, places[0]) && !stored.has(name) && !this.#refused.has(name);
    return new Map([...this.#open].filter(([name, place]) => comes(name, place)));
  }
}

/** Whether a place, or a position, is before another. */
export function isBefore([offset, number]: RowPlace, [other, than]: RowPlace): boolean {
  return offset < other || (offset === other && number < than);
}

function placesIn(json: string | null): Places {
  const list: unknown = JSON.parse(json ?? '[]');
  const places = Array.isArray(list) ? list : [];
  return new Map(places.map(([offset, number]): [string, RowPlace] => [`${[offset, number]}`, [offset, number]]));
}

/** Rows of a batch, and where they stand in their partition. */
export class PlacedRows {
  readonly #position: PartitionPosition;
  readonly #placeOf: (row: number) => RowPlace;

  constructor(position: PartitionPosition, origin: Origin, length: number) {
    const numbers = numbersInRecords(origin, length);
    this.#position = position;
    this.#placeOf = (row) => [origin.ordinal(row), numbers[row]];
  }

  /** Those of some rows that are not stored yet. */
  lacking(rows: Int32Array): Int32Array {
    return rows.filter((row) => this.#position.lacks(this.#placeOf(row)));
  }

  step(rows: Int32Array): Step {
    return this.#position.step(Array.from(rows, this.#placeOf));
  }

  made(step: Step): void {
    this.#position.made(step);
  }

  refuse(row: number): void {
    this.#position.refuse(this.#placeOf(row));
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
   * @param found of each position that is stored: topic id, partition, next, rows, resets, refused
   */
  begin(partitions: readonly IdentifiedPartition[], found: Iterable<readonly SqlValue[]>): void {
    const stored = new Map<string, StoredPosition>();
    for (const [topicId, partition, next, rows, resets, refused] of found) {
      const position = {
        next: Number(next),
        rows: Number(rows),
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
  of({ origin, length }: Batch): PlacedRows | undefined {
    const position = origin?.unit === 'offset' ? this.#known.get(origin.source) : undefined;
    return origin && position && new PlacedRows(position, origin, length);
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
