import { isScalar } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import { type Freshness, freshnessByTime, freshnessByValue } from '../freshness.js';
import type { TablePlan } from '../table-plan.js';
import type { BatchCells } from './batch-cells.js';
import type { SqliteDatabase } from './database.js';
import { storedValueOrNull } from './stored-value.js';
import { comparableForm } from './text-order.js';
import { Ties } from './ties.js';
import { type FreshnessOrder, type UpsertStatements, upsertStatements } from './upsert-statements.js';

export interface Outcome {
  readonly applied: number;
  readonly stale: number;
  readonly tied: number;
}

/** Rows on their way into the table. */
interface Prepared {
  readonly cells: BatchCells;
  readonly rows: Int32Array;
  /** A row of each distinct key, and for each row the place of its key among these. */
  readonly keys: Int32Array;
  readonly places: Int32Array;
  /** All rows as JSON, where SQLite may decide. */
  readonly list: string | undefined;
}

/**
 * Writes rows where they are newer than what the table has, and counts as if they were written one by one. Runs in a
 * transaction of the caller's, so that nobody else writes between looking and writing.
 *
 * Rows are decided here, by instants and compareValues(), after the stored freshness of their keys was looked up; the
 * winners are written in one statement. While most rows win, SQLite is let to decide first, in the one statement that
 * writes, where its order of the stored values is that of the freshness and no key occurs twice; only if it has left
 * rows out, these are looked at. Both ways give the same table and the same counts.
 */
export class NewerOnlyUpsert {
  readonly #statements: UpsertStatements;
  readonly #order: FreshnessOrder;
  #mostWin = true;

  constructor(
    readonly database: SqliteDatabase,
    readonly plan: TablePlan,
    readonly zone: Zone,
  ) {
    this.#order = freshnessOrder(plan);
    this.#statements = upsertStatements(plan, this.#order);
  }

  /** What can be done before the lock is taken. */
  prepare(cells: BatchCells, rows: Int32Array): Prepared {
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
    const list = this.#mostWin && known.size === rows.length ? cells.list(rows) : undefined;
    return { cells, rows, keys: keys.subarray(0, known.size), places, list };
  }

  apply(prepared: Prepared): Outcome {
    const count = prepared.rows.length;
    const written = this.#letSqliteDecide(prepared);
    const outcome = written === count ? { applied: count, stale: 0, tied: 0 } : this.#decide(prepared, written);
    this.#mostWin = outcome.applied * 2 > count;
    return outcome;
  }

  /** @returns how many rows were written */
  #letSqliteDecide({ cells, rows, list }: Prepared): number {
    if (list === undefined) return 0;
    const { freshness } = this.plan;
    if (this.#order !== 'text of one form' || freshness === undefined) {
      return this.database.run(this.#statements.newer, [list]);
    }
    const column = cells.column(freshness);
    const form = column.kind === 'time' ? comparableForm(column, rows, this.zone) : undefined;
    return form === undefined ? 0 : this.database.run(this.#statements.newer, [list, form]);
  }

  /** @param written how many rows are in the table already: each ties with itself there */
  #decide(prepared: Prepared, written: number): Outcome {
    const { cells, rows, places, keys } = prepared;
    const freshness = this.#freshness(cells);
    const [found, stored] = this.database.select(this.#statements.lookup, ['place', 'fresh'], [cells.keyList(keys)]);
    /** By key: where its freshness is in `stored`, or -1. */
    const storedAt = new Int32Array(keys.length).fill(-1);
    for (const [at, place] of found.entries()) storedAt[Number(place)] = at;
    const field = this.plan.columns[this.plan.freshness ?? 0].field;
    const againstStored = freshness.against(stored.map((value) => storedValueOrNull(field, value)));
    const isTie = (at: number): boolean =>
      storedAt[places[at]] >= 0 && againstStored(rows[at], storedAt[places[at]]) === 0;
    const ties = this.#ties(prepared, isTie);
    const counts = { applied: written, stale: 0, tied: -written };
    /** By key: the row that is in front, as a position in `rows`; -1 while it is the stored one, or none. */
    const leaders = new Int32Array(keys.length).fill(-1);
    for (let at = 0; at < rows.length; at++) {
      const [row, place] = [rows[at], places[at]];
      const leader = leaders[place];
      let order = 1;
      let tie = 0;
      if (leader >= 0) {
        order = freshness.compare(row, rows[leader]);
        if (order === 0) tie = ties.compareRows(row, rows[leader]);
      } else if (storedAt[place] >= 0) {
        order = againstStored(row, storedAt[place]);
        if (order === 0) tie = ties.compareStored(row);
      }
      if (order < 0) counts.stale++;
      else if (order === 0 && tie <= 0) counts.tied++;
      else {
        counts.applied++;
        leaders[place] = at;
      }
    }
    const winners = leaders.filter((at) => at >= 0).map((at) => rows[at]);
    if (winners.length > 0) this.database.run(this.#statements.overwrite, [cells.list(winners)]);
    return counts;
  }

  /** Compares rows of equal freshness; asks for the stored rows that differ from the batch's. */
  #ties({ cells, rows }: Prepared, isTie: (at: number) => boolean): Ties {
    const tied = rows.filter((_, at) => isTie(at));
    if (tied.length === 0) return new Ties(cells, [], new Map());
    const names = ['place', ...this.plan.columns.map((_, position) => `c${position}`)];
    const [places, ...columns] = this.database.select(this.#statements.differing, names, [cells.list(tied)]);
    return new Ties(cells, columns, new Map(places.map((place, at) => [tied[Number(place)], at])));
  }

  #freshness(cells: BatchCells): Freshness {
    const { freshness, columns, schema } = this.plan;
    if (freshness === undefined) return ALL_EQUAL;
    const column = cells.column(freshness);
    if (column.kind !== 'time') return freshnessByValue(column, columns[freshness].field);
    return freshnessByTime(column, schema.time?.unit ?? 'iso', this.zone);
  }
}

const ALL_EQUAL: Freshness = { compare: () => 0, against: () => () => 0 };

function freshnessOrder({ freshness, columns, schema }: TablePlan): FreshnessOrder {
  if (freshness === undefined) return 'none';
  const { path, field } = columns[freshness];
  if (schema.time?.path === path && schema.time.unit === 'iso') return 'text of one form';
  return isScalar(field.type) && field.type.kind !== 'enum' ? 'value' : 'none';
}
