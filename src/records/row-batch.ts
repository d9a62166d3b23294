import type { Batch, Origin } from './batch.js';
import { byteSlices } from './byte-slices.js';
import type { Column } from './columns.js';
import { TextDictionary } from './dictionary.js';
import { bug } from './errors.js';
import { fallbackOf, fitValue, isRow } from './fit-value.js';
import { jsonText, parseJson } from './json-text.js';
import { admitsNull, type Field, type FieldType, fieldAt, type RecordSchema } from './schema.js';
import { UTC, type Zone } from './time/zone.js';
import { timeColumn } from './time-column.js';
import type { Row, Value } from './value.js';

export interface RowBatchOptions {
  /** The zone of times that are written without an offset; UTC if not given. */
  readonly zone?: Zone;
  readonly origin?: Origin;
  /** Which paths get columns; the schema's top-level fields if not given. */
  readonly paths?: readonly string[];
}

/**
 * Builds a batch of rows that fit the schema (see fitRecord()), for sources where an object a row costs nothing that
 * counts: stores, simulations, tests. A missing value is the field's default or null. The batch owns its arrays.
 * Nested values are kept as JSON, where bytes in a union with strings come back as a string.
 * @throws Error where a row does not fit: that is a bug of the caller
 */
export function batchFromRows(schema: RecordSchema, rows: readonly Row[], options: RowBatchOptions = {}): Batch {
  const { zone = UTC, origin, paths = schema.fields.map((field) => field.name) } = options;
  const columns = new Map<string, Column>();
  for (const path of paths) {
    const field = fieldAt(schema, path) ?? bug(`schema ${schema.name} has no field ${path}`);
    const values = rows.map((row) => valueAtPath(row, path, field));
    const time = schema.time?.path === path ? schema.time.unit : undefined;
    columns.set(path, time === undefined ? columnOfValues(field, path, values) : timeColumn(path, values, time, zone));
  }
  return { schema, length: rows.length, columns, ...(origin === undefined ? {} : { origin }) };
}

/** The value at a dotted path; of a missing one the default. */
function valueAtPath(row: Row, path: string, field: Field): Value {
  const direct = Object.hasOwn(row, path) ? row[path] : undefined;
  if (direct !== undefined) return direct;
  const dot = path.indexOf('.');
  if (dot > 0) {
    const parent = row[path.slice(0, dot)] ?? null;
    if (parent === null) return null;
    if (isRow(parent)) return valueAtPath(parent, path.slice(dot + 1), field);
  }
  return fallbackOf(field) ?? null;
}

/** Values that fit a field as a column, which owns its arrays: see batchFromRows(). */
export function columnOfValues(field: Field, path: string, values: readonly Value[]): Column {
  const { type } = field;
  const column = typedColumn(type, path, values);
  if (!values.includes(null)) return column;
  if (!field.nullable && !admitsNull(type)) bug(`row ${values.indexOf(null)} has no ${path}`);
  return { ...column, nulls: Uint8Array.from(values, (value) => (value === null ? 1 : 0)) };
}

function typedColumn(type: FieldType, path: string, values: readonly Value[]): Column {
  const wrong = (value: Value): never => bug(`${path} can't be ${typeof value} ${String(value)}`);
  switch (type.kind) {
    case 'string':
    case 'enum': {
      const dictionary = new TextDictionary();
      const id = (value: Value): number => (typeof value === 'string' ? dictionary.intern(value) : wrong(value));
      return {
        kind: 'dictionary',
        ids: Int32Array.from(values, (value) => (value === null ? 0 : id(value))),
        dictionary,
      };
    }
    case 'int':
    case 'long':
    case 'float':
    case 'double': {
      const numbers = values.map((value) => {
        if (value === null) return 0;
        return typeof value === 'number' || typeof value === 'bigint' ? value : wrong(value);
      });
      return type.kind === 'long' && numbers.some((value) => typeof value === 'bigint')
        ? { kind: 'int64', values: BigInt64Array.from(numbers, BigInt) }
        : { kind: 'float64', values: Float64Array.from(numbers, Number) };
    }
    case 'boolean':
      return { kind: 'bool', values: Uint8Array.from(values, (value) => Number(value)) };
    case 'bytes':
    case 'fixed':
      return {
        kind: 'bytes',
        ...byteSlices(
          values.map((value) => (value === null ? EMPTY : value instanceof Uint8Array ? value : wrong(value))),
        ),
      };
    default: {
      const decode = (bytes: Uint8Array): Value => {
        const fit = fitValue(type, parseJson(bytes), path);
        return fit.problem === undefined ? fit.value : bug(fit.problem);
      };
      return {
        kind: 'encoded',
        encoding: 'json',
        ...byteSlices(values.map((value) => Buffer.from(jsonText(value)))),
        decode,
      };
    }
  }
}

const EMPTY = new Uint8Array(0);
