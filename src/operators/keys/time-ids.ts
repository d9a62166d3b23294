import type { Column, TimeColumn } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import { ISO_SECONDS } from '../../records/time/form.js';
import { UTC, type Zone } from '../../records/time/zone.js';
import { type ColumnIds, NULL_ID, nullsOf, sortedIds } from './column-ids.js';
import { HIGH, LOW } from './long-words.js';
import { retainPairs } from './number-ids.js';
import { PairIds } from './pair-ids.js';

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

/**
 * Numbers times by the instant and by how it was written: 00:00Z and 02:00+02:00 are two values, so that what is
 * written back does not depend on which of them came first.
 */
export class TimeIds implements ColumnIds {
  readonly #instants = new PairIds();
  readonly #times = new PairIds();
  #zone: Zone = UTC;

  get size(): number {
    return this.#times.size + 1;
  }

  assign(column: Column, rows: Int32Array | undefined, count: number, out: Int32Array): void {
    if (column.kind !== 'time') bug(`a column of times is ${column.kind}`);
    const { millis, nulls, forms, form } = column;
    this.#zone = column.zone;
    for (let at = 0; at < count; at++) {
      const row = rows === undefined ? at : rows[at];
      if (nulls !== undefined && nulls[row] === 1) {
        out[at] = NULL_ID;
        continue;
      }
      scratch[0] = millis[row] + 0;
      const instant = this.#instants.idOf(words[HIGH], words[LOW]);
      out[at] = this.#times.idOf(instant, (forms === undefined ? form : forms[row]) | 0) + 1;
    }
  }

  compare(a: number, b: number): number {
    return this.#millis(a) - this.#millis(b) || this.#form(a) - this.#form(b);
  }

  order(): Int32Array {
    return sortedIds(this.size, (a, b) => this.compare(a, b));
  }

  column(ids: Int32Array): TimeColumn {
    const millis = Float64Array.from(ids, (id) => (id === NULL_ID ? 0 : this.#millis(id)));
    const forms = Uint32Array.from(ids, (id) => (id === NULL_ID ? ISO_SECONDS : this.#form(id)));
    return { kind: 'time', millis, forms, form: ISO_SECONDS, zone: this.#zone, ...nullsOf(ids) };
  }

  retain(inUse: Uint8Array): Int32Array {
    const usedInstants = new Uint8Array(this.#instants.size);
    for (let time = 0; time < this.#times.size; time++)
      if (inUse[time + 1] === 1) usedInstants[this.#times.first(time)] = 1;
    const instants = this.#instants.retain(usedInstants);
    return retainPairs(this.#times, inUse, instants);
  }

  #millis(id: number): number {
    const instant = this.#times.first(id - 1);
    words[HIGH] = this.#instants.first(instant);
    words[LOW] = this.#instants.second(instant);
    return scratch[0];
  }

  #form(id: number): number {
    return this.#times.second(id - 1) >>> 0;
  }
}
