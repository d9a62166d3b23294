import type { Zone } from '../../records/time/zone.js';
import type { BatchCells } from '../batch-cells.js';
import { Contest, type KeyedRows, keyedRows, type Outcome } from '../newer-only.js';
import type { TablePlan } from '../table-plan.js';
import { comparableForm } from '../text-order.js';
import { Ties } from '../ties.js';
import type { ColumnForm } from './column-forms.js';
import { FoundRows } from './found-rows.js';
import { RefusedRow } from './refused-row.js';
import type { Session } from './session.js';
import { sortedByKey } from './sorted-keys.js';
import { type Chunk, chunksOf } from './statement-chunks.js';
import type { UpsertStatements } from './upsert-statements.js';

/**
 * Writes rows where they are newer than what the table has, and counts as if they were written one by one. Runs in a
 * transaction of the caller's. Every row that is looked at or written stays locked to its end, so that nobody else
 * writes between looking and writing; keys are locked in their order, so that writers seldom meet in a deadlock.
 *
 * Rows are decided here, by instants and compareValues(), after the stored freshness of their keys was looked up; keys
 * that are not there are inserted first, since only a row that is there can be locked. While most rows win, the server
 * is let to decide first, in the statements that write, where its order of the stored values is that of the freshness
 * and no key occurs twice; only if it has left rows out, these are looked at. Both ways give the same table and counts.
 */
export class NewerOnlyUpsert {
  #mostWin = true;
  /** Then whole rows are read at once. */
  #mostTie = false;

  constructor(
    readonly plan: TablePlan,
    readonly forms: readonly ColumnForm[],
    readonly statements: UpsertStatements,
    readonly zone: Zone,
  ) {}

  /** What can be done before any lock is taken. */
  prepare(cells: BatchCells, rows: Int32Array): KeyedRows {
    return sortedByKey(keyedRows(cells, rows));
  }

  async apply(session: Session, keyed: KeyedRows): Promise<Outcome> {
    const count = keyed.rows.length;
    const written = await this.#letServerDecide(session, keyed);
    const outcome =
      written === count ? { applied: count, stale: 0, tied: 0 } : await this.#decide(session, keyed, written);
    this.#mostWin = outcome.applied * 2 > count;
    return outcome;
  }

  /** @returns how many rows were written */
  async #letServerDecide(session: Session, { cells, rows, keys }: KeyedRows): Promise<number> {
    if (!this.#mostWin || keys.length < rows.length) return 0;
    const { freshness } = this.plan;
    if (this.statements.order !== 'text of one form' || freshness === undefined) {
      return this.#write(session, cells, rows, this.statements.newer(undefined));
    }
    const column = cells.column(freshness);
    const form = column.kind === 'time' ? comparableForm(column, rows, this.zone, '_') : undefined;
    return form === undefined ? 0 : this.#write(session, cells, rows, this.statements.newer(form));
  }

  /** @param before how many rows are in the table already: each ties with itself there */
  async #decide(session: Session, keyed: KeyedRows, before: number): Promise<Outcome> {
    const { cells, keys } = keyed;
    const whole = this.#mostTie || this.plan.freshness === undefined;
    const found = new FoundRows(this.plan, this.forms, whole);
    await this.#lookup(session, cells, keys, found);
    let written = before;
    if (found.places.length < keys.length) {
      const there = new Set(found.places);
      const missing = Int32Array.from(keys, (_, place) => place).filter((place) => !there.has(place));
      const rows = missing.map((place) => keys[place]);
      written += await this.#write(session, cells, rows, this.statements.reserve);
      await this.#lookup(session, cells, keys, found, missing);
      if (found.places.length < keys.length) {
        const now = new Set(found.places);
        throw new RefusedRow(keys[missing.find((place) => !now.has(place)) ?? 0], TAKEN);
      }
    }
    const contest = new Contest(keyed, found.places, found.fresh, this.zone);
    const tied = contest.tiedRows();
    const ties = found.whole
      ? new Ties(cells, found.columns, tied)
      : await this.#ties(session, cells, Int32Array.from(tied.keys()));
    const { outcome, winners } = contest.decide(ties, written);
    await this.#write(session, cells, winners, this.statements.overwrite);
    this.#mostTie = tied.size * 2 > keyed.rows.length;
    return outcome;
  }

  /** Locks the rows of keys, and adds them to what was found. @param wanted places of keys; all of them if not given */
  async #lookup(
    { connection, server }: Session,
    cells: BatchCells,
    keys: Int32Array,
    found: FoundRows,
    wanted: Int32Array = Int32Array.from(keys, (_, place) => place),
  ): Promise<void> {
    const seekOf = (place: number): string => `${server.rowWord}(${place},${cells.key(keys[place]).slice(1)}`;
    for (const { list } of chunksOf(wanted, seekOf, server)) {
      found.add(await connection.select(this.statements.lookup(list, found.whole)));
    }
  }

  /** Compares rows of equal freshness; asks for the stored rows that they meet. */
  async #ties({ connection, server }: Session, cells: BatchCells, tied: Int32Array): Promise<Ties> {
    const found = new FoundRows(this.plan, this.forms, true);
    const seekOf = (row: number): string => `${server.rowWord}(${row},${cells.key(row).slice(1)}`;
    for (const { list } of chunksOf(tied, seekOf, server)) {
      found.add(await connection.select(this.statements.lookup(list, true)));
    }
    return new Ties(cells, found.columns, new Map(found.places.map((row, at) => [row, at])));
  }

  /** Writes rows in statements of many. @returns how many were new or changed */
  async #write({ connection, server }: Session, cells: BatchCells, rows: Int32Array, behind: string): Promise<number> {
    let written = 0;
    let running: Promise<number> | undefined;
    const send = async ({ list }: Chunk): Promise<number> => {
      const { affected, duplicates } = await connection.run(this.statements.insert + list + behind);
      return affected - duplicates;
    };
    for (const chunk of chunksOf(rows, (row) => cells.row(row), server)) {
      // The next statement is written out while the server works on this one.
      written += (await running) ?? 0;
      running = send(chunk);
      running.catch(() => {});
    }
    return written + ((await running) ?? 0);
  }
}

const TAKEN =
  'the table takes its key for that of another row: a key of the table compares by a collation that does not tell bytes apart, or has other columns';
