import { groupFields, parseFieldList } from '../../../src/expressions/field-list.js';
import { compileFilter } from '../../../src/expressions/filter.js';
import { AnomalyOperator, type AnomalyOptions } from '../../../src/operators/monitors/anomaly-operator.js';
import { MissingOperator, type MissingOptions } from '../../../src/operators/monitors/missing-operator.js';
import { deriveMonitor } from '../../../src/operators/monitors/monitor-schema.js';
import { RatioOperator, type RatioOptions } from '../../../src/operators/monitors/ratio-operator.js';
import type { FlushReason, Operator } from '../../../src/operators/operator.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { rowsOf } from '../../../src/records/rows.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { UTC } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';

export const sample = parseSchema(
  {
    type: 'record',
    name: 'sample',
    fields: [
      { name: 'node', type: 'string' },
      { name: 'x', type: ['null', 'double'], default: null },
      { name: 'at', type: ['null', 'long'], default: null },
    ],
    freshet: { key: 'node', time: 'at' },
  },
  'the test',
);

export type RatioSetup = Partial<Omit<RatioOptions, 'bad' | 'by'>> & { readonly by?: string; readonly bad?: string };

export function ratio({ schema = sample, by = 'node', bad = 'x = 0', ...setup }: RatioSetup = {}): RatioOperator {
  const paths = by === '' ? [] : parseFieldList(by, schema);
  return new RatioOperator({
    schema,
    by: paths,
    zone: UTC,
    size: 60_000,
    max: 0.3,
    minSamples: 1,
    breaches: 1,
    monitor: 'ratio',
    maxState: 1_000_000,
    now: () => 0,
    ...setup,
    bad: compileFilter(bad, schema, UTC),
    output: deriveMonitor(schema, 'ratio', groupFields(schema, paths)),
  });
}

const ordered = (schema: RecordSchema, kind: 'missing' | 'anomaly') => ({
  schema,
  by: schema.key,
  zone: UTC,
  partitions: 1,
  kept: false,
  live: false,
  monitor: kind,
  output: deriveMonitor(schema, kind, groupFields(schema, schema.key)),
  now: () => 0,
});

export function missing({ schema = sample, ...setup }: Partial<MissingOptions> = {}): MissingOperator {
  return new MissingOperator({ ...ordered(schema, 'missing'), silence: 60_000, ...setup });
}

export function anomaly({ schema = sample, ...setup }: Partial<AnomalyOptions> = {}): AnomalyOperator {
  return new AnomalyOperator({ ...ordered(schema, 'anomaly'), field: 'x', warmUp: 0, ...setup });
}

/** Gives an operator rows of a partition. @returns the reasons of those that it refused */
export function take(operator: Operator, rows: readonly Row[], schema = sample, partition = 0): string[] {
  const origin = { source: 'test', partition, unit: 'line' as const, ordinal: (row: number) => row + 1 };
  const { refused = [] } = operator.process(batchFromRows(schema, rows, { origin, paths: operator.reads }));
  return refused.map(({ reason }) => reason);
}

export function flushed(operator: Operator, reason: FlushReason = 'tick'): Row[] {
  const rows: Row[] = [];
  for (const batch of operator.flush(reason)) rows.push(...rowsOf(batch));
  return rows;
}

/** All that an operator gives for rows in batches of these sizes, over and over, with a flush after some of them. */
export function inBatches(operator: Operator, rows: readonly Row[], sizes: readonly number[], ticks: boolean): Row[] {
  const given: Row[] = [];
  for (let from = 0, turn = 0; from < rows.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    take(operator, rows.slice(from, from + size));
    if (ticks) given.push(...flushed(operator));
    from += size;
  }
  return [...given, ...flushed(operator, 'end')];
}

/** A row's bounds as epoch milliseconds. */
export function bounds({ window_start: start, window_end: end }: Row): { start: number; end: number } {
  return { start: Date.parse(String(start)), end: Date.parse(String(end)) };
}
