import type { Column, EncodedColumn } from '../../records/columns.js';
import { bug } from '../../records/errors.js';
import { fallbackOf, fitValue } from '../../records/fit-value.js';
import { jsonText, parseJson } from '../../records/json-text.js';
import { valueAt } from '../../records/rows.js';
import type { Field } from '../../records/schema.js';
import type { Row, Value } from '../../records/value.js';

type Columns = ReadonlyMap<string, Column>;

/**
 * Builds the column of a nested record whose parts are columns of their own (`stat.user`, `stat.idle`). A nullable
 * record is null where all its parts are.
 * @param field the record, at `path`
 */
export function nestedColumn(path: string, field: Field, parts: Columns, length: number): EncodedColumn {
  const texts: Buffer[] = [];
  const starts = new Int32Array(length);
  const ends = new Int32Array(length);
  const nulls = new Uint8Array(length);
  let at = 0;
  for (let row = 0; row < length; row++) {
    const value = partAt(field, path, parts, row);
    nulls[row] = value === null ? 1 : 0;
    const text = Buffer.from(jsonText(value));
    texts.push(text);
    starts[row] = at;
    at += text.length;
    ends[row] = at;
  }
  const decode = (bytes: Uint8Array): Value => {
    const fit = fitValue(field.type, parseJson(bytes), path);
    return fit.problem === undefined ? fit.value : bug(fit.problem);
  };
  const some = nulls.includes(1) ? { nulls } : {};
  return { kind: 'encoded', encoding: 'json', buffer: Buffer.concat(texts), starts, ends, decode, ...some };
}

function partAt(field: Field, path: string, parts: Columns, row: number): Value {
  const column = parts.get(path);
  if (column !== undefined) return valueAt(column, row);
  const { type, nullable } = field;
  if (type.kind !== 'record' || !hasParts(path, parts)) return fallbackOf(field) ?? null;
  if (nullable && isAbsent(path, parts, row)) return null;
  const record: Row = {};
  for (const inner of type.fields) record[inner.name] = partAt(inner, `${path}.${inner.name}`, parts, row);
  return record;
}

function hasParts(path: string, parts: Columns): boolean {
  for (const part of parts.keys()) if (part.startsWith(`${path}.`)) return true;
  return false;
}

function isAbsent(path: string, parts: Columns, row: number): boolean {
  for (const [part, column] of parts) {
    if (part.startsWith(`${path}.`) && column.nulls?.[row] !== 1) return false;
  }
  return true;
}
