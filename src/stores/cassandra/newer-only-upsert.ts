import { setTimeout as sleep } from 'node:timers/promises';
import type { Zone } from '../../records/time/zone.js';
import type { BatchCells } from '../batch-cells.js';
import { Contest, type KeyedRows, keyedRows, type Outcome } from '../newer-only.js';
import type { SqlValue } from '../sql-value.js';
import { Ties } from '../ties.js';
import { isUnknown } from './cassandra-errors.js';
import type { CassandraClient, Cell, Statement } from './client.js';
import type { RowStatements } from './row-statements.js';

/** From so many times on that other writers came first, their turns are kept apart by chance. */
const PATIENT = 3;
const LONGEST_PAUSE_MS = 50;

/** The answer to a transaction was lost: it may be done, or be done yet. */
export class UnknownWrite extends Error {
  constructor(
    /** What has become of the rows, if it is done. */
    readonly result: Outcome,
    override readonly cause: unknown,
  ) {
    super('the answer to a transaction was lost');
  }
}

/** What a table has of some rows' keys: keys by place (see KeyedRows), values by column and by row. */
interface Found {
  readonly places: number[];
  readonly columns: SqlValue[][];
  readonly cells: Cell[][];
}

/**
 * Writes rows of one partition where they are newer than what the table has, and counts as if they were written one by
 * one. Rows are decided here, by instants and compareValues(), after those of their keys were looked up; the winners
 * are written in one lightweight transaction, under the condition that what has decided is as it was found. If another
 * writer came between, nothing is written, and all is looked up and decided again. So any number of writers end with
 * the one table that any order of their rows ends with, and each row is counted for what became of it.
 *
 * Write timestamps alone can't do it. At equal ones Cassandra keeps the greater value of each cell, which mixes two
 * rows into a third; no 64 bits are room for the order of all that a row has besides its time; and a row that another
 * program has written or deleted at the time of its clock would hide whatever has an earlier event time for ever.
 */
export class NewerOnlyUpsert {
  constructor(
    readonly statements: RowStatements,
    readonly zone: Zone,
  ) {}

  /**
   * @param isUncertain whether an earlier try may have been done or be done yet: what is looked up then is settled
   * @returns what became of the rows
   * @throws UnknownWrite where the answer to the transaction is lost
   */
  async apply(client: CassandraClient, cells: BatchCells, rows: Int32Array, isUncertain: boolean): Promise<Outcome> {
    const keyed = keyedRows(cells, rows);
    for (let attempt = 0; ; attempt++) {
      const found = await this.#lookup(client, keyed, isUncertain);
      const { outcome, statements } = this.#decide(keyed, found);
      if (statements.length === 0 || (await this.#write(client, statements, outcome))) return outcome;
      if (attempt >= PATIENT) await sleep(Math.random() * LONGEST_PAUSE_MS);
    }
  }

  /** @returns whether the rows were written: otherwise others were */
  async #write(client: CassandraClient, statements: readonly Statement[], outcome: Outcome): Promise<boolean> {
    try {
      return await client.writeIf(statements);
    } catch (error) {
      throw isUnknown(error) ? new UnknownWrite(outcome, error) : error;
    }
  }

  #decide(keyed: KeyedRows, found: Found): { readonly outcome: Outcome; readonly statements: Statement[] } {
    const { cells, rows, places } = keyed;
    const { plan, others } = this.statements;
    const { freshness = 0 } = plan;
    const contest = new Contest(keyed, found.places, found.columns[freshness], this.zone);
    const tied = contest.tiedRows();
    const { outcome, winners } = contest.decide(new Ties(cells, found.columns, tied), 0);
    const placeOf = new Map(Array.from(rows, (row, at) => [row, places[at]]));
    const foundAt = new Map(found.places.map((place, at) => [place, at]));
    const statements = Array.from(winners, (row) => {
      const at = foundAt.get(placeOf.get(row) ?? -1);
      if (at === undefined) return this.statements.insert(cells, row);
      // One that is newer wins whatever else the older one has.
      const isNewer = plan.freshness !== undefined && !tied.has(row);
      return this.statements.replace(cells, row, isNewer ? [freshness] : others, found.cells[at]);
    });
    return { outcome, statements };
  }

  async #lookup(client: CassandraClient, { cells, keys }: KeyedRows, isSettled: boolean): Promise<Found> {
    const columns: SqlValue[][] = this.statements.plan.columns.map(() => []);
    const found: Found = { places: [], columns, cells: [] };
    const places = new Map(Array.from(keys, (row, place) => [cells.key(row), place]));
    const { forms } = this.statements;
    const lists = await Promise.all(
      this.statements.lookups(cells, keys).map(({ query, params }) => client.select(query, params, isSettled)),
    );
    for (const row of lists.flat()) {
      const values = row.map((cell, position) => forms[position].read(cell));
      const place = places.get(this.statements.keyOf(values));
      if (place === undefined) continue;
      found.places.push(place);
      found.cells.push(row);
      for (const [position, column] of found.columns.entries()) column.push(values[position]);
    }
    return found;
  }
}
