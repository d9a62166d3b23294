import type { RejectedRow, SharedTopics, Sink, SinkCounts } from '../../endpoints/endpoint.js';
import type { Batch } from '../../records/batch.js';
import type { RecordSchema } from '../../records/schema.js';
import { BatchCells, QuotedTexts, type RowSyntax } from '../batch-cells.js';
import { keyedRows, type Outcome } from '../newer-only.js';
import { Outage } from '../outage.js';
import type { StoreSinkOptions } from '../store.js';
import { planTable, type TablePlan } from '../table-plan.js';
import { AddedRows } from './added-rows.js';
import { parseAddress } from './address.js';
import { cassandraError, refusalOf, troubleOf } from './cassandra-errors.js';
import { cellTexts } from './cell-texts.js';
import type { CassandraClient } from './client.js';
import { DeleteStatements } from './delete-statements.js';
import type { ExistingTable } from './existing-table.js';
import { KeptClient } from './kept-client.js';
import { NewerOnlyUpsert, UnknownWrite } from './newer-only-upsert.js';
import { openAtStart } from './open-at-start.js';
import { openTable } from './open-table.js';
import { chunksOf, partitionsOf } from './partition-chunks.js';
import { RowDeletes } from './row-deletes.js';
import { RowStatements } from './row-statements.js';
import { sideBySide } from './side-by-side.js';
import { mostBytes, unstorable } from './unstorable.js';

/** Transactions that are under way at once: each waits for replicas to agree. */
const AT_ONCE = 64;

/** @param isUncertain whether an earlier try may have been done */
type Work = (client: CassandraClient, isUncertain: boolean) => Promise<Outcome>;
/** What writes rows of a batch. */
type Works = (cells: BatchCells, rows: Int32Array) => Work;

/** A table that rows are written to. */
export class CassandraSink implements Sink {
  readonly name: string;
  readonly schema: RecordSchema;
  readonly #quoted = new QuotedTexts();
  readonly #syntax: RowSyntax;
  readonly #statements: RowStatements | undefined;
  /** Absent where rows have no identity, or the table does not find them by their key. */
  readonly delete: ((keys: Batch) => Promise<number>) | undefined;
  /** Absent where rows have one. */
  readonly begin: ((shared: SharedTopics) => Promise<void>) | undefined;
  readonly #worksOf: (batch: Batch) => Works;
  #counts = { rows: 0, applied: 0, stale: 0, tied: 0 };
  #rejected: RejectedRow[] = [];

  private constructor(
    readonly kept: KeptClient,
    readonly plan: TablePlan,
    table: ExistingTable,
    readonly mostBytes: number,
    readonly options: StoreSinkOptions,
  ) {
    const { shown, keyspace } = kept.address;
    this.name = `${shown}#${table.name}`;
    this.schema = plan.schema;
    if (plan.primaryKey.length === 0) {
      const added = new AddedRows(plan, table, keyspace);
      this.#syntax = cellTexts(added.statements.forms);
      this.begin = async (shared) => added.begin(shared);
      this.#worksOf = (batch) => {
        const keyOf = added.keysOf(batch);
        return (cells, [row]) => added.prepare(cells, row, keyOf(row));
      };
    } else {
      const deletes = DeleteStatements.of(plan, table, keyspace);
      this.delete = deletes && ((keys) => this.#delete(keys, new RowDeletes(kept, deletes)));
      const statements = new RowStatements(plan, table, keyspace);
      const upsert = new NewerOnlyUpsert(statements, options.zone);
      this.#statements = statements;
      this.#syntax = cellTexts(statements.forms);
      const works: Works = (cells, rows) => (client, isUncertain) => upsert.apply(client, cells, rows, isUncertain);
      this.#worksOf = () => works;
    }
  }

  /** Connects, and makes the table where it is missing and may be made. */
  static async open(text: string, options: StoreSinkOptions): Promise<CassandraSink> {
    const plan = planTable(options.schema, options.table);
    const address = parseAddress(text);
    const client = await openAtStart(address);
    try {
      const table = await openTable(client, plan, address, options);
      const kept = new KeptClient(address, client, new Outage(address.shown, options.tell), options.stop);
      return new CassandraSink(kept, plan, table, await mostBytes(client), options);
    } catch (error) {
      await client.close();
      throw cassandraError(error, address, 'open');
    }
  }

  async write(batch: Batch): Promise<void> {
    const all = batch.selection ?? Int32Array.from({ length: batch.length }, (_, row) => row);
    if (all.length === 0) return;
    const cells = new BatchCells(this.plan, batch, this.options.zone, this.#syntax, this.#quoted);
    const works = this.#worksOf(batch);
    const rows = this.#statements === undefined ? all : this.#storable(cells, all, this.#statements);
    for (let from = 0; from < rows.length; ) {
      const portion = rows.subarray(from, from + cells.portion(rows, from));
      await sideBySide(this.#tasks(cells, portion, works), AT_ONCE);
      from += portion.length;
    }
    this.#counts.rows += all.length;
  }

  /** Keys of one partition come one after the other, as rows do. */
  async #delete(keys: Batch, deletes: RowDeletes): Promise<number> {
    const { plan, forms } = deletes.statements;
    const cells = new BatchCells(plan, keys, this.options.zone, cellTexts(forms), new QuotedTexts());
    const all = Int32Array.from({ length: keys.length }, (_, row) => row);
    let deleted = 0;
    const partitions = partitionsOf(cells, keyedRows(cells, all).keys, deletes.statements);
    const tasks = partitions.map((rows) => async () => {
      for (const row of rows) {
        const count = await deletes.apply(cells, row);
        deleted += count;
      }
    });
    await sideBySide(tasks, AT_ONCE);
    return deleted;
  }

  /** Rows are committed when write() resolves. */
  async flush(): Promise<void> {}

  async close(): Promise<void> {
    await this.kept.close();
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
   * Rows of one partition are written one chunk after the other: at once they would be in each other's way. A row that
   * has no key is a partition of its own, and is written under one name however often it is tried.
   */
  *#tasks(cells: BatchCells, rows: Int32Array, works: Works): Generator<() => Promise<void>> {
    const statements = this.#statements;
    const partitions =
      statements === undefined ? Array.from(rows, (row) => [row]) : partitionsOf(cells, rows, statements);
    for (const partition of partitions) {
      yield async () => {
        for (const chunk of chunksOf(cells, partition)) await this.#store(cells, chunk, works);
      };
    }
  }

  #storable(cells: BatchCells, rows: Int32Array, statements: RowStatements): Int32Array {
    return rows.filter((row) => {
      const problem = unstorable(cells, row, statements, this.mostBytes);
      if (problem !== undefined) this.#reject(row, problem);
      return problem === undefined;
    });
  }

  /** Stores rows in one transaction; where one is refused, in halves, until it is found. */
  async #store(cells: BatchCells, rows: Int32Array, works: Works): Promise<void> {
    try {
      this.#count(await this.#commit(works(cells, rows)));
    } catch (error) {
      if (troubleOf(error) !== 'data') throw error;
      if (rows.length === 1) this.#reject(rows[0], refusalOf(error));
      else {
        const half = rows.length >> 1;
        await this.#store(cells, rows.subarray(0, half), works);
        await this.#store(cells, rows.subarray(half), works);
      }
    }
  }

  /**
   * Where the answer to a transaction is lost, the rows are looked at again: if there is one to write, it was not done,
   * and this one counts; if there is none, it was, and the rows count as they did the first time.
   */
  async #commit(work: Work): Promise<Outcome> {
    let unknown: Outcome | undefined;
    return this.kept.run(async (client) => {
      try {
        const outcome = await work(client, unknown !== undefined);
        return unknown !== undefined && outcome.applied === 0 ? unknown : outcome;
      } catch (error) {
        if (!(error instanceof UnknownWrite)) throw error;
        unknown = error.result;
        throw error.cause;
      }
    });
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
