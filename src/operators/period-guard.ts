import { type Batch, columnOf, selectedCount } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';
import { type Period, parseLabel } from '../records/time/calendar.js';
import { type Guard, without } from './guard.js';
import type { Refused } from './operator.js';

const UNKNOWN = 0;
const VALID = 1;
const INVALID = 2;

/** Keeps rollups' rows out whose period does not exist: `2017-02-30` of daily rows, `2017-13` of monthly ones. */
export class PeriodGuard implements Guard {
  /** By dictionary id. */
  #known = new Uint8Array(0);
  #generation = -1;
  #dictionary: unknown;

  private constructor(
    readonly period: Period,
    readonly path: string,
  ) {}

  /** The guard of a derived type's rows; undefined for types that are not rollups. */
  static of({ derived }: RecordSchema): PeriodGuard | undefined {
    if (derived?.period === undefined || derived.periodField === undefined) return undefined;
    return new PeriodGuard(derived.period, derived.periodField);
  }

  apply(batch: Batch): { readonly batch: Batch; readonly refused: readonly Refused[] } {
    const column = columnOf(batch, this.path);
    if (column.kind !== 'dictionary') return { batch, refused: [] };
    const { ids, dictionary, nulls } = column;
    if (dictionary !== this.#dictionary || dictionary.generation !== this.#generation) this.#known = new Uint8Array(0);
    this.#dictionary = dictionary;
    this.#generation = dictionary.generation;
    if (this.#known.length < dictionary.size) {
      const known = new Uint8Array(dictionary.size * 2);
      known.set(this.#known);
      this.#known = known;
    }
    const refused: Refused[] = [];
    const count = selectedCount(batch);
    for (let at = 0; at < count; at++) {
      const row = batch.selection?.[at] ?? at;
      if (nulls?.[row] === 1) continue;
      const id = ids[row];
      if (this.#known[id] === UNKNOWN) {
        this.#known[id] = parseLabel(this.period, dictionary.text(id)) === undefined ? INVALID : VALID;
      }
      if (this.#known[id] === VALID) continue;
      const reason = `field ${this.path} is no ${this.period} period: ${JSON.stringify(dictionary.text(id))}`;
      refused.push({ row, late: false, reason });
    }
    return { batch: without(batch, refused), refused };
  }
}
