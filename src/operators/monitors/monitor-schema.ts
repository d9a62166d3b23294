import { UsageError } from '../../records/errors.js';
import type { Field, FieldType, RecordSchema } from '../../records/schema.js';

export type MonitorKind = 'ratio' | 'missing' | 'anomaly';

const STRING: FieldType = { kind: 'string' };
const LONG: FieldType = { kind: 'long' };
const DOUBLE: FieldType = { kind: 'double' };
const field = (name: string, type: FieldType, nullable = false): Field => ({ name, type, nullable, nullBranch: 0 });

/** What the rows of each monitor have between `status` and `reason`. */
const OWN: Readonly<Record<MonitorKind, readonly Field[]>> = {
  ratio: [field('bad', LONG), field('total', LONG), field('ratio', DOUBLE, true), field('max', DOUBLE)],
  missing: [field('last_seen', STRING, true), field('silence', LONG)],
  anomaly: [
    field('value', DOUBLE),
    field('check', STRING, true),
    field('compared_with', DOUBLE, true),
    field('score', DOUBLE, true),
  ],
};

/**
 * The type of the rows that a monitor gives: the group's fields, window_start and window_end, `monitor` (its name),
 * `status` (`ok` or `breach`), what it has measured, and `reason`, a sentence or null. Rows are upserts by group,
 * monitor and window_start: a silence that is over takes the place of the one that was told.
 * @throws UsageError where a field of the group has the name of another field
 */
export function deriveMonitor(schema: RecordSchema, kind: MonitorKind, group: readonly Field[]): RecordSchema {
  const fields = [
    ...group,
    ...['window_start', 'window_end', 'monitor', 'status'].map((name) => field(name, STRING)),
    ...OWN[kind],
    field('reason', STRING, true),
  ];
  const clash = group.find(({ name }) => fields.filter((other) => other.name === name).length > 1);
  if (clash !== undefined) {
    throw new UsageError(
      `--by ${clash.name}: the rows of monitor ${kind} have a field ${clash.name} of their own`,
      'Group by another field.',
    );
  }
  const name = `${schema.name}_${kind}`;
  const key = group.map((one) => one.name);
  const time = kind === 'ratio' ? 'window_start' : 'window_end';
  return {
    name,
    ...(schema.namespace === undefined ? {} : { namespace: schema.namespace }),
    fields,
    key,
    time: { path: time, unit: 'iso' },
    tables: {},
    derived: {
      from: schema.name,
      primaryKey: [...key, 'monitor', 'window_start'],
      freshness: kind === 'ratio' ? 'total' : 'window_end',
      table: { name: name.toLowerCase(), columns: {} },
    },
  };
}
