import { type Fit, fitRecord, isRow } from './fit-value.js';
import type { RecordSchema } from './schema.js';
import { writtenTime, writtenTimeProblem } from './time-column.js';
import type { Row, Value } from './value.js';

/** Fits a whole record to its schema: its fields as fitRecord() does, and its event time must be one. */
export function fitRow(schema: RecordSchema, row: Row): Fit {
  const fit = fitRecord(schema.fields, row);
  const { time } = schema;
  if (fit.problem !== undefined || time === undefined) return fit;
  const value = valueAtPath(fit.value, time.path);
  if (value === null || writtenTime(value, time.unit) !== undefined) return fit;
  return { problem: writtenTimeProblem(time.path, value, time.unit) };
}

/** The value at a dotted path of a record; null where there is none, or none around it. */
export function valueAtPath(value: Value, path: string): Value {
  return path.split('.').reduce((inner: Value, name) => (isRow(inner) ? (inner[name] ?? null) : null), value);
}
