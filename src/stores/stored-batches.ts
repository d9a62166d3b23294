import type { Batch, Origin, Reject } from '../records/batch.js';
import type { Column } from '../records/columns.js';
import { jsonText } from '../records/json-text.js';
import type { RecordSchema } from '../records/schema.js';
import { nestedColumn } from './nested-column.js';
import type { ReadColumn } from './read-columns.js';
import type { SqlValue } from './sql-value.js';
import type { StoreSourceOptions } from './store.js';
import { StoredColumns } from './stored-columns.js';

/** Makes batches of a table's rows, a page at a time. */
export class StoredBatches {
  readonly #names: readonly string[];
  readonly #stored: StoredColumns;
  #records = 0;

  /** @param name what the rows' origin is called */
  constructor(
    readonly name: string,
    readonly schema: RecordSchema,
    readonly columns: readonly ReadColumn[],
    readonly options: StoreSourceOptions,
  ) {
    this.#names = columns.flatMap(({ name: column }) => column ?? []);
    this.#stored = new StoredColumns(schema, options.zone);
  }

  /** @param page the columns of the table that are read, in order */
  batch(page: readonly SqlValue[][]): Batch {
    const length = page[0]?.length ?? 0;
    const before = this.#records;
    this.#records += length;
    const problems = new Map<number, string>();
    const columns = new Map<string, Column>();
    let place = 0;
    for (const { field, name } of this.columns) {
      const column =
        name === undefined ? this.#stored.defaults(field, length) : this.#stored.column(field, page[place++], problems);
      columns.set(field.name, column);
    }
    const { partition = 0, paths, zone } = this.options;
    const origin: Origin = { source: this.name, partition, unit: 'record', ordinal: (row) => before + row + 1 };
    const batch: Batch = { schema: this.schema, length, columns, origin, ...this.#refused(problems, page, before) };
    if (paths === undefined) return batch;
    const wanted = paths.map((path): [string, Column] => [path, columns.get(path) ?? nestedColumn(batch, path, zone)]);
    return { ...batch, columns: new Map(wanted) };
  }

  /** Rows that do not fit are not selected, and are told. */
  #refused(
    problems: ReadonlyMap<number, string>,
    page: readonly SqlValue[][],
    before: number,
  ): Pick<Batch, 'selection' | 'rejects'> {
    if (problems.size === 0) return {};
    const rows = Int32Array.from({ length: page[0].length }, (_, row) => row);
    const rejects = [...problems]
      .sort(([a], [b]) => a - b)
      .map(([row, reason]): Reject => {
        const stored = Object.fromEntries(this.#names.map((name, column) => [name, page[column][row]]));
        return {
          reason,
          source: this.name,
          unit: 'record',
          ordinal: before + row + 1,
          raw: Buffer.from(jsonText(stored)),
        };
      });
    return { selection: rows.filter((row) => !problems.has(row)), rejects };
  }
}
