import { expect } from 'vitest';
import { ndjsonCodec } from '../../../src/codecs/ndjson/ndjson-codec.js';
import { RollupOperator } from '../../../src/operators/rollup/rollup-operator.js';
import { compareValues } from '../../../src/records/compare.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { calendarOf, type Period } from '../../../src/records/time/calendar.js';
import { parseTimeText } from '../../../src/records/time/parse-time.js';
import { UTC, type Zone } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';

export interface Options {
  readonly schema: RecordSchema;
  readonly period?: Period;
  readonly zone?: Zone;
  readonly emit?: 'update' | 'close';
  readonly allowedLateness?: number;
  readonly kept?: boolean;
}

export function operatorOf({
  schema,
  period = 'daily',
  zone = UTC,
  emit = 'close',
  allowedLateness,
  kept = false,
}: Options): RollupOperator {
  const decoder = ndjsonCodec.recordDecoder?.({ schema, zone });
  const encoder = ndjsonCodec.encoder({ schema });
  return new RollupOperator({
    schema,
    calendar: calendarOf(period, zone),
    emit,
    kept,
    allowedLateness,
    partitions: 1,
    now: () => 0,
    access: {
      reads: () => true,
      decoder: () => decoder ?? expect.unreachable(),
      encode: (batch, row) => encoder.encode({ ...batch, selection: Int32Array.of(row) }).slice(0, -1),
    },
  });
}

/** The newest row of each key and day: what the manual says, word for word. */
export function newestSlowly(schema: RecordSchema, rows: readonly Row[], period: Period, zone: Zone): Row[] {
  const calendar = calendarOf(period, zone);
  const winners = new Map<string, { row: Row; window: number; millis: number }>();
  const rest = schema.fields.filter(({ name }) => !schema.key.includes(name) && name !== schema.time?.path);
  const isNewer = (a: Row, b: Row): boolean => {
    for (const { name, type, nullable, nullBranch } of rest) {
      const order = compareValues(type, nullable, a[name] ?? null, b[name] ?? null, nullBranch);
      if (order !== 0) return order > 0;
    }
    return String(a.ts) > String(b.ts);
  };
  for (const row of rows) {
    const parsed = parseTimeText(String(row.ts)) ?? expect.unreachable();
    const wall = !/(Z|[+-]\d\d:\d\d)$/.test(String(row.ts));
    const millis = wall ? zone.toInstant(parsed.millis) : parsed.millis;
    const window = calendar.windowOf(millis);
    const known = winners.get(`${window} ${row.id}`);
    if (known === undefined || millis > known.millis || (millis === known.millis && isNewer(row, known.row))) {
      winners.set(`${window} ${row.id}`, { row, window, millis });
    }
  }
  const sorted = [...winners.values()].sort(
    (a, b) => a.window - b.window || Buffer.compare(Buffer.from(String(a.row.id)), Buffer.from(String(b.row.id))),
  );
  const field = { hourly: 'hour', daily: 'date', weekly: 'week', monthly: 'month', yearly: 'year' }[period];
  return sorted.map(({ row, window }) => ({ ...row, [field]: calendar.label(window) }));
}
