import type { Batch } from '../../records/batch.js';
import { jsonText } from '../../records/json-text.js';
import { batchFromRows } from '../../records/row-batch.js';
import { rowsOf } from '../../records/rows.js';
import type { RecordSchema } from '../../records/schema.js';
import type { Row } from '../../records/value.js';
import type { Change } from '../operator.js';

/** No window spans none: a row of state that says so is a run. */
const NO_SPAN = 0;

/**
 * How many breaches in a row each group has had, up to its last window. Groups without any take no room. A run is kept
 * as a row of the windows' state, with its length in place of the number of records.
 */
export class BreachRuns {
  readonly #runs = new Map<string, number>();
  /** Those that have changed, by what identifies them; absent where nobody asks. */
  readonly #changed: Map<string, Row> | undefined;
  readonly #state: RecordSchema;

  /** @param state the type of the rows that windows are kept as */
  constructor(state: RecordSchema, kept: boolean) {
    this.#state = state;
    this.#changed = kept ? new Map() : undefined;
  }

  get size(): number {
    return this.#runs.size;
  }

  /** The breaches in a row of a group whose next window is one, or is none. @param group its fields */
  next(group: Row, isBreach: boolean): number {
    const key = jsonText(group);
    const before = this.#runs.get(key) ?? 0;
    const length = isBreach ? before + 1 : 0;
    if (length === before) return length;
    if (length === 0) this.#runs.delete(key);
    else this.#runs.set(key, length);
    this.#changed?.set(key, { ...group, ...this.#measures(length) });
    return length;
  }

  /** The runs that have changed since the last call; those that are over are kept no more. */
  *changes(): Generator<Change> {
    const rows = [...(this.#changed?.values() ?? [])];
    this.#changed?.clear();
    if (rows.length > 0) yield { rows: batchFromRows(this.#state, rows), as: 'state' };
    const over = rows.filter((row) => row['(records)'] === 0);
    if (over.length > 0) yield { rows: batchFromRows(this.#state, over), as: 'gone' };
  }

  /** Takes the runs among rows of state. @returns the others */
  restore(rows: Batch): Batch {
    const groups = this.#state.key;
    const others: Row[] = [];
    let some = false;
    for (const row of rowsOf(rows)) {
      if (row['(span)'] !== NO_SPAN) {
        others.push(row);
        continue;
      }
      some = true;
      const key = jsonText(Object.fromEntries(groups.map((name) => [name, row[name] ?? null])));
      const length = Number(row['(records)']);
      if (length === 0) this.#runs.delete(key);
      else this.#runs.set(key, length);
    }
    return some ? batchFromRows(this.#state, others) : rows;
  }

  /** A row's measures: of what is kept of a window a run has none. */
  #measures(length: number): Row {
    const others = this.#state.fields.slice(this.#state.key.length);
    const own = others.map(({ name, nullable }) => [name, nullable ? null : 0] as const);
    return { ...Object.fromEntries(own), '(window)': 0, '(span)': NO_SPAN, '(records)': length };
  }
}
