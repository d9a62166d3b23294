import type { RejectedRow, SharedTopics, Sink, SinkCounts } from '../../endpoints/endpoint.js';
import type { Batch } from '../../records/batch.js';
import { bug } from '../../records/errors.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import { BatchCells, QuotedTexts, type RowSyntax } from '../batch-cells.js';
import { keyedRows, type Outcome } from '../newer-only.js';
import { Outage } from '../outage.js';
import type { PlacedRows } from '../row-positions.js';
import type { StoreSinkOptions } from '../store.js';
import { keyPlan, planTable, type TablePlan } from '../table-plan.js';
import { AddedRows } from './added-rows.js';
import { parseAddress } from './address.js';
import { type ColumnForm, formsOf } from './column-forms.js';
import { deleteRows } from './delete-rows.js';
import type { ExistingTable } from './existing-table.js';
import { KeptSession } from './kept-session.js';
import { mysqlError, refusalOf, troubleOf } from './mysql-errors.js';
import { NewerOnlyUpsert } from './newer-only-upsert.js';
import { openTable } from './open-table.js';
import { MysqlPositions } from './positions.js';
import { RefusedRow } from './refused-row.js';
import { inTransaction, openAtStart, type Server, type Session, UnknownCommit } from './session.js';
import { halvesByKey, sortedByKey } from './sorted-keys.js';
import { sqlRows } from './sql-rows.js';
import { unstorable } from './unstorable.js';
import { deleteStatement, hasLooseKey, type UpsertStatements, upsertStatements } from './upsert-statements.js';
import { openForWriting } from './writing-session.js';

/** From so many rows on two sessions write them. */
const MANY_ROWS = 1000;

/** What rows are deleted by. */
interface Keys {
  readonly plan: TablePlan;
  readonly forms: readonly ColumnForm[];
  /** The statement that deletes the rows of a list of keys. */
  readonly remove: (list: string) => string;
}

/** @param isUncertain whether an earlier try may have been done */
type Work = (session: Session, isUncertain: boolean) => Promise<Outcome>;

/** A table that rows are written to. */
export class MysqlSink implements Sink {
  readonly name: string;
  readonly schema: RecordSchema;
  readonly #quoted = new QuotedTexts();
  readonly #syntax: RowSyntax;
  /** Absent where rows have no identity. */
  readonly #upsert: NewerOnlyUpsert | undefined;
  /** Absent where rows have one, and where no group shares what is read. */
  readonly begin: ((shared: SharedTopics) => Promise<void>) | undefined;
  readonly reset: (() => Promise<void>) | undefined;
  #counts = { rows: 0, applied: 0, stale: 0, tied: 0 };
  #rejected: RejectedRow[] = [];

  private constructor(
    readonly sessions: readonly [KeptSession, KeptSession],
    readonly plan: TablePlan,
    readonly forms: readonly ColumnForm[],
    statements: UpsertStatements,
    /** Absent where rows have no identity. */
    readonly keys: Keys | undefined,
    readonly zone: Zone,
    readonly added: AddedRows,
  ) {
    this.name = `${sessions[0].address.shown}#${plan.name}`;
    this.schema = plan.schema;
    this.#syntax = sqlRows(plan, forms);
    if (plan.primaryKey.length > 0) this.#upsert = new NewerOnlyUpsert(plan, forms, statements, zone);
    const { positions } = added;
    this.begin =
      positions &&
      ((shared) => {
        // Those of a write that was overtaken are refused again.
        this.#rejected = [];
        return positions.begin(sessions[0], shared);
      });
    this.reset = positions && (() => positions.reset(sessions[0]));
  }

  /** Connects, and makes the table where it is missing and may be made. */
  static async open(text: string, options: StoreSinkOptions): Promise<MysqlSink> {
    const plan = planTable(options.schema, options.table);
    const address = parseAddress(text);
    const session = await openAtStart(address);
    try {
      const { group, create, stop, zone } = options;
      const isKept = plan.primaryKey.length === 0 && group !== undefined;
      if (isKept && create) await MysqlPositions.forget(session, plan.name);
      const table = await openTable(session, plan, address, options);
      const forms = formsOf(plan.schema, plan.columns, table.columns);
      const statements = upsertStatements(plan, forms, session.server, hasLooseKey(plan, forms, table));
      const of = { table: table.name, group: group ?? '', create };
      const positions = isKept ? await MysqlPositions.open(session, of, address) : undefined;
      const prepare = async (opened: Session): Promise<void> => {
        await openForWriting(opened);
        await positions?.prepare(opened);
      };
      await prepare(session);
      const outage = new Outage(address.shown, options.tell);
      const first = new KeptSession(address, session, outage, stop, prepare);
      const second = new KeptSession(address, undefined, outage, stop, prepare);
      const keys = plan.primaryKey.length === 0 ? undefined : keysOf(plan, table, session.server);
      const added = new AddedRows(plan.name, address.shown, statements.insert, positions);
      return new MysqlSink([first, second], plan, forms, statements, keys, zone, added);
    } catch (error) {
      session.connection.destroy();
      throw mysqlError(error, address, 'open');
    }
  }

  async write(batch: Batch): Promise<void> {
    const all = batch.selection ?? Int32Array.from({ length: batch.length }, (_, row) => row);
    if (all.length === 0) return;
    const cells = new BatchCells(this.plan, batch, this.zone, this.#syntax, this.#quoted);
    const problems = unstorable(cells, all, this.forms);
    for (const [row, reason] of problems) this.#reject(row, reason);
    const storable = problems.size === 0 ? all : all.filter((row) => !problems.has(row));
    const placed = this.added.positions?.rows.of(batch);
    const rows = placed === undefined ? storable : placed.lacking(storable);
    for (let from = 0; from < rows.length; ) {
      const portion = rows.subarray(from, from + cells.portion(rows, from));
      await this.#storePortion(cells, portion, placed);
      from += portion.length;
    }
    this.#counts.tied += storable.length - rows.length;
    this.#counts.rows += all.length;
  }

  async delete(keys: Batch): Promise<number> {
    const { plan, forms, remove } = this.keys ?? bug(`rows of ${this.name} have no key`);
    const cells = new BatchCells(plan, keys, this.zone, sqlRows(plan, forms), new QuotedTexts());
    const all = Int32Array.from({ length: keys.length }, (_, row) => row);
    const { keys: distinct } = sortedByKey(keyedRows(cells, all));
    return deleteRows(this.sessions[0], cells, distinct, remove);
  }

  /** Rows are committed when write() resolves. */
  async flush(): Promise<void> {
    this.added.positions?.rows.settle();
  }

  async close(): Promise<void> {
    for (const session of this.sessions) await session.close();
  }

  counts(): SinkCounts {
    return { ...this.#counts };
  }

  takeRejected(): readonly RejectedRow[] {
    const rejected = this.#rejected.sort((a, b) => a.row - b.row);
    this.#rejected = [];
    return rejected;
  }

  /**
   * Many rows are stored by two sessions at once, one for each half of the keys: a server has more than one processor,
   * and nothing but this waits for it.
   */
  async #storePortion(cells: BatchCells, rows: Int32Array, placed: PlacedRows | undefined): Promise<void> {
    const [first, second] = this.sessions;
    if (this.#upsert === undefined || rows.length < MANY_ROWS) return this.#store(first, cells, rows, placed);
    const halves = halvesByKey(keyedRows(cells, rows));
    const done = await Promise.allSettled([
      this.#store(first, cells, halves[0]),
      this.#store(second, cells, halves[1]),
    ]);
    for (const one of done) if (one.status === 'rejected') throw one.reason;
  }

  /** Stores rows in one transaction; where one is refused, in halves, until it is found. */
  async #store(session: KeptSession, cells: BatchCells, rows: Int32Array, placed?: PlacedRows): Promise<void> {
    if (rows.length === 0) return;
    const refuse = (row: number, reason: string): void => {
      this.#reject(row, reason);
      placed?.refuse(row);
    };
    try {
      this.#count(await this.#commit(session, cells, rows, placed));
    } catch (error) {
      if (error instanceof RefusedRow) {
        refuse(error.row, error.reason);
        const others = rows.filter((row) => row !== error.row);
        await this.#store(session, cells, others, placed);
      } else if (troubleOf(error) !== 'data') throw error;
      else if (rows.length === 1) refuse(rows[0], refusalOf(error));
      else {
        const half = rows.length >> 1;
        await this.#store(session, cells, rows.subarray(0, half), placed);
        await this.#store(session, cells, rows.subarray(half), placed);
      }
    }
  }

  /**
   * Where the answer to a commit is lost, the rows are looked at again: if there is one to write, the transaction was
   * not done, and this one counts; if there is none, it was, and what it counted stands.
   */
  async #commit(kept: KeptSession, cells: BatchCells, rows: Int32Array, placed?: PlacedRows): Promise<Outcome> {
    const step = placed?.step(rows);
    const upsert = this.#upsert;
    const keyed = upsert?.prepare(cells, rows);
    const work: Work = (session, isUncertain) =>
      upsert === undefined || keyed === undefined
        ? this.added.apply(session, cells, rows, step, isUncertain)
        : upsert.apply(session, keyed);
    let unknown: Outcome | undefined;
    const settled = (outcome: Outcome): Outcome => (unknown !== undefined && outcome.applied === 0 ? unknown : outcome);
    const outcome = await kept.run(async (session) => {
      try {
        return settled(await inTransaction(session, () => work(session, unknown !== undefined)));
      } catch (error) {
        if (!(error instanceof UnknownCommit)) throw error;
        if (upsert === undefined && step === undefined) throw this.added.mayBeTwice(rows.length, error);
        unknown = settled(error.result);
        throw error.cause;
      }
    });
    if (step !== undefined) placed?.made(step);
    return outcome;
  }

  #reject(row: number, reason: string): void {
    this.#rejected.push({ row, reason });
  }

  #count({ applied, stale, tied }: Outcome): void {
    this.#counts.applied += applied;
    this.#counts.stale += stale;
    this.#counts.tied += tied;
  }
}

function keysOf(plan: TablePlan, table: ExistingTable, server: Server): Keys {
  const keyed = keyPlan(plan);
  const forms = formsOf(plan.schema, keyed.columns, table.columns);
  return { plan: keyed, forms, remove: deleteStatement(keyed, forms, server) };
}
