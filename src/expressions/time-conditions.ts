import { type Batch, columnOf } from '../records/batch.js';
import type { TimeColumn } from '../records/columns.js';
import { bug } from '../records/errors.js';
import { nanosOf } from '../records/time/form.js';
import { formatTime } from '../records/time/format-time.js';
import { type Condition, FALSE, type Rows, roomFor, TRUE, UNKNOWN } from './operand.js';

/** A point in time: epoch milliseconds with fractions down to the microsecond, and the nanoseconds below it. */
export interface Instant {
  readonly millis: number;
  readonly nanos: number;
}

/** Compares a time column with an instant, or with another time column. */
export class TimeCompare implements Condition {
  readonly #path: string;
  readonly #other: string | Instant;
  readonly #holds: (order: number) => boolean;
  #answers = new Uint8Array(0);

  /** @param other an instant, or the path of a time column */
  constructor(path: string, other: string | Instant, holds: (order: number) => boolean) {
    this.#path = path;
    this.#other = other;
    this.#holds = holds;
  }

  evaluate({ batch, selection, count }: Rows): Uint8Array {
    const column = timeColumn(batch, this.#path);
    const other = typeof this.#other === 'string' ? timeColumn(batch, this.#other) : undefined;
    const constant = typeof this.#other === 'string' ? { millis: 0, nanos: 0 } : this.#other;
    const answers = roomFor(count, this.#answers);
    this.#answers = answers;
    const outcomes = [-1, 0, 1].map((order) => (this.#holds(order) ? TRUE : FALSE));
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      if (column.nulls?.[row] === 1 || other?.nulls?.[row] === 1) {
        answers[at] = UNKNOWN;
        continue;
      }
      const difference = column.millis[row] - (other === undefined ? constant.millis : other.millis[row]);
      const order =
        difference !== 0
          ? difference
          : nanosAt(column, row) - (other === undefined ? constant.nanos : nanosAt(other, row));
      answers[at] = outcomes[order < 0 ? 0 : order > 0 ? 2 : 1];
    }
    return answers;
  }
}

/** A test of times as they were written, row by row. */
export class TimeTextTest implements Condition {
  readonly #path: string;
  readonly #test: (text: Uint8Array) => boolean;
  #answers = new Uint8Array(0);

  /** @param test is given the text's UTF-8 bytes */
  constructor(path: string, test: (text: Uint8Array) => boolean) {
    this.#path = path;
    this.#test = test;
  }

  evaluate({ batch, selection, count }: Rows): Uint8Array {
    const column = timeColumn(batch, this.#path);
    const answers = roomFor(count, this.#answers);
    this.#answers = answers;
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at];
      if (column.nulls?.[row] === 1) {
        answers[at] = UNKNOWN;
        continue;
      }
      const text = formatTime(column.millis[row], column.forms?.[row] ?? column.form, column.zone);
      answers[at] = this.#test(Buffer.from(String(text))) ? TRUE : FALSE;
    }
    return answers;
  }
}

function nanosAt(column: TimeColumn, row: number): number {
  return nanosOf(column.forms === undefined ? column.form : column.forms[row]);
}

function timeColumn(batch: Batch, path: string): TimeColumn {
  const column = columnOf(batch, path);
  return column.kind === 'time' ? column : bug(`${path} is not a column of times but ${column.kind}`);
}
