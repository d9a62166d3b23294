import type { Batch } from '../../records/batch.js';
import type { Column, DictionaryColumn } from '../../records/columns.js';
import { jsonText } from '../../records/json-text.js';
import { valueAt } from '../../records/rows.js';
import type { FieldType } from '../../records/schema.js';
import type { Zone } from '../../records/time/zone.js';
import type { Value } from '../../records/value.js';
import { nestedColumn } from '../nested-column.js';
import type { TablePlan } from '../table-plan.js';
import { doubleJson } from './cells.js';
import { sqlType } from './create-table.js';

const MOST_ROWS = 10_000;
const MOST_CHARACTERS = 8_000_000;
const SAMPLES = 16;

/** A row's value in a column as an element of a JSON array that SQLite reads. */
type CellWriter = (row: number) => string;

/** A batch's rows as the JSON texts that statements take. */
export class BatchCells {
  readonly #writers: CellWriter[];
  readonly #columns: Column[];

  constructor(
    readonly plan: TablePlan,
    batch: Batch,
    zone: Zone,
    quoted: QuotedTexts,
  ) {
    this.#columns = plan.columns.map(
      (column) => batch.columns.get(column.path) ?? nestedColumn(batch, column.path, zone),
    );
    this.#writers = plan.columns.map(({ field }, position) => {
      const column = this.#columns[position];
      const write = column.kind === 'dictionary' ? quoted.writer(position, column) : cellWriter(column, field.type);
      const { nulls } = column;
      return nulls === undefined ? write : (row) => (nulls[row] === 1 ? 'null' : write(row));
    });
  }

  column(position: number): Column {
    return this.#columns[position];
  }

  value(position: number, row: number): Value {
    const value = valueAt(this.#columns[position], row);
    return value === 0 ? 0 : value;
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

  /** Rows as one list. */
  list(rows: Int32Array): string {
    let list = '';
    for (const row of rows) list += list === '' ? this.row(row) : `,${this.row(row)}`;
    return `[${list}]`;
  }

  /** The primary keys of rows as one list. */
  keyList(rows: Int32Array): string {
    let list = '';
    for (const row of rows) list += list === '' ? this.key(row) : `,${this.key(row)}`;
    return `[${list}]`;
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

  /** The row as an array in the order of the plan's columns. */
  row(row: number): string {
    let cells = '';
    for (const write of this.#writers) cells += cells === '' ? write(row) : `,${write(row)}`;
    return `[${cells}]`;
  }

  /** The row's primary key as an array: equal keys have equal texts. */
  key(row: number): string {
    let cells = '';
    for (const position of this.plan.primaryKey) {
      const cell = this.#writers[position](row);
      cells += cells === '' ? cell : `,${cell}`;
    }
    return `[${cells}]`;
  }
}

const MOST_QUOTED = 100_000;

/** Dictionaries' texts in quotes, so that each is written once and not in every row. */
export class QuotedTexts {
  readonly #known = new Map<number, { readonly of: unknown; readonly generation: number; readonly texts: string[] }>();

  /** @param position the column of the plan: its batches tend to share a dictionary */
  writer(position: number, { ids, dictionary }: DictionaryColumn): CellWriter {
    let known = this.#known.get(position);
    if (known === undefined || known.of !== dictionary || known.generation !== dictionary.generation) {
      known = { of: dictionary, generation: dictionary.generation, texts: [] };
      this.#known.set(position, known);
    }
    const { texts } = known;
    return (row) => {
      const id = ids[row];
      if (id >= MOST_QUOTED) return JSON.stringify(dictionary.text(id));
      texts[id] ??= JSON.stringify(dictionary.text(id));
      return texts[id];
    };
  }
}

function cellWriter(column: Exclude<Column, DictionaryColumn>, type: FieldType): CellWriter {
  switch (column.kind) {
    case 'float64': {
      const { values } = column;
      return sqlType(type) === 'REAL' ? (row) => doubleJson(values[row]) : (row) => `${values[row]}`;
    }
    case 'int64': {
      const { values } = column;
      return (row) => `${values[row]}`;
    }
    case 'bool': {
      const { values } = column;
      return (row) => `${values[row]}`;
    }
    case 'bytes': {
      const { buffer, starts, ends } = column;
      const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      return (row) => `"${bytes.toString('hex', starts[row], ends[row])}"`;
    }
    case 'time':
      return (row) => {
        const time = valueAt(column, row);
        if (typeof time === 'string') return `"${time}"`;
        return typeof time === 'number' ? doubleJson(time) : `${time}`;
      };
    case 'encoded':
      return (row) => JSON.stringify(jsonText(valueAt(column, row)));
  }
}
