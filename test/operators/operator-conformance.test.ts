import fc from 'fast-check';
import { ndjsonCodec } from '../../src/codecs/ndjson/ndjson-codec.js';
import { groupFields, parseFieldList } from '../../src/expressions/field-list.js';
import { parseSelect } from '../../src/expressions/select.js';
import { CpuUsage } from '../../src/operators/cpu-usage.js';
import type { Operator } from '../../src/operators/operator.js';
import { Parity } from '../../src/operators/parity.js';
import { RollupOperator } from '../../src/operators/rollup/rollup-operator.js';
import { WindowOperator } from '../../src/operators/window/window-operator.js';
import { loadSchema } from '../../src/pipeline/schema-files.js';
import { deriveRollup, deriveWindow } from '../../src/records/derive.js';
import { bug } from '../../src/records/errors.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import type { RecordSchema } from '../../src/records/schema.js';
import { calendarOf } from '../../src/records/time/calendar.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';
import { anomaly, missing, ratio, sample } from './monitors/monitors.js';
import { operatorConformance } from './operator-conformance.js';

const MINUTE = 60_000;

const scalars = parseSchema(
  {
    type: 'record',
    name: 'reading',
    fields: [
      { name: 'node', type: 'string' },
      { name: 'at', type: 'string' },
      { name: 'x', type: ['null', 'double'], default: null },
      { name: 'n', type: 'long' },
      { name: 'ok', type: 'boolean' },
      { name: 'word', type: ['null', 'string'], default: null },
    ],
    freshet: { key: 'node', time: 'at' },
  },
  'reading',
);
const numbers = parseSchema(
  {
    type: 'record',
    name: 'numbers',
    fields: [
      { name: 'node', type: 'string' },
      { name: 'at', type: 'string' },
      { name: 'x', type: ['null', 'double'], default: null },
      { name: 'n', type: 'long' },
      { name: 'ok', type: 'boolean' },
    ],
    freshet: { key: 'node', time: 'at' },
  },
  'numbers',
);
const wide = parseSchema(
  {
    type: 'record',
    name: 'event',
    fields: [
      { name: 'node', type: 'string' },
      { name: 'at', type: 'string' },
      { name: 'tags', type: { type: 'array', items: 'string' } },
      { name: 'n', type: 'long' },
    ],
    freshet: { key: 'node', time: 'at' },
  },
  'event',
);

const node = fc.constantFrom('a', 'b', 'c');
/** Within a few days, some of them equal. */
const at = fc
  .integer({ min: 0, max: 400 })
  .map((tens) => new Date(Date.UTC(2017, 7, 1) + tens * 10 * MINUTE).toISOString());
const long = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(9007199254740993n, -9007199254740995n));
const reading: fc.Arbitrary<Row> = fc.record({
  node,
  at,
  x: fc.option(fc.constantFrom(0.1, 0.2, -1e100, 1e100)),
  n: long,
  ok: fc.boolean(),
  word: fc.option(fc.constantFrom('one', 'two', 'three')),
});
const event: fc.Arbitrary<Row> = fc.record({
  node,
  at,
  tags: fc.array(fc.constantFrom('p', 'q'), { maxLength: 3 }),
  n: fc.integer({ min: 0, max: 2 }),
});

type Emit = 'update' | 'close';

/** One for each type: a decoder has memory of its own in the kernel. */
const decoders = new Map(
  [numbers, wide].map((schema) => [schema, ndjsonCodec.recordDecoder?.({ schema, zone: UTC })] as const),
);

function rollup(schema: RecordSchema, emit: Emit, allowedLateness?: number): Operator {
  const encoder = ndjsonCodec.encoder({ schema });
  return new RollupOperator({
    schema,
    calendar: calendarOf('daily', UTC),
    emit,
    allowedLateness,
    partitions: 1,
    now: () => 0,
    access: {
      reads: () => true,
      decoder: () => decoders.get(schema) ?? bug('NDJSON has a record decoder'),
      encode: (batch, row) => encoder.encode({ ...batch, selection: Int32Array.of(row) }).slice(0, -1),
    },
  });
}

interface Windows {
  readonly emit: Emit;
  readonly size?: number;
  readonly slide?: number;
  readonly allowedLateness?: number;
}

function windows(schema: RecordSchema, by: string, windows: Windows): Operator {
  const paths = parseFieldList(by, schema);
  const select = parseSelect(
    'count(x) as count, sum(n) as total, avg(x) as avg, min(x) as min, max(word) as max, latest(word) as latest',
    schema,
  );
  const output = deriveWindow(schema, groupFields(schema, paths), select, windows.size !== undefined);
  return new WindowOperator({
    ...windows,
    schema,
    by: paths,
    select,
    output,
    zone: UTC,
    maxState: 1_000_000,
    now: () => 0,
  });
}

for (const emit of ['update', 'close'] as const) {
  const updates = emit === 'update';
  for (const [name, schema, row] of [
    ['narrow', numbers, reading],
    ['wide', wide, event],
  ] as const) {
    const order = ['date', 'node'];
    operatorConformance(`a rollup of ${name} records (${emit})`, {
      schema,
      row,
      order,
      updates,
      make: () => rollup(schema, emit),
    });
  }
  const order = ['window_start', 'node'];
  const options = { schema: scalars, row: reading, updates };
  const size = 60 * MINUTE;
  operatorConformance(`a tumbling window (${emit})`, {
    ...options,
    order,
    make: () => windows(scalars, 'node', { emit, size }),
  });
  operatorConformance(`a sliding window (${emit})`, {
    ...options,
    order,
    make: () => windows(scalars, 'node', { emit, size, slide: size / 4 }),
  });
  operatorConformance(`a total (${emit})`, {
    ...options,
    order: ['node'],
    make: () => windows(scalars, 'node', { emit }),
  });

  const daily = deriveRollup(scalars, 'daily');
  const row = fc
    .tuple(reading, node)
    .map(([one, key]): Row => ({ ...one, node: key, date: String(one.at).slice(0, 10) }));
  operatorConformance(`a window over derived rows (${emit})`, {
    schema: daily,
    row,
    order,
    updates,
    make: () => windows(daily, 'node', { emit, size }),
  });
}

const lateness = { emit: 'close' as const, allowedLateness: 120 * MINUTE };
operatorConformance('a rollup that closes days', {
  schema: numbers,
  row: reading,
  order: ['date', 'node'],
  updates: false,
  make: () => rollup(numbers, 'close', lateness.allowedLateness),
});
operatorConformance('windows that are closed', {
  schema: scalars,
  row: reading,
  order: ['window_start', 'node'],
  updates: false,
  make: () => windows(scalars, 'node', { ...lateness, size: 60 * MINUTE }),
});

const count = fc.integer({ min: 0, max: 50 });
operatorConformance('parity', {
  schema: loadSchema('pair'),
  row: fc.record({ a: count, b: fc.oneof(count, fc.constant(9007199254740993n)) }),
  updates: true,
  make: () => new Parity(loadSchema('pair'), loadSchema('outcome')),
});

const counters = fc.record({ user: count, nice: count, system: count, idle: count });
operatorConformance('cpu usage', {
  schema: loadSchema('cpu'),
  row: fc
    .record({
      machine: fc.constantFrom('m', 'n'),
      timestamp: fc.integer({ min: 1, max: 9 }),
      all: counters,
      each: fc.array(counters, { maxLength: 2 }),
    })
    .map(
      ({ machine, timestamp, all, each }): Row => ({
        machine_id: machine,
        timestamp,
        stat: { cpu_all: all, cpus: each.map((one, id) => ({ id: `cpu${id}`, ...one })) },
      }),
    ),
  updates: true,
  make: () => new CpuUsage(loadSchema('cpu'), loadSchema('cpu_usage')),
});

const samples: fc.Arbitrary<Row> = fc.record({
  node,
  x: fc.option(fc.constantFrom(0, 1, 2, 30)),
  at: fc.integer({ min: 0, max: 60 }).map((tens) => tens * 10_000),
});
for (const allowedLateness of [0, MINUTE]) {
  operatorConformance(`monitor ratio, ${allowedLateness} ms late`, {
    schema: sample,
    row: samples,
    order: ['window_start', 'node'],
    updates: false,
    make: () => ratio({ allowedLateness, breaches: 2 }),
  });
}
operatorConformance('monitor missing', {
  schema: sample,
  row: samples,
  updates: true,
  make: () => missing(),
});
operatorConformance('monitor anomaly', {
  schema: sample,
  row: samples,
  updates: true,
  make: () => anomaly({ high: 20, zScore: { max: 3.5, history: 5 } }),
});
