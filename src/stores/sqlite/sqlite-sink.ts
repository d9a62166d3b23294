import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RejectedRow, SharedTopics, Sink, SinkCounts } from '../../endpoints/endpoint.js';
import type { Batch } from '../../records/batch.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import { BatchCells, QuotedTexts, type RowSyntax } from '../batch-cells.js';
import { checkTable, missingTable } from '../check-table.js';
import type { Outcome } from '../newer-only.js';
import { Outage } from '../outage.js';
import type { PlacedRows, Step } from '../row-positions.js';
import type { StoreSinkOptions } from '../store.js';
import { keyPlan, planTable, type TablePlan } from '../table-plan.js';
import { createStatements } from './create-table.js';
import type { SqliteDatabase } from './database.js';
import { existingTable, noSuchKey, sqliteTables } from './existing-table.js';
import { jsonRows } from './json-rows.js';
import { KeptFile } from './kept-file.js';
import { NewerOnlyUpsert } from './newer-only-upsert.js';
import { openForWriting } from './open-file.js';
import { SqlitePositions } from './positions.js';
import { releaseStatements } from './release-statements.js';
import { isNoSuchKey, LeftOut, refusalOf } from './sqlite-errors.js';
import { deleteStatement, upsertStatements } from './upsert-statements.js';

/** Keys whose rows are deleted in one transaction. */
const DELETED_AT_ONCE = 10_000;

/** A table that rows are written to. */
export class SqliteSink implements Sink {
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
    readonly database: SqliteDatabase,
    readonly file: KeptFile,
    readonly plan: TablePlan,
    readonly zone: Zone,
    readonly positions: SqlitePositions | undefined,
  ) {
    this.name = `sqlite:${database.file}#${plan.name}`;
    this.schema = plan.schema;
    this.#syntax = jsonRows(plan);
    if (plan.primaryKey.length > 0) this.#upsert = new NewerOnlyUpsert(database, plan, zone);
    this.begin =
      positions &&
      ((shared) => {
        // Those of a write that was overtaken are refused again.
        this.#rejected = [];
        return positions.begin(shared);
      });
    this.reset = positions && (() => positions.reset());
  }

  /** Opens the file, and makes it and the table where they are missing and may be made. */
  static async open(path: string, options: StoreSinkOptions, busyTimeoutMs?: number): Promise<SqliteSink> {
    const { schema, table, create, zone, group } = options;
    const plan = planTable(schema, table);
    const database = await openForWriting(path, create, busyTimeoutMs);
    try {
      let existing = await database.whenUnlocked(() => existingTable(database, plan.name));
      if (existing === undefined && create) {
        existing = await database.transaction(() => {
          for (const statement of createStatements(plan)) database.exec(statement);
          SqlitePositions.forget(database, plan.name);
          return existingTable(database, plan.name);
        });
      }
      if (existing === undefined) throw missingTable(plan, path, createStatements(plan));
      checkTable(existing, plan, path, sqliteTables);
      if (plan.primaryKey.length > 0) await database.whenUnlocked(() => checkKey(database, plan));
      const file = new KeptFile(database, new Outage(database.file, options.tell), options.stop);
      const isKept = plan.primaryKey.length === 0 && group !== undefined;
      const positions = isKept ? await SqlitePositions.open(file, existing.name, group, create) : undefined;
      return new SqliteSink(database, file, plan, zone, positions);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  async write(batch: Batch): Promise<void> {
    const all = batch.selection ?? Int32Array.from({ length: batch.length }, (_, row) => row);
    if (all.length === 0) return;
    const placed = this.positions?.rows.of(batch);
    const rows = placed === undefined ? all : placed.lacking(all);
    const cells = new BatchCells(this.plan, batch, this.zone, this.#syntax, this.#quoted);
    for (let from = 0; from < rows.length; ) {
      if (from > 0) await nextTurn();
      const portion = rows.subarray(from, from + cells.portion(rows, from));
      await this.#store(cells, portion, placed);
      from += portion.length;
    }
    this.#counts.tied += all.length - rows.length;
    this.#counts.rows += all.length;
  }

  async delete(keys: Batch): Promise<number> {
    const plan = keyPlan(this.plan);
    const cells = new BatchCells(plan, keys, this.zone, jsonRows(plan), new QuotedTexts());
    const statement = deleteStatement(plan);
    const rows = Int32Array.from({ length: keys.length }, (_, row) => row);
    let deleted = 0;
    for (let from = 0; from < rows.length; from += DELETED_AT_ONCE) {
      if (from > 0) await nextTurn();
      const portion = [...rows.subarray(from, from + DELETED_AT_ONCE)].map((row) => cells.key(row));
      deleted += await this.file.transaction(() =>
        portion.reduce((sum, key) => sum + this.database.run(statement, [key]), 0),
      );
    }
    return deleted;
  }

  /** Rows are on the disk when write() resolves. */
  async flush(): Promise<void> {
    this.positions?.rows.settle();
  }

  /** Leaves the file alone behind, without a log beside it, unless another program has it open. */
  async close(): Promise<void> {
    this.database.emptyLog();
    this.database.close();
    await releaseStatements();
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
   * Stores rows in one transaction; where the table refuses one, without those that are stale, and then in halves, until
   * it is found.
   */
  async #store(cells: BatchCells, rows: Int32Array, placed: PlacedRows | undefined, searches = false): Promise<void> {
    const step = placed?.step(rows);
    try {
      // Made before the transaction begins, so that the lock is held no longer than SQLite needs.
      const work = this.#work(cells, rows, step, !searches);
      this.#count(await this.file.transaction(work));
      if (step !== undefined) placed?.made(step);
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === undefined) throw error;
      await nextTurn();
      if (!searches) await this.#store(cells, rows, placed, true);
      else if (rows.length === 1) {
        this.#rejected.push({ row: rows[0], reason });
        placed?.refuse(rows[0]);
      } else {
        const half = rows.length >> 1;
        await this.#store(cells, rows.subarray(0, half), placed, true);
        await this.#store(cells, rows.subarray(half), placed, true);
      }
    }
  }

  /** @param step what the rows change in how far those of their partition are stored */
  #work(cells: BatchCells, rows: Int32Array, step: Step | undefined, mayRefuse: boolean): () => Outcome {
    if (this.#upsert !== undefined) {
      const upsert = this.#upsert;
      const prepared = upsert.prepare(cells, rows, mayRefuse);
      return () => upsert.apply(prepared);
    }
    const { append } = upsertStatements(this.plan, 'none');
    const list = `[${cells.list(rows)}]`;
    return () => {
      if (step !== undefined) this.positions?.make(step);
      const applied = this.database.run(append, [list]);
      if (applied < rows.length) throw new LeftOut();
      return { applied, stale: 0, tied: 0 };
    };
  }

  #count({ applied, stale, tied }: Outcome): void {
    this.#counts.applied += applied;
    this.#counts.stale += stale;
    this.#counts.tied += tied;
  }
}

/** SQLite says, when it reads the statement, whether the table has the key that rows are to replace each other by. */
function checkKey(database: SqliteDatabase, plan: TablePlan): void {
  try {
    database.exec(`EXPLAIN ${upsertStatements(plan, 'none').overwrite}`);
  } catch (error) {
    throw isNoSuchKey(error) ? noSuchKey(plan, database.file) : error;
  }
}
