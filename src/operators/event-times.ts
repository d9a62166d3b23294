import { type Batch, columnOf, selectedCount } from '../records/batch.js';
import { bug } from '../records/errors.js';
import type { RecordSchema } from '../records/schema.js';
import { numberForm, PRECISION, ZONE_STYLE } from '../records/time/form.js';

/** `2017-08-02T02:00:00.000Z`: how a time of arrival is written where the type's time is a text. */
const ARRIVAL_TEXT = PRECISION.seconds | (3 << 3) | (ZONE_STYLE.z << 7);

export interface Times {
  /** Epoch milliseconds, by selected row. */
  readonly times: Float64Array;
  /** By selected row, or one for all. */
  readonly forms: Uint32Array | number;
}

/** The event times of a batch's selected rows. A record whose time is null, or whose type has none, takes the clock's. */
export class EventTimes {
  readonly reads: readonly string[];
  readonly #path: string | undefined;
  readonly #now: () => number;
  readonly #arrivalForm: number;
  #stamped: boolean;
  #own = false;
  #times = new Float64Array(0);
  #forms = new Uint32Array(0);

  constructor(schema: RecordSchema, now: () => number) {
    this.#path = schema.time?.path;
    this.#now = now;
    const unit = schema.time?.unit ?? 'iso';
    this.#arrivalForm = unit === 'iso' ? ARRIVAL_TEXT : numberForm(unit);
    this.#stamped = this.#path === undefined;
    this.reads = this.#path === undefined ? [] : [this.#path];
  }

  /** Whether all records so far took the clock's time: the next ones will not be older than it is then. */
  get byClock(): boolean {
    return this.#stamped && !this.#own;
  }

  /** Borrowed until the next call. */
  of(batch: Batch): Times {
    const count = selectedCount(batch);
    if (this.#path === undefined) return { times: this.#room(count).fill(this.#now()), forms: this.#arrivalForm };
    const column = columnOf(batch, this.#path);
    if (column.kind !== 'time') return bug(`column ${this.#path} holds no times`);
    const { selection } = batch;
    if (selection === undefined && column.nulls === undefined) {
      this.#own ||= count > 0;
      return { times: column.millis, forms: column.forms ?? column.form };
    }
    const times = this.#room(count);
    const forms = this.#forms;
    const now = this.#now();
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      const arrived = column.nulls?.[row] === 1;
      if (arrived) this.#stamped = true;
      else this.#own = true;
      times[at] = arrived ? now : column.millis[row];
      forms[at] = arrived ? this.#arrivalForm : column.forms === undefined ? column.form : column.forms[row];
    }
    return { times, forms };
  }

  #room(count: number): Float64Array {
    if (this.#times.length < count) {
      this.#times = new Float64Array(count);
      this.#forms = new Uint32Array(count);
    }
    return this.#times;
  }
}
