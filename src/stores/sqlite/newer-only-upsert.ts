import { isScalar } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import type { BatchCells } from '../batch-cells.js';
import { Contest, type KeyedRows, keyedRows, type Outcome } from '../newer-only.js';
import type { TablePlan } from '../table-plan.js';
import { comparableForm } from '../text-order.js';
import { Ties } from '../ties.js';
import type { SqliteDatabase } from './database.js';
import { LeftOut } from './sqlite-errors.js';
import { type FreshnessOrder, type UpsertStatements, upsertStatements } from './upsert-statements.js';

interface Prepared extends KeyedRows {
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

  /**
   * What can be done before the lock is taken.
   * @param mayRefuse whether SQLite may decide: it refuses rows that it would not write, too
   */
  prepare(cells: BatchCells, rows: Int32Array, mayRefuse: boolean): Prepared {
    const keyed = keyedRows(cells, rows);
    const decides = mayRefuse && this.#mostWin && keyed.keys.length === rows.length;
    return { ...keyed, list: decides ? `[${cells.list(rows)}]` : undefined };
  }

  /** @throws LeftOut where the table has not kept a row */
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
    const form = column.kind === 'time' ? comparableForm(column, rows, this.zone, '?') : undefined;
    return form === undefined ? 0 : this.database.run(this.#statements.newer, [list, form]);
  }

  /** @param written how many rows are in the table already */
  #decide(prepared: Prepared, written: number): Outcome {
    const { cells, keys } = prepared;
    const list = `[${cells.keyList(keys)}]`;
    const [places, stored] = this.database.select(this.#statements.lookup, ['place', 'fresh'], [list]);
    const contest = new Contest(prepared, places, stored, this.zone);
    const { outcome, winners } = contest.decide(this.#ties(cells, Int32Array.from(contest.tiedRows().keys())), written);
    const { overwrite } = this.#statements;
    if (winners.length > 0 && this.database.run(overwrite, [`[${cells.list(winners)}]`]) < winners.length) {
      throw new LeftOut();
    }
    return outcome;
  }

  /** Compares rows of equal freshness; asks for the stored rows that differ from the batch's. */
  #ties(cells: BatchCells, tied: Int32Array): Ties {
    if (tied.length === 0) return new Ties(cells, [], new Map());
    const names = ['place', ...this.plan.columns.map((_, position) => `c${position}`)];
    const list = `[${cells.list(tied)}]`;
    const [places, ...columns] = this.database.select(this.#statements.differing, names, [list]);
    return new Ties(cells, columns, new Map(places.map((place, at) => [tied[Number(place)], at])));
  }
}

function freshnessOrder({ freshness, columns, schema }: TablePlan): FreshnessOrder {
  if (freshness === undefined) return 'none';
  const { path, field } = columns[freshness];
  if (schema.time?.path === path && schema.time.unit === 'iso') return 'text of one form';
  return isScalar(field.type) && field.type.kind !== 'enum' ? 'value' : 'none';
}
