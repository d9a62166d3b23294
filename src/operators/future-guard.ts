import { type Batch, columnOf, selectedCount } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';
import { formatIso } from '../records/time/format-time.js';
import { UTC } from '../records/time/zone.js';
import { type Guard, without } from './guard.js';
import type { Refused } from './operator.js';

/**
 * Keeps records out whose time lies further ahead of the clock than `maxFuture`: one of them would move the watermark
 * so far that everything after it is late.
 */
export class FutureGuard implements Guard {
  readonly #path: string | undefined;
  readonly #maxFuture: number;
  readonly #now: () => number;

  /** @param maxFuture milliseconds */
  constructor(schema: RecordSchema, maxFuture: number, now: () => number) {
    this.#path = schema.time?.path;
    this.#maxFuture = maxFuture;
    this.#now = now;
  }

  /** The batch without such records, and these. */
  apply(batch: Batch): { readonly batch: Batch; readonly refused: readonly Refused[] } {
    const column = this.#path === undefined ? undefined : columnOf(batch, this.#path);
    if (column?.kind !== 'time') return { batch, refused: [] };
    const limit = this.#now() + this.#maxFuture;
    const { millis, nulls } = column;
    const refused: Refused[] = [];
    const count = selectedCount(batch);
    for (let at = 0; at < count; at++) {
      const row = batch.selection?.[at] ?? at;
      if (!(millis[row] > limit) || nulls?.[row] === 1) continue;
      const time = formatIso(millis[row], UTC);
      refused.push({ row, late: false, reason: `${this.#path} ${time} lies further ahead than --max-future allows` });
    }
    return { batch: without(batch, refused), refused };
  }
}
