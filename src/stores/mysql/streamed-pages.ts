import type { SqlValue } from '../sql-value.js';
import type { ColumnForm } from './column-forms.js';
import type { Cell, Connection, RowStream } from './connection.js';

const MOST_ROWS = 4096;
/** A page of wide rows has fewer of them. */
const MOST_UNITS = 2_000_000;

/** The rows of a query, column by column, in pages: the server waits while one is full and not taken. */
export class StreamedPages {
  readonly #forms: readonly ColumnForm[];
  #stream: RowStream | undefined;
  #page: SqlValue[][];
  #units = 0;
  #rows = 0;
  #ended = false;
  #error: unknown;
  #wake: (() => void) | undefined;
  #ready: Promise<void> | undefined;

  constructor(
    readonly connection: Connection,
    readonly sql: string,
    forms: readonly ColumnForm[],
  ) {
    this.#forms = forms;
    this.#page = this.#empty();
  }

  /** Whether all rows were read, or none was asked for. */
  get isDone(): boolean {
    return this.#ended || this.#stream === undefined;
  }

  ready(): Promise<void> | undefined {
    this.#start();
    if (this.#hasNews()) return undefined;
    this.#ready ??= new Promise((resolve) => {
      this.#wake = resolve;
    });
    return this.#ready;
  }

  /** @throws what the query has failed with */
  take(): SqlValue[][] | 'wait' | 'end' {
    this.#start();
    if (this.#error !== undefined) throw this.#error;
    if (!this.#hasNews()) return 'wait';
    if (this.#rows === 0) return 'end';
    const page = this.#page;
    this.#page = this.#empty();
    this.#rows = 0;
    this.#units = 0;
    if (!this.#ended) this.#stream?.resume();
    return page;
  }

  stop(): void {
    this.#notify();
  }

  #start(): void {
    this.#stream ??= this.connection.stream(this.sql, {
      row: (cells) => this.#add(cells),
      end: () => {
        this.#ended = true;
        this.#notify();
      },
      error: (error) => {
        this.#error = error;
        this.#notify();
      },
    });
  }

  #add(cells: readonly Cell[]): void {
    this.#rows++;
    for (const [place, column] of this.#page.entries()) {
      const cell = cells[place] ?? null;
      this.#units += cell === null ? 8 : cell.length + 8;
      column.push(this.#forms[place]?.read(cell) ?? null);
    }
    if (!this.#isFull()) return;
    this.#stream?.pause();
    this.#notify();
  }

  #isFull(): boolean {
    return this.#rows >= MOST_ROWS || this.#units >= MOST_UNITS;
  }

  #hasNews(): boolean {
    return this.#ended || this.#error !== undefined || this.#isFull();
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
    this.#ready = undefined;
  }

  #empty(): SqlValue[][] {
    return Array.from({ length: Math.max(1, this.#forms.length) }, () => []);
  }
}
