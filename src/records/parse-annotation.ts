import { nearestName } from './nearest-name.js';
import type { Derived, Field, FieldType, RecordSchema, TableSpec, TimeField } from './schema.js';
import { fieldAt, leafPaths } from './schema.js';
import { isJsonObject, type Json, type JsonObject } from './schema-source.js';
import { isPeriod, PERIODS, type Period } from './time/calendar.js';
import { isTimeUnit, TIME_UNITS, type TimeUnit } from './time/form.js';

/** What the annotation says about a record. */
export type Annotation = Pick<RecordSchema, 'key' | 'time' | 'tables' | 'derived'>;

/**
 * Reads the `freshet` annotation of a record. Nothing is thrown: what is wrong is told and left out.
 * @param tell takes what is wrong, a sentence without a full stop
 */
export function parseAnnotation(json: Json, fields: readonly Field[], tell: (problem: string) => void): Annotation {
  if (!isJsonObject(json)) {
    tell('"freshet" must be an object');
    return { key: [], tables: {} };
  }
  const parser = new AnnotationParser(fields, tell);
  const key = parser.key(json.key);
  const time = parser.time(json.time);
  const tables = parser.tables(json.tables);
  const derived = parser.derived(json.derived);
  return {
    key,
    ...(time === undefined ? {} : { time }),
    tables,
    ...(derived === undefined ? {} : { derived }),
  };
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

class AnnotationParser {
  readonly #fields: readonly Field[];
  readonly #tell: (problem: string) => void;

  constructor(fields: readonly Field[], tell: (problem: string) => void) {
    this.#fields = fields;
    this.#tell = tell;
  }

  key(json: Json | undefined): string[] {
    if (json === undefined) return [];
    const paths = typeof json === 'string' ? [json] : json;
    if (Array.isArray(paths)) return this.#known(paths, 'key');
    this.#tell('"freshet.key" must be a field or a list of fields');
    return [];
  }

  time(json: Json | undefined): TimeField | undefined {
    if (json === undefined || json === null) return undefined;
    const path = isJsonObject(json) ? json.field : json;
    if (typeof path !== 'string') return this.#fail('"freshet.time" must be a field, or {"field", "unit"}');
    const [known] = this.#known([path], 'time');
    const unit = isJsonObject(json) ? json.unit : undefined;
    if (unit !== undefined && !isTimeUnit(unit)) {
      return this.#fail(
        `"freshet.time" has the unit ${JSON.stringify(unit)}; one of ${TIME_UNITS.join(', ')} is needed`,
      );
    }
    const field = known === undefined ? undefined : fieldAt({ fields: this.#fields }, known);
    if (field === undefined) return undefined;
    const usual = timeUnit(field.type);
    if (usual === undefined || (unit !== undefined && (unit === 'iso') !== (usual === 'iso'))) {
      return this.#fail(`time field ${path} must be a string (ISO 8601), or an int or long with a unit`);
    }
    return { path, unit: unit ?? usual };
  }

  tables(json: Json | undefined): Partial<Record<Period, TableSpec>> {
    const tables: Partial<Record<Period, TableSpec>> = {};
    if (json === undefined) return tables;
    if (!isJsonObject(json)) {
      this.#tell('"freshet.tables" must be an object by period');
      return tables;
    }
    for (const [period, one] of Object.entries(json)) {
      const table = this.#table(one);
      if (!isPeriod(period)) this.#tell(`"freshet.tables" names ${period}; the periods are ${PERIODS.join(', ')}`);
      else if (table !== undefined) tables[period] = table;
    }
    return tables;
  }

  derived(json: Json | undefined): Derived | undefined {
    if (json === undefined) return undefined;
    if (!isJsonObject(json)) return this.#fail('"freshet.derived" must be an object');
    const { from, period, periodField, primaryKey, freshness, table } = json;
    if (typeof from !== 'string' || typeof freshness !== 'string' || !Array.isArray(primaryKey)) {
      return this.#fail('"freshet.derived" needs "from", "primaryKey" and "freshness"');
    }
    const [field] = periodField === undefined ? [] : this.#known([periodField], 'period');
    const keys = this.#known(primaryKey, 'primary key');
    const [newer] = this.#known([freshness], 'freshness');
    const spec = this.#table(table ?? null);
    if (newer === undefined || spec === undefined) return undefined;
    return {
      from,
      ...(isPeriod(period) ? { period } : {}),
      ...(field === undefined ? {} : { periodField: field }),
      primaryKey: keys,
      freshness: newer,
      table: spec,
    };
  }

  #table(json: Json): TableSpec | undefined {
    if (!isJsonObject(json) || typeof json.name !== 'string') return this.#fail('a table needs a "name"');
    return { name: json.name, columns: this.#columns(json.name, json.columns ?? {}) };
  }

  #columns(table: string, json: Json | JsonObject): Record<string, string> {
    const columns: Record<string, string> = {};
    if (!isJsonObject(json)) {
      this.#tell(`the columns of table ${table} must be an object of field to column`);
      return columns;
    }
    for (const [field, column] of Object.entries(json)) {
      if (typeof column === 'string') columns[field] = column;
      else this.#tell(`column of ${field} in table ${table} must be a name`);
    }
    return columns;
  }

  /** Those of the paths that are fields; the others are told. */
  #known(paths: readonly Json[], role: string): string[] {
    return paths.filter((path): path is string => {
      if (typeof path === 'string' && fieldAt({ fields: this.#fields }, path) !== undefined) return true;
      const name = typeof path === 'string' ? path : JSON.stringify(path);
      const nearest = nearestName(name, leafPaths(this.#fields));
      this.#tell(`${role} field ${name} does not exist${nearest === undefined ? '' : `; did you mean ${nearest}?`}`);
      return false;
    });
  }

  #fail(problem: string): undefined {
    this.#tell(problem);
    return undefined;
  }
}
