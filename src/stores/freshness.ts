import { type Column, isNull, type TimeColumn } from '../records/columns.js';
import { compareValues } from '../records/compare.js';
import { valueAt } from '../records/rows.js';
import type { Field } from '../records/schema.js';
import { nanosOf, type TimeUnit } from '../records/time/form.js';
import type { Zone } from '../records/time/zone.js';
import { timeColumn, writtenTime } from '../records/time-column.js';
import type { Value } from '../records/value.js';

/** How fresh the rows of a batch are, against each other and against what a table has. */
export interface Freshness {
  /** Negative where row `a` is older than row `b`, 0 where they are equally fresh, else positive. */
  compare(a: number, b: number): number;
  /**
   * The same against stored values: the result's first argument is a row, its second a position in `stored`.
   * A stored value that is none, or of another type, is older than any row.
   */
  against(stored: readonly Value[]): (row: number, at: number) => number;
}

/**
 * Freshness by event time: instants are compared, down to the nanosecond, whatever texts they were written as.
 * @param zone the zone of stored times that are written without an offset
 */
export function freshnessByTime(column: TimeColumn, unit: TimeUnit, zone: Zone): Freshness {
  return {
    compare: (a, b) => compareTimes(column, a, column, b),
    against(stored) {
      const read = new Map<Value, Value>();
      const times = stored.map((value) => {
        const known = read.get(value);
        if (known !== undefined) return known;
        const time = writtenTime(value, unit) === undefined ? null : value;
        read.set(value, time);
        return time;
      });
      const there = timeColumn('a stored time', times, unit, zone);
      return (row, at) => compareTimes(column, row, there, at);
    },
  };
}

/** Freshness by a count (`records` of window and total rows) or any other value. */
export function freshnessByValue(column: Column, field: Field): Freshness {
  const compare = (a: Value, b: Value): number => compareValues(field.type, field.nullable, a, b, field.nullBranch);
  return {
    compare: (a, b) => compare(valueAt(column, a), valueAt(column, b)),
    against: (stored) => (row, at) => {
      const value = stored[at] ?? null;
      if (value === null) return isNull(column, row) ? 0 : 1;
      return compare(valueAt(column, row), value);
    },
  };
}

function compareTimes(left: TimeColumn, a: number, right: TimeColumn, b: number): number {
  const leftNull = left.nulls?.[a] === 1;
  const rightNull = right.nulls?.[b] === 1;
  if (leftNull || rightNull) return Number(rightNull) - Number(leftNull);
  return (left.millis[a] ?? 0) - (right.millis[b] ?? 0) || nanosAt(left, a) - nanosAt(right, b);
}

function nanosAt(column: TimeColumn, row: number): number {
  return nanosOf(column.forms?.[row] ?? column.form);
}
