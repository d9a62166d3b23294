import type { TimeColumn } from './columns.js';
import { bug } from './errors.js';
import { shown } from './fit-value.js';
import { ISO_SECONDS, type TimeUnit } from './time/form.js';
import { type ParsedTime, parseTimeNumber, parseTimeText } from './time/parse-time.js';
import { timeNumberProblem, timeProblem } from './time/time-problem.js';
import { toInstants } from './time/wall-times.js';
import type { Zone } from './time/zone.js';
import type { Value } from './value.js';

/** Reads a time field's value; undefined where it is none. */
export function writtenTime(value: Value, unit: TimeUnit): ParsedTime | undefined {
  if (unit === 'iso') return typeof value === 'string' ? parseTimeText(value) : undefined;
  return typeof value === 'number' || typeof value === 'bigint' ? parseTimeNumber(value, unit) : undefined;
}

/** Why a time field's value is none, as a sentence without a full stop. */
export function writtenTimeProblem(path: string, value: Value, unit: TimeUnit): string {
  let reason: string | undefined;
  if (unit === 'iso' && typeof value === 'string') reason = timeProblem(value);
  if (unit !== 'iso' && (typeof value === 'number' || typeof value === 'bigint'))
    reason = timeNumberProblem(value, unit);
  return reason === undefined
    ? `field ${path} must be a time, not ${shown(value)}`
    : `field ${path} is not a time: ${reason}`;
}

/**
 * A column of times in rows' values.
 * @throws Error where a value is no time: the caller has checked them
 */
export function timeColumn(path: string, values: readonly Value[], unit: TimeUnit, zone: Zone): TimeColumn {
  const millis = new Float64Array(values.length);
  const forms = new Uint32Array(values.length);
  const nulls = new Uint8Array(values.length);
  let common: number | undefined;
  let vary = false;
  for (const [row, value] of values.entries()) {
    if (value === null) {
      nulls[row] = 1;
      continue;
    }
    const time = writtenTime(value, unit) ?? bug(`${path} of row ${row} is not a time: ${String(value)}`);
    millis[row] = time.millis;
    forms[row] = time.form;
    if (common !== undefined && common !== time.form) vary = true;
    common ??= time.form;
  }
  const column = instantColumn(zone, millis, vary ? forms : undefined, common ?? ISO_SECONDS, values.length);
  return nulls.includes(1) ? { ...column, nulls } : column;
}

/**
 * A column of times as they were written: wall-clock times are turned into instants of the zone, in place.
 * @param forms each row's form, or undefined where `form` is that of all
 */
export function instantColumn(
  zone: Zone,
  millis: Float64Array,
  forms: Uint32Array | undefined,
  form: number,
  length: number,
): TimeColumn {
  const written = toInstants(zone, millis, forms, form, length);
  return { kind: 'time', millis, form, zone, ...(written === undefined ? {} : { forms: written }) };
}
