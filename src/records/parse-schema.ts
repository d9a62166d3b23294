import { UsageError } from './errors.js';
import type { Derived, Field, FieldType, RecordSchema, TableSpec, TimeField } from './schema.js';
import { fieldAt } from './schema.js';
import { isPeriod, PERIODS, type Period } from './time/calendar.js';
import { isTimeUnit, TIME_UNITS, type TimeUnit } from './time/form.js';
import type { Value } from './value.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'string', 'bytes']);
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Named types met so far, by full name, while one schema is parsed. */
type Names = Map<string, FieldType>;

/**
 * Reads an Avro record schema (Avro 1.12, "Schema Declaration") with its `freshet` annotation.
 * @param where what to call the schema in errors: a path or a name
 * @throws UsageError where it is not one
 */
export function parseSchema(json: unknown, where: string): RecordSchema {
  const fail = (what: string): never => {
    throw new UsageError(`${where}: ${what}`, 'See `freshet schema show yt` for a complete schema.');
  };
  if (!isObject(json) || json.type !== 'record') return fail('not an Avro record schema (no "type": "record")');
  const names: Names = new Map();
  const type = parseType(json, '', names, fail);
  if (type.kind !== 'record') return fail('not an Avro record schema');
  const annotation = json.freshet ?? {};
  if (!isObject(annotation)) return fail('"freshet" must be an object');
  const schema = { name: type.name.replace(/^.*\./, ''), fields: type.fields };
  const namespace = typeof json.namespace === 'string' ? json.namespace : undefined;
  const doc = typeof json.doc === 'string' ? json.doc : undefined;
  const key = parseKey(annotation, schema, fail);
  const time = parseTime(annotation, schema, fail);
  const derived = parseDerived(annotation, schema, fail);
  return {
    ...schema,
    ...(namespace === undefined ? {} : { namespace }),
    ...(doc === undefined ? {} : { doc }),
    key,
    ...(time === undefined ? {} : { time }),
    tables: parseTables(annotation, fail),
    ...(derived === undefined ? {} : { derived }),
  };
}

type Fail = (what: string) => never;

function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function parseType(json: Json, namespace: string, names: Names, fail: Fail): FieldType {
  if (typeof json === 'string') {
    if (PRIMITIVES.has(json)) return { kind: json } as FieldType;
    const named = names.get(fullName(json, namespace)) ?? names.get(json);
    return named ?? fail(`unknown type "${json}"`);
  }
  if (Array.isArray(json))
    return { kind: 'union', branches: json.map((one) => parseType(one, namespace, names, fail)) };
  if (!isObject(json)) return fail(`not a type: ${JSON.stringify(json)}`);
  const logical = typeof json.logicalType === 'string' ? { logical: json.logicalType } : {};
  const inner = json.type;
  switch (inner) {
    case 'array':
      return { kind: 'array', items: parseType(json.items ?? null, namespace, names, fail) };
    case 'map':
      return { kind: 'map', values: parseType(json.values ?? null, namespace, names, fail) };
    case 'enum': {
      const symbols = json.symbols;
      if (!Array.isArray(symbols) || !symbols.every((one) => typeof one === 'string')) {
        return fail(`enum ${String(json.name)} has no list of symbols`);
      }
      return named(json, namespace, names, fail, (name) => ({ kind: 'enum', name, symbols: symbols as string[] }));
    }
    case 'fixed': {
      const size = json.size;
      if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) return fail('a fixed type needs a size');
      return named(json, namespace, names, fail, (name) => ({ kind: 'fixed', name, size, ...logical }));
    }
    case 'record':
    case 'error':
      return parseRecord(json, namespace, names, fail);
    default: {
      if (inner === undefined) return fail(`a type without "type": ${JSON.stringify(json)}`);
      const type = parseType(inner, namespace, names, fail);
      return 'logicalType' in json && PRIMITIVES.has(type.kind) ? ({ ...type, ...logical } as FieldType) : type;
    }
  }
}

function parseRecord(json: JsonObject, namespace: string, names: Names, fail: Fail): FieldType {
  const list = json.fields;
  if (!Array.isArray(list)) return fail(`record ${String(json.name)} has no list of fields`);
  const fields: Field[] = [];
  // Registered before its fields are read, so that a type may contain itself.
  const type = named(json, namespace, names, fail, (name) => ({ kind: 'record', name, fields }));
  const inner = typeof json.namespace === 'string' ? json.namespace : namespace;
  for (const one of list) {
    if (!isObject(one) || typeof one.name !== 'string' || !NAME.test(one.name)) {
      return fail(`not a field: ${JSON.stringify(one)}`);
    }
    if (fields.some((field) => field.name === one.name)) fail(`two fields named ${one.name}`);
    fields.push(parseField(one, one.name, inner, names, fail));
  }
  return type;
}

function parseField(json: JsonObject, name: string, namespace: string, names: Names, fail: Fail): Field {
  const type = parseType(json.type ?? null, namespace, names, (what) => fail(`field ${name}: ${what}`));
  const fallback = 'default' in json ? { fallback: json.default as Value } : {};
  if (type.kind === 'union') {
    const rest = type.branches.filter((branch) => branch.kind !== 'null');
    const [only] = rest;
    if (only !== undefined && rest.length === 1 && type.branches.length <= 2) {
      const nullable = type.branches.length === 2;
      return { name, type: only, nullable, nullBranch: type.branches[0]?.kind === 'null' ? 0 : 1, ...fallback };
    }
  }
  return { name, type, nullable: false, nullBranch: 0, ...fallback };
}

function named(
  json: JsonObject,
  namespace: string,
  names: Names,
  fail: Fail,
  make: (name: string) => FieldType,
): FieldType {
  const { name } = json;
  if (typeof name !== 'string' || !name.split('.').every((part) => NAME.test(part))) {
    return fail(`a type's name must be letters, digits and _, not ${JSON.stringify(name)}`);
  }
  const full = fullName(name, typeof json.namespace === 'string' ? json.namespace : namespace);
  const type = make(full);
  names.set(full, type);
  return type;
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

function parseKey(annotation: JsonObject, schema: Pick<RecordSchema, 'fields'>, fail: Fail): string[] {
  const { key } = annotation;
  if (key === undefined) return [];
  const paths = typeof key === 'string' ? [key] : key;
  if (!Array.isArray(paths)) return fail('"freshet.key" must be a field or a list of fields');
  return paths.map((path) => {
    if (typeof path !== 'string' || fieldAt(schema, path) === undefined)
      return fail(`key field ${path} does not exist`);
    return path;
  });
}

function parseTime(annotation: JsonObject, schema: Pick<RecordSchema, 'fields'>, fail: Fail): TimeField | undefined {
  const { time } = annotation;
  if (time === undefined || time === null) return undefined;
  const path = isObject(time) ? time.field : time;
  if (typeof path !== 'string') return fail('"freshet.time" must be a field, or {"field", "unit"}');
  const unit = isObject(time) ? time.unit : undefined;
  if (unit !== undefined && !isTimeUnit(unit)) {
    return fail(`"freshet.time" has the unit ${JSON.stringify(unit)}; one of ${TIME_UNITS.join(', ')} is needed`);
  }
  const field = fieldAt(schema, path);
  if (field === undefined) return fail(`time field ${path} does not exist`);
  const usual = timeUnit(field.type);
  if (usual === undefined || (unit !== undefined && (unit === 'iso') !== (usual === 'iso'))) {
    return fail(`time field ${path} must be a string (ISO 8601), or an int or long with a unit`);
  }
  return { path, unit: unit ?? usual };
}

/** The unit that a type's values have as times, where nothing else is said; undefined where it can't be one. */
export function timeUnit(type: FieldType): TimeUnit | undefined {
  if (type.kind === 'string') return 'iso';
  if (type.kind === 'int' && type.logical === 'date') return 'd';
  if (type.kind === 'long') {
    if (type.logical?.endsWith('timestamp-micros')) return 'us';
    if (type.logical?.endsWith('timestamp-nanos')) return 'ns';
    return 'ms';
  }
  return type.kind === 'int' ? 's' : undefined;
}

function parseTables(annotation: JsonObject, fail: Fail): Partial<Record<Period, TableSpec>> {
  const { tables } = annotation;
  if (tables === undefined) return {};
  if (!isObject(tables)) return fail('"freshet.tables" must be an object by period');
  return Object.fromEntries(
    Object.entries(tables).map(([period, table]) => {
      if (!isPeriod(period)) return fail(`"freshet.tables" names ${period}; the periods are ${PERIODS.join(', ')}`);
      return [period, parseTable(table, fail)];
    }),
  );
}

function parseTable(json: Json, fail: Fail): TableSpec {
  if (!isObject(json) || typeof json.name !== 'string') return fail('a table needs a "name"');
  const columns = json.columns ?? {};
  if (!isObject(columns)) return fail(`the columns of table ${json.name} must be an object of field to column`);
  const pairs = Object.entries(columns).map(([field, column]): [string, string] => {
    return typeof column === 'string'
      ? [field, column]
      : fail(`column of ${field} in table ${json.name} must be a name`);
  });
  return { name: json.name, columns: Object.fromEntries(pairs) };
}

function parseDerived(annotation: JsonObject, schema: Pick<RecordSchema, 'fields'>, fail: Fail): Derived | undefined {
  const { derived } = annotation;
  if (derived === undefined) return undefined;
  if (!isObject(derived)) return fail('"freshet.derived" must be an object');
  const { from, period, periodField, primaryKey, freshness, table } = derived;
  if (typeof from !== 'string' || typeof freshness !== 'string' || !Array.isArray(primaryKey)) {
    return fail('"freshet.derived" needs "from", "primaryKey" and "freshness"');
  }
  const known = (path: Json): string =>
    typeof path === 'string' && fieldAt(schema, path) ? path : fail(`"freshet.derived" names ${path}, no such field`);
  return {
    from,
    ...(isPeriod(period) ? { period } : {}),
    ...(periodField === undefined ? {} : { periodField: known(periodField) }),
    primaryKey: primaryKey.map(known),
    freshness: known(freshness),
    table: parseTable(table ?? null, fail),
  };
}
