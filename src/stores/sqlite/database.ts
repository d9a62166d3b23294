import { setTimeout as sleep } from 'node:timers/promises';
import type Libsql from 'libsql';
import { bug, ServiceError } from '../../records/errors.js';
import type { SqlValue } from '../sql-value.js';
import { cellSql, readCells } from './cells.js';
import { type Doing, isBusy, sqliteError } from './sqlite-errors.js';

type Statement = Libsql.Statement<unknown[]>;

/** How long other programs' locks are waited for. */
const BUSY_TIMEOUT_MS = 5000;
const LONGEST_PAUSE_MS = 25;
/** Statements that are not closed before they are collected; so they are few, and kept. */
const KEPT_STATEMENTS = 32;

/**
 * A SQLite file. This class alone meets libsql, whose bindings read text up to its first NUL, end the process at text
 * that is not UTF-8 and at a boolean, take a lone buffer for named parameters, make a missing one NULL and an integer
 * a double. Here values come out as JSON made by SQLite, in a blob (see cells.ts), and parameters are checked.
 * Calls are synchronous; only waiting for locks is not, so that a signal is noticed meanwhile.
 */
export class SqliteDatabase {
  readonly #libsql: Libsql.Database;
  readonly #statements = new Map<string, { readonly statement: Statement; readonly parameters: number }>();

  private constructor(
    libsql: Libsql.Database,
    /** What errors call the file. */
    readonly file: string,
    readonly busyTimeoutMs: number,
  ) {
    this.#libsql = libsql;
  }

  /**
   * Opens a file, and makes it where it is missing.
   * @param file an absolute path, or a `file:` URI of one
   * @param shown what to call it in errors
   */
  static async open(file: string, shown: string, busyTimeoutMs: number = BUSY_TIMEOUT_MS): Promise<SqliteDatabase> {
    const { default: Database } = await import('libsql').catch((cause: unknown) => {
      throw new ServiceError(
        `the SQLite library can't be loaded on ${process.platform} ${process.arch}`,
        'Install again with `npm ci`, optional packages included.',
        { cause },
      );
    });
    try {
      return new SqliteDatabase(new Database(file), shown, busyTimeoutMs);
    } catch (error) {
      throw sqliteError(error, shown, 'open');
    }
  }

  /** Runs statements without parameters. */
  exec(sql: string): void {
    checkText(sql);
    this.#libsql.exec(sql);
  }

  /**
   * Runs one statement that gives no rows; its parameters are ?1, ?2, …
   * @returns how many rows it changed
   */
  run(sql: string, parameters: readonly SqlValue[] = []): number {
    return this.#prepared(sql, parameters.length).run(bound(parameters)).changes;
  }

  /**
   * The result of a query, exact and column by column; all of it is in memory.
   * @param columns the names of the query's columns
   */
  select(sql: string, columns: readonly string[], parameters: readonly SqlValue[] = []): SqlValue[][] {
    const lists = columns.map((name) => `CAST(json_group_array(${cellSql(quoteName(name))}) AS BLOB)`);
    const statement = this.#prepared(`SELECT ${lists.join(', ')} FROM (${sql})`, parameters.length);
    const row = statement.raw(true).get(bound(parameters));
    if (!Array.isArray(row)) return bug('an aggregate query gave no row');
    return row.map((list) => (list instanceof Uint8Array ? readCells(list) : bug('a list of cells is not a blob')));
  }

  /**
   * Runs `work` in a transaction that no other writer's comes between, and commits it.
   * @throws ServiceError when another program keeps the file locked; nothing has changed after any error
   */
  async transaction<T>(work: () => T): Promise<T> {
    await this.whenUnlocked(() => this.exec('BEGIN IMMEDIATE'));
    try {
      const result = work();
      // In a file without a write-ahead log the commit waits for readers.
      await this.whenUnlocked(() => this.exec('COMMIT'));
      return result;
    } catch (error) {
      this.#rollBack();
      throw sqliteError(error, this.file, 'use');
    }
  }

  /** Calls `work` again while another program holds the lock that it needs. */
  async whenUnlocked<T>(work: () => T, doing: Doing = 'use'): Promise<T> {
    const deadline = performance.now() + this.busyTimeoutMs;
    for (let pause = 1; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= deadline) {
          throw sqliteError(error, this.file, doing, this.busyTimeoutMs);
        }
      }
      // Two writers that wait should not wake together each time.
      await sleep(pause * (0.5 + Math.random()));
    }
  }

  /** Ends a transaction that has only read. */
  endReading(): void {
    this.#rollBack();
  }

  #rollBack(): void {
    try {
      if (this.#libsql.inTransaction) this.exec('ROLLBACK');
    } catch {
      // The error that led here says more; SQLite rolls back by itself when the file is opened again.
    }
  }

  /**
   * Moves the write-ahead log into the file, so that a copy of the file alone is whole. Nothing is lost where it can't:
   * statements that wait for the garbage collector keep the file open beyond close().
   */
  emptyLog(): void {
    try {
      this.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // A reader is still at it; whoever opens the file next finds the log.
    }
  }

  close(): void {
    this.#statements.clear();
    this.#libsql.close();
  }

  #prepared(sql: string, parameters: number): Statement {
    let kept = this.#statements.get(sql);
    if (kept === undefined) {
      checkText(sql);
      kept = { statement: this.#libsql.prepare<unknown[]>(sql), parameters: countParameters(sql) };
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined && this.#statements.size >= KEPT_STATEMENTS) this.#statements.delete(oldest);
      this.#statements.set(sql, kept);
    }
    if (kept.parameters !== parameters) bug(`${parameters} parameters for ${kept.parameters} in ${sql}`);
    return kept.statement;
  }
}

/** An identifier, whatever characters it has. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function countParameters(sql: string): number {
  const bare = sql.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, '');
  return [...bare.matchAll(/\?(\d+)/g)].reduce((most, [, number]) => Math.max(most, Number(number)), 0);
}

function checkText(sql: string): void {
  if (sql.includes('\0')) bug('a statement with a NUL would be cut there');
}

/** One array, since a lone value would be taken apart. */
function bound(parameters: readonly SqlValue[]): SqlValue[] {
  return parameters.map(checkedParameter);
}

function checkedParameter(value: SqlValue): SqlValue {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      if (Number.isNaN(value)) return bug('NaN would become NULL');
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? value : bug(`${value} is no 64-bit integer`);
    default:
      return value === null || value instanceof Uint8Array ? value : bug(`can't bind a ${typeof value}`);
  }
}
