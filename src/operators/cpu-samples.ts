import { type Batch, columnOf } from '../records/batch.js';
import { isRow } from '../records/fit-value.js';
import { batchFromRows } from '../records/row-batch.js';
import { valueAt } from '../records/rows.js';
import type { Field, FieldType, RecordSchema } from '../records/schema.js';
import type { Row, Value } from '../records/value.js';

/** Ticks since boot. */
export interface Ticks {
  readonly idle: number;
  readonly total: number;
}

/** A machine's last sample. */
export interface Sample {
  readonly millis: number;
  /** When it was booted, as its records say; null where they do not. */
  readonly boot: string | null;
  readonly cpus: ReadonlyMap<string, Ticks>;
}

const NUMBER: FieldType = { kind: 'double' };
const field = (name: string, type: FieldType, nullable = false): Field => ({ name, type, nullable, nullBranch: 0 });
const TICKS: FieldType = { kind: 'record', name: 'ticks', fields: [field('idle', NUMBER), field('total', NUMBER)] };

/** Last samples as rows, one for each machine. */
export const SAMPLES: RecordSchema = {
  name: 'cpu_samples',
  fields: [
    field('machine', { kind: 'string' }),
    field('millis', NUMBER),
    field('boot', { kind: 'string' }, true),
    field('cpus', { kind: 'map', values: TICKS }),
  ],
  key: ['machine'],
  tables: {},
  derived: {
    from: 'cpu',
    primaryKey: ['machine'],
    freshness: 'millis',
    table: { name: 'cpu_samples', columns: {} },
  },
};

export function samplesBatch(samples: Iterable<readonly [machine: string, sample: Sample]>): Batch {
  const rows = Array.from(samples, ([machine, { millis, boot, cpus }]): Row => {
    const ticks = Array.from(cpus, ([cpu, { idle, total }]) => [cpu, { idle, total }] as const);
    return { machine, millis, boot, cpus: Object.fromEntries(ticks) };
  });
  return batchFromRows(SAMPLES, rows);
}

export function* samplesOf(batch: Batch): Generator<[machine: string, sample: Sample]> {
  const [machine, millis, boot, cpus] = SAMPLES.fields.map(({ name }) => columnOf(batch, name));
  if (machine === undefined || millis === undefined || boot === undefined || cpus === undefined) return;
  for (let row = 0; row < batch.length; row++) {
    const booted = valueAt(boot, row);
    yield [
      String(valueAt(machine, row)),
      {
        millis: Number(valueAt(millis, row)),
        boot: booted === null ? null : String(booted),
        cpus: cpusOf(valueAt(cpus, row)),
      },
    ];
  }
}

function cpusOf(value: Value): Map<string, Ticks> {
  const cpus = new Map<string, Ticks>();
  for (const [cpu, ticks] of isRow(value) ? Object.entries(value) : []) {
    if (isRow(ticks)) cpus.set(cpu, { idle: Number(ticks.idle), total: Number(ticks.total) });
  }
  return cpus;
}
