import { UsageError } from './errors.js';
import type { Field, FieldType, RecordSchema, TableSpec } from './schema.js';
import { PERIOD_FIELDS, type Period } from './time/calendar.js';

const STRING: FieldType = { kind: 'string' };
const plain = (name: string, type: FieldType, nullable = false): Field => ({ name, type, nullable, nullBranch: 0 });

/**
 * The name of the field that holds a rollup's period: `date`, `month`, …; `period_month` where the record has a
 * field `month` of its own.
 */
export function periodField(schema: RecordSchema, period: Period): string {
  const name = PERIOD_FIELDS[period];
  return schema.fields.some((field) => field.name === name) ? `period_${name}` : name;
}

/**
 * The type of the rows that a rollup of `schema` by `period` gives: the record's own fields, the period's right
 * behind the time's.
 */
export function deriveRollup(schema: RecordSchema, period: Period): RecordSchema {
  const base = schema.derived?.period === undefined ? schema : undefined;
  if (base === undefined) {
    throw new UsageError(`schema ${schema.name} is a rollup already`, 'Name the schema of the raw records.');
  }
  if (schema.key.length === 0) {
    throw new UsageError(
      `schema ${schema.name} names no key, so there is no newest record per key`,
      'Give --key FIELD, or annotate the schema: "freshet": {"key": ["FIELD"]}.',
    );
  }
  const name = periodField(schema, period);
  const top = schema.time?.path.split('.')[0];
  const at = schema.fields.findIndex((field) => field.name === top) + 1 || schema.fields.length;
  const fields = [...schema.fields.slice(0, at), plain(name, STRING), ...schema.fields.slice(at)];
  const typeName = `${schema.name}_${period}`;
  const table: TableSpec = schema.tables[period] ?? { name: typeName.toLowerCase(), columns: {} };
  return {
    name: typeName,
    ...(schema.namespace === undefined ? {} : { namespace: schema.namespace }),
    fields,
    key: schema.key,
    ...(schema.time === undefined ? {} : { time: schema.time }),
    // Those of the raw type: its rows may be aggregated further.
    tables: schema.tables,
    derived: {
      from: schema.name,
      period,
      periodField: name,
      primaryKey: [...schema.key, name],
      freshness: schema.time?.path ?? name,
      table,
    },
  };
}

/** The type that a rollup's rows were derived from, as far as the rows still tell: without the period. */
export function baseOf(schema: RecordSchema): RecordSchema {
  const { derived, ...rest } = schema;
  if (derived === undefined) return schema;
  return {
    ...rest,
    name: derived.from,
    fields: schema.fields.filter(({ name }) => name !== derived.periodField),
  };
}

/** One selected aggregate as a field of the window's row. */
export interface SelectedField {
  readonly name: string;
  readonly type: FieldType;
  readonly nullable: boolean;
}

/** The type of the rows that `aggregate window` and `aggregate total` give. */
export function deriveWindow(
  schema: RecordSchema,
  group: readonly Field[],
  selected: readonly SelectedField[],
  windowed: boolean,
): RecordSchema {
  const bounds = windowed ? ['window_start', 'window_end'].map((name) => plain(name, STRING)) : [];
  const fields = [
    ...group,
    ...bounds,
    ...selected.map((one) => plain(one.name, one.type, one.nullable)),
    plain('records', { kind: 'long' }),
  ];
  const clash = fields.find((field, at) => fields.findIndex((other) => other.name === field.name) !== at);
  if (clash !== undefined) {
    throw new UsageError(
      `two fields of the result are named ${clash.name}`,
      'Give one of them another name: --select "f(field) as name".',
    );
  }
  const name = `${schema.name}_${windowed ? 'window' : 'total'}`;
  return {
    name,
    ...(schema.namespace === undefined ? {} : { namespace: schema.namespace }),
    fields,
    key: group.map((field) => field.name),
    ...(windowed ? { time: { path: 'window_start', unit: 'iso' as const } } : {}),
    tables: {},
    derived: {
      from: schema.name,
      primaryKey: [...group.map((field) => field.name), ...(windowed ? ['window_start'] : [])],
      freshness: 'records',
      table: { name: name.toLowerCase(), columns: {} },
    },
  };
}
