import type { Batch } from '../records/batch.js';
import type { Column, DictionaryColumn } from '../records/columns.js';
import { valueAt } from '../records/rows.js';
import type { Zone } from '../records/time/zone.js';
import type { Value } from '../records/value.js';
import { nestedColumn } from './nested-column.js';
import type { TablePlan } from './table-plan.js';

const MOST_ROWS = 10_000;
const MOST_CHARACTERS = 8_000_000;
const SAMPLES = 16;

/** A row's value in a column as the text that the database reads. */
export type CellWriter = (row: number) => string;

/** How a database reads rows. Positions are those of the plan's columns. */
export interface RowSyntax {
  readonly open: string;
  readonly close: string;
  readonly null: string;
  /** The text of a value of a column with a dictionary. */
  quote(text: string, position: number): string;
  /** Writes the values of any other column; it is not asked for nulls. */
  writer(column: Exclude<Column, DictionaryColumn>, position: number): CellWriter;
  /** What a table gives back of a value, where that is another one of the same meaning. */
  kept?(value: Value, row: number, column: Column, position: number): Value;
}

/** A batch's rows as the texts that statements take. */
export class BatchCells {
  readonly #writers: CellWriter[];
  readonly #columns: Column[];

  constructor(
    readonly plan: TablePlan,
    batch: Batch,
    zone: Zone,
    readonly syntax: RowSyntax,
    quoted: QuotedTexts,
  ) {
    this.#columns = plan.columns.map(
      (column) => batch.columns.get(column.path) ?? nestedColumn(batch, column.path, zone),
    );
    this.#writers = this.#columns.map((column, position) => {
      const isText = column.kind === 'dictionary';
      const write = isText ? quoted.writer(position, column, syntax) : syntax.writer(column, position);
      const { nulls } = column;
      return nulls === undefined ? write : (row) => (nulls[row] === 1 ? syntax.null : write(row));
    });
  }

  column(position: number): Column {
    return this.#columns[position];
  }

  value(position: number, row: number): Value {
    const column = this.#columns[position];
    const value = valueAt(column, row);
    const kept = this.syntax.kept === undefined ? value : this.syntax.kept(value, row, column, position);
    return kept === 0 ? 0 : kept;
  }

  /**
   * How many of the rows from `from` on are written at once, so that signals are noticed, other writers get their turn
   * and memory is bounded: judged by the longest of a few of them.
   */
  portion(rows: Int32Array, from: number): number {
    const most = Math.min(MOST_ROWS, rows.length - from);
    let longest = 1;
    for (let sample = 0; sample < most; sample += Math.ceil(most / SAMPLES)) {
      longest = Math.max(longest, this.row(rows[from + sample]).length);
    }
    return Math.min(most, Math.ceil(MOST_CHARACTERS / longest));
  }

  /** Rows, with commas between them. */
  list(rows: Int32Array): string {
    let list = '';
    for (const row of rows) list += list === '' ? this.row(row) : `,${this.row(row)}`;
    return list;
  }

  /** The primary keys of rows, with commas between them. */
  keyList(rows: Int32Array): string {
    let list = '';
    for (const row of rows) list += list === '' ? this.key(row) : `,${this.key(row)}`;
    return list;
  }

  /** Something for each row's primary key that tells whether two keys are equal, within the batch. */
  keyIdentity(): (row: number) => string | number {
    const { primaryKey } = this.plan;
    const [first, second] = primaryKey.map((position) => this.#columns[position]);
    const isPair = primaryKey.length === 2 && first.kind === 'dictionary' && second.kind === 'dictionary';
    if (!isPair || first.nulls !== undefined || second.nulls !== undefined) return (row) => this.key(row);
    const [left, right, count] = [first.ids, second.ids, second.dictionary.size];
    return (row) => left[row] * count + right[row];
  }

  /** The row with its cells in the order of the plan's columns. */
  row(row: number): string {
    const { open, close } = this.syntax;
    let cells = '';
    for (const write of this.#writers) cells += cells === '' ? write(row) : `,${write(row)}`;
    return open + cells + close;
  }

  /** The row's primary key as a row of its own: equal keys have equal texts. */
  key(row: number): string {
    const { open, close } = this.syntax;
    let cells = '';
    for (const position of this.plan.primaryKey) {
      const cell = this.#writers[position](row);
      cells += cells === '' ? cell : `,${cell}`;
    }
    return open + cells + close;
  }
}

const MOST_QUOTED = 100_000;

/** Dictionaries' texts in quotes, so that each is written once and not in every row. */
export class QuotedTexts {
  readonly #known = new Map<number, { readonly of: unknown; readonly generation: number; readonly texts: string[] }>();

  /** @param position the column of the plan: its batches tend to share a dictionary */
  writer(position: number, { ids, dictionary }: DictionaryColumn, syntax: RowSyntax): CellWriter {
    let known = this.#known.get(position);
    if (known === undefined || known.of !== dictionary || known.generation !== dictionary.generation) {
      known = { of: dictionary, generation: dictionary.generation, texts: [] };
      this.#known.set(position, known);
    }
    const { texts } = known;
    return (row) => {
      const id = ids[row];
      if (id >= MOST_QUOTED) return syntax.quote(dictionary.text(id), position);
      texts[id] ??= syntax.quote(dictionary.text(id), position);
      return texts[id];
    };
  }
}
