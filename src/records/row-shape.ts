import type { Field, RecordSchema } from './schema.js';
import type { TimeUnit } from './time/form.js';
import { PERIOD_FIELDS } from './time/periods.js';

const NUMBERS = new Set(['int', 'long', 'float', 'double']);
const TEXTS = new Set(['string', 'enum']);
const WINDOW = ['window_start', 'window_end'] as const;

export type ColumnKind = 'number' | 'text' | 'time' | 'other';

export interface ColumnShape {
  readonly name: string;
  readonly field: Field;
  readonly kind: ColumnKind;
}

/** What the fields of rows are to who shows them. Fields are named by their place. */
export interface RowShape {
  readonly columns: readonly ColumnShape[];
  /** Fields that tell rows apart; empty: every record is a row of its own. */
  readonly key: readonly number[];
  /** The key without the period: what a series of periods is about. */
  readonly series: readonly number[];
  /** The field that orders the rows of a series: a window's start, a calendar period. */
  readonly period: number | undefined;
  /** Where a window ends. */
  readonly end: number | undefined;
  /** The row with the greater one is the newer; absent: the one that comes later. */
  readonly freshness: number | undefined;
  /** The event time. */
  readonly time: number | undefined;
  readonly timeUnit: TimeUnit | undefined;
  /** Fields with numbers that say something: what deltas, sparklines and charts can be of. */
  readonly measures: readonly number[];
  readonly monitor: MonitorShape | undefined;
}

/** The fields of what a monitor reports. */
export interface MonitorShape {
  readonly name: number;
  readonly status: number;
  readonly ratio: number | undefined;
  readonly max: number | undefined;
  readonly reason: number | undefined;
}

/** Reads a shape off a type; one that says nothing of its key is taken by its fields' names and types. */
export function shapeOf(schema: RecordSchema): RowShape {
  const columns = schema.fields.map((field): ColumnShape => {
    const kind = field.name === schema.time?.path ? 'time' : kindOf(field);
    return { name: field.name, field, kind };
  });
  const at = (name: string | undefined): number | undefined => {
    const place = columns.findIndex((column) => column.name === name);
    return place < 0 ? undefined : place;
  };
  const monitor = monitorOf(at);
  const [start, end] = WINDOW.map(at);
  const period = start ?? at(schema.derived?.periodField ?? periodName(columns));
  const key = keyOf(schema, columns, monitor).flatMap((name) => at(name) ?? []);
  const freshness = at(freshnessOf(schema, columns, monitor));
  const time = at(schema.time?.path);
  const apart = [...key, period, end, monitor?.max, freshness];
  const numbers = columns.flatMap(({ kind }, place) => (kind === 'number' ? [place] : []));
  const telling = numbers.filter((place) => !apart.includes(place));
  const first = monitor?.ratio;
  return {
    columns,
    key,
    series: key.filter((place) => place !== period),
    measures: [...(first === undefined ? [] : [first]), ...(telling.length === 0 ? numbers : telling)].filter(
      (place, index, all) => all.indexOf(place) === index && !key.includes(place),
    ),
    period: key.includes(period ?? -1) ? period : undefined,
    end,
    freshness,
    time,
    timeUnit: schema.time?.unit,
    monitor,
  };
}

function kindOf({ type: { kind } }: Field): ColumnKind {
  if (NUMBERS.has(kind)) return 'number';
  return TEXTS.has(kind) ? 'text' : 'other';
}

function monitorOf(at: (name: string) => number | undefined): MonitorShape | undefined {
  const [name, status] = [at('monitor'), at('status')];
  if (name === undefined || status === undefined) return undefined;
  return { name, status, ratio: at('ratio'), max: at('max'), reason: at('reason') };
}

function periodName(columns: readonly ColumnShape[]): string | undefined {
  const names: readonly string[] = Object.values(PERIOD_FIELDS);
  return columns.find(({ name, kind }) => kind === 'text' && names.includes(name))?.name;
}

function keyOf(
  { derived, key, time }: RecordSchema,
  columns: readonly ColumnShape[],
  monitor: MonitorShape | undefined,
): readonly string[] {
  if (derived !== undefined) return derived.primaryKey;
  const names = columns.map(({ name }) => name);
  const start = names.indexOf('window_start');
  if (monitor !== undefined) {
    const before = names.slice(0, Math.max(start, 0));
    return [...before, ...(start < 0 ? [] : ['window_start']), 'monitor'];
  }
  if (start >= 0 && names.includes('window_end')) return [...names.slice(0, start), 'window_start'];
  if (key.length > 0) return key;
  return columns.filter(({ name, kind }) => kind === 'text' && name !== time?.path).map(({ name }) => name);
}

function freshnessOf(
  { derived, time }: RecordSchema,
  columns: readonly ColumnShape[],
  monitor: MonitorShape | undefined,
): string | undefined {
  if (derived !== undefined) return derived.freshness;
  if (monitor !== undefined) return undefined;
  const last = columns.at(-1);
  const grows = last?.name === 'records' && last.kind === 'number';
  return grows ? 'records' : time?.path;
}
