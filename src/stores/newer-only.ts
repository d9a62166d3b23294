import type { Zone } from '../records/time/zone.js';
import type { BatchCells } from './batch-cells.js';
import { type Freshness, freshnessByTime, freshnessByValue } from './freshness.js';
import type { SqlValue } from './sql-value.js';
import { storedValueOrNull } from './stored-value.js';
import type { Ties } from './ties.js';

/** What became of rows, as if they were written one by one. */
export interface Outcome {
  readonly applied: number;
  readonly stale: number;
  readonly tied: number;
}

/** Rows on their way into a table. */
export interface KeyedRows {
  readonly cells: BatchCells;
  readonly rows: Int32Array;
  /** A row of each distinct key, and for each row the place of its key among these. */
  readonly keys: Int32Array;
  readonly places: Int32Array;
}

export function keyedRows(cells: BatchCells, rows: Int32Array): KeyedRows {
  const places = new Int32Array(rows.length);
  const keys = new Int32Array(rows.length);
  const known = new Map<string | number, number>();
  const identity = cells.keyIdentity();
  for (let at = 0; at < rows.length; at++) {
    const key = identity(rows[at]);
    const place = known.get(key) ?? known.size;
    if (place === known.size) {
      known.set(key, place);
      keys[place] = rows[at];
    }
    places[at] = place;
  }
  return { cells, rows, keys: keys.subarray(0, known.size), places };
}

/** How fresh rows are against what a table has: decided by instants and compareValues(). */
export class Contest {
  readonly #freshness: Freshness;
  readonly #againstStored: (row: number, at: number) => number;
  /** By key: where its freshness is in `stored`, or -1. */
  readonly #storedAt: Int32Array;

  /**
   * @param places the keys that the table has, by their places
   * @param stored their freshness
   */
  constructor(
    readonly keyed: KeyedRows,
    places: readonly SqlValue[],
    stored: readonly SqlValue[],
    zone: Zone,
  ) {
    const { cells, keys } = keyed;
    const { freshness = 0, columns } = cells.plan;
    this.#freshness = freshnessOf(cells, zone);
    this.#storedAt = new Int32Array(keys.length).fill(-1);
    for (const [at, place] of places.entries()) this.#storedAt[Number(place)] = at;
    this.#againstStored = this.#freshness.against(
      stored.map((value) => storedValueOrNull(columns[freshness].field, value)),
    );
  }

  /**
   * The rows that are as fresh as the stored row of their key, by where that is in `stored`: what else the table has of
   * these decides.
   */
  tiedRows(): Map<number, number> {
    const { rows, places } = this.keyed;
    const tied = new Map<number, number>();
    for (let at = 0; at < rows.length; at++) {
      const stored = this.#storedAt[places[at]];
      if (stored >= 0 && this.#againstStored(rows[at], stored) === 0) tied.set(rows[at], stored);
    }
    return tied;
  }

  /**
   * @param written how many rows are in the table already: each ties with itself there
   * @returns the counts, and the rows to write in place of what the table has
   */
  decide(ties: Ties, written: number): { readonly outcome: Outcome; readonly winners: Int32Array } {
    const { rows, keys, places } = this.keyed;
    const counts = { applied: written, stale: 0, tied: -written };
    /** By key: the row that is in front, as a position in `rows`; -1 while it is the stored one, or none. */
    const leaders = new Int32Array(keys.length).fill(-1);
    for (let at = 0; at < rows.length; at++) {
      const [row, place] = [rows[at], places[at]];
      const leader = leaders[place];
      let order = 1;
      let tie = 0;
      if (leader >= 0) {
        order = this.#freshness.compare(row, rows[leader]);
        if (order === 0) tie = ties.compareRows(row, rows[leader]);
      } else if (this.#storedAt[place] >= 0) {
        order = this.#againstStored(row, this.#storedAt[place]);
        if (order === 0) tie = ties.compareStored(row);
      }
      if (order < 0) counts.stale++;
      else if (order === 0 && tie <= 0) counts.tied++;
      else {
        counts.applied++;
        leaders[place] = at;
      }
    }
    return { outcome: counts, winners: leaders.filter((at) => at >= 0).map((at) => rows[at]) };
  }
}

const ALL_EQUAL: Freshness = { compare: () => 0, against: () => () => 0 };

function freshnessOf(cells: BatchCells, zone: Zone): Freshness {
  const { freshness, columns, schema } = cells.plan;
  if (freshness === undefined) return ALL_EQUAL;
  const column = cells.column(freshness);
  if (column.kind !== 'time') return freshnessByValue(column, columns[freshness].field);
  return freshnessByTime(column, schema.time?.unit ?? 'iso', zone);
}
