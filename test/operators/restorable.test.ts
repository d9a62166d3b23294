import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupFields, parseFieldList } from '../../src/expressions/field-list.js';
import { parseSelect } from '../../src/expressions/select.js';
import { CpuUsage } from '../../src/operators/cpu-usage.js';
import type { FlushReason, Restorable } from '../../src/operators/operator.js';
import { WindowOperator } from '../../src/operators/window/window-operator.js';
import { loadCodec } from '../../src/pipeline/formats.js';
import { loadSchema } from '../../src/pipeline/schema-files.js';
import { formatNote, parseNote } from '../../src/pipeline/state-note.js';
import type { Batch } from '../../src/records/batch.js';
import { deriveRollup, deriveWindow } from '../../src/records/derive.js';
import { bug } from '../../src/records/errors.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import type { RecordSchema } from '../../src/records/schema.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';
import { anomaly, missing, ratio, sample } from './monitors/monitors.js';
import { operatorOf } from './rollup/rollup-model.js';

const reading = parseSchema(
  {
    type: 'record',
    name: 'reading',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'ts', type: 'string' },
      { name: 'x', type: ['null', 'double'], default: null },
      { name: 'n', type: 'long' },
      { name: 'ok', type: 'boolean' },
      { name: 'word', type: ['null', 'string'], default: null },
      { name: 'level', type: { type: 'enum', name: 'level', symbols: ['low', 'high'] } },
      { name: 'at', type: { type: 'record', name: 'at', fields: [{ name: 'rack', type: 'int' }] } },
    ],
    freshet: { key: ['id'], time: 'ts' },
  },
  'reading',
);
const flat = parseSchema(
  {
    type: 'record',
    name: 'flat',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'ts', type: 'string' },
      { name: 'n', type: 'double' },
    ],
    freshet: { key: ['id'], time: 'ts' },
  },
  'flat',
);

const kept = deriveRollup(
  parseSchema(
    {
      type: 'record',
      name: 'kept',
      fields: [
        { name: 'id', type: ['null', 'string'], default: null },
        { name: 'ts', type: ['null', 'string'], default: null },
        { name: 'n', type: 'long' },
        { name: 'at', type: { type: 'record', name: 'place', fields: [{ name: 'rack', type: 'int' }] } },
        { name: 'tags', type: { type: 'array', items: 'string' } },
        { name: 'any', type: ['string', 'null', 'long'] },
      ],
      freshet: { key: ['id'], time: 'ts' },
    },
    'kept',
  ),
  'daily',
);

const HOUR = 3_600_000;
const id = fc.constantFrom('a', 'b', 'é');
const ts = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 23 }), fc.constantFrom('', '.5', '.000000001'))
  .map(([day, hour, end]) => `2017-08-0${day}T${String(hour).padStart(2, '0')}:00:00${end}Z`);
const readings: fc.Arbitrary<Row> = fc.record({
  id,
  ts,
  x: fc.option(fc.oneof(fc.constantFrom(0.1, -0, 1e308, -1e-308, 1e100), fc.double({ noNaN: true }))),
  n: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(9007199254740993n, -9007199254740995n)),
  ok: fc.boolean(),
  word: fc.option(fc.string({ unit: 'grapheme', maxLength: 4 })),
  level: fc.constantFrom('low', 'high'),
  at: fc.record({ rack: fc.integer({ min: 0, max: 2 }) }),
});
const flats: fc.Arbitrary<Row> = fc.record({ id, ts, n: fc.integer({ min: 0, max: 3 }) });

const upserts: fc.Arbitrary<Row> = fc.record({
  id: fc.option(fc.constantFrom('a', 'b')),
  ts: fc.option(ts, { freq: 9 }),
  date: fc.constantFrom('2017-08-01', '2017-08-02'),
  n: fc.integer({ min: 0, max: 2 }),
  at: fc.record({ rack: fc.integer({ min: 0, max: 1 }) }),
  tags: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
  any: fc.constantFrom('a', null, 7),
});

const count = fc.integer({ min: 0, max: 50 });
const counters = fc.record({ user: count, nice: count, system: count, idle: count });
const samples: fc.Arbitrary<Row> = fc
  .record({
    machine: fc.constantFrom('m', 'n'),
    timestamp: fc.integer({ min: 1, max: 9 }),
    boot: fc.constantFrom('2017-08-01T00:00:00Z', '2017-08-02T00:00:00Z'),
    all: counters,
    each: fc.array(counters, { maxLength: 2 }),
  })
  .map(
    ({ machine, timestamp, boot, all, each }): Row => ({
      machine_id: machine,
      timestamp,
      stat: { btime: boot, cpu_all: all, cpus: each.map((one, id) => ({ id: `cpu${id}`, ...one })) },
    }),
  );

type Emit = 'update' | 'close';

interface Subject {
  readonly schema: RecordSchema;
  readonly row: fc.Arbitrary<Row>;
  readonly make: (emit: Emit, lateness: number | undefined) => Restorable;
}

const READINGS = {
  schema: reading,
  row: readings,
  select:
    'count(x), sum(n), sum(x), avg(x), min(x), max(word), latest(word), latest(at.rack), max(ts), min(n), latest(ok), max(level), latest(ts) as last, max(ts) as again',
};
const UPSERTS = {
  schema: kept,
  row: upserts,
  select: 'count(), sum(n), min(n), latest(at.rack), latest(ts), max(ts) as again, count(any)',
};

function windows(by: string, size?: number, slide?: number, of: Omit<Subject, 'make'> & { select: string } = READINGS) {
  const { schema, row } = of;
  const paths = by === '' ? [] : parseFieldList(by, schema);
  const select = parseSelect(of.select, schema);
  const output = deriveWindow(schema, groupFields(schema, paths), select, size !== undefined);
  return {
    schema,
    row,
    make: (emit: Emit, allowedLateness: number | undefined) =>
      new WindowOperator({
        schema,
        by: paths,
        select,
        output,
        zone: UTC,
        emit,
        kept: true,
        partitions: 1,
        maxState: 1_000_000,
        now: () => 0,
        ...(size === undefined ? {} : { size }),
        ...(slide === undefined ? {} : { slide }),
        ...(allowedLateness === undefined ? {} : { allowedLateness }),
      }),
  };
}

const subjects: readonly (readonly [string, Subject])[] = [
  ['tumbling windows', windows('id', 6 * HOUR)],
  ['sliding windows by a nested field', windows('id, at.rack', 6 * HOUR, 2 * HOUR)],
  ['windows by the time itself', windows('id, ts, n', 6 * HOUR)],
  ['a total', windows('id')],
  ['tumbling windows over rows of a rollup', windows('id', 6 * HOUR, undefined, UPSERTS)],
  ['sliding windows over them, by what may change', windows('at.rack, n', 6 * HOUR, 2 * HOUR, UPSERTS)],
  ['windows over them by the time itself', windows('ts, date', 6 * HOUR, undefined, UPSERTS)],
  ['a total over them', windows('n', undefined, undefined, UPSERTS)],
  ['a total over all of them', windows('', undefined, undefined, UPSERTS)],
  ['a rollup', { schema: flat, row: flats, make: (emit, allowedLateness) => rollup(flat, emit, allowedLateness) }],
  [
    'cpu usage',
    {
      schema: loadSchema('cpu'),
      row: samples,
      make: () => new CpuUsage(loadSchema('cpu'), loadSchema('cpu_usage'), { kept: true }),
    },
  ],
  ['monitor ratio', monitors((allowedLateness) => ratio({ kept: true, breaches: 2, allowedLateness }))],
  [
    'monitor ratio by a nested field and the time',
    {
      schema: reading,
      row: readings,
      make: (_, allowedLateness) =>
        ratio({ schema: reading, by: 'id, at.rack, ts', bad: 'ok', kept: true, breaches: 2, allowedLateness }),
    },
  ],
  ['monitor missing', monitors((allowedLateness) => missing({ kept: true, allowedLateness }))],
  [
    'monitor missing, with expected groups',
    monitors((allowedLateness) => {
      const expected = batchFromRows(sample, [{ node: 'a' }, { node: 'z' }], { paths: ['node'] });
      return missing({ kept: true, allowedLateness, expected });
    }),
  ],
  [
    'monitor anomaly',
    monitors((allowedLateness) =>
      anomaly({ kept: true, allowedLateness, high: 20, zScore: { max: 2, history: 4 }, change: { max: 5, per: 1000 } }),
    ),
  ],
  ['a rollup of nested records', { schema: reading, row: readings, make: (emit, late) => rollup(reading, emit, late) }],
];

function rollup(schema: RecordSchema, emit: Emit, allowedLateness: number | undefined): Restorable {
  return operatorOf({ schema, emit, kept: true, ...(allowedLateness === undefined ? {} : { allowedLateness }) });
}

function monitors(make: (allowedLateness: number | undefined) => Restorable): Subject {
  const row = fc.record({
    node: fc.constantFrom('a', 'b', 'é'),
    x: fc.option(fc.constantFrom(0, 1, 2, 30, -0, 1e308)),
    at: fc.integer({ min: 0, max: 90 }).map((tens) => tens * 10_000),
  });
  return { schema: sample, row, make: (_, allowedLateness) => make(allowedLateness) };
}

const steps = (row: fc.Arbitrary<Row>) =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.array(row, { minLength: 1, maxLength: 8 }).map((rows) => ({ rows })) },
      { weight: 3, arbitrary: fc.constantFrom<FlushReason>('tick', 'tick', 'idle', 'end').map((flush) => ({ flush })) },
      { weight: 2, arbitrary: fc.boolean().map((compacted) => ({ compacted })) },
    ),
    { maxLength: 25 },
  );

describe.each(subjects)('the state of %s', (_, { schema, row, make }) => {
  it.each(['update', 'close'] as const)('goes on elsewhere as if it had never moved (%s)', async (emit) => {
    await fc.assert(
      fc.asyncProperty(steps(row), fc.option(fc.constantFrom(0, 2 * HOUR), { nil: undefined }), async (all, late) => {
        const stayed = make(emit, late);
        let moved = make(emit, late);
        /** What a topic has: every row of state in order, and those that are gone. */
        let log: { key: string; rows: Batch | undefined }[] = [];
        const flush = async (reason: FlushReason): Promise<void> => {
          const expected = given(stayed, reason);
          const rows: Row[] = [];
          for (const change of moved.changes(reason)) {
            if (change.as === 'rows' || change.as === 'both') rows.push(...rowsOf(change.rows));
            if (change.as === 'rows') continue;
            for (let at = 0; at < change.rows.length; at++) {
              const one = { ...change.rows, selection: Int32Array.of(at) };
              const [state = {}] = rowsOf(one);
              const key = JSON.stringify(moved.state.derived?.primaryKey.map((path) => String(state[path])));
              log.push({ key, rows: change.as === 'gone' ? undefined : batchFromRows(moved.state, [state]) });
            }
          }
          expect(rows).toEqual(expected);
        };
        for (const step of all) {
          if ('rows' in step) {
            const { reads, readsRecords } = stayed;
            const take = (batch: Batch): void => expect(atOnce(moved, batch)).toEqual(atOnce(stayed, batch));
            if (readsRecords) await through('ndjson', { schema, paths: reads, records: true }, step.rows, take);
            else take(batchFromRows(schema, step.rows, { paths: reads }));
          } else if ('flush' in step) {
            await flush(step.flush);
          } else {
            await flush('tick');
            if (step.compacted) log = compact(log);
            const { progress } = moved;
            const kept = log.flatMap(({ rows }) => (rows === undefined ? [] : [...rowsOf(rows)]));
            moved = make(emit, late);
            if (kept.length > 0) await restore(moved, kept);
            const note = parseNote(formatNote({ plan: '', from: 0, to: 0, progress }));
            moved.resume(note?.progress ?? bug('progress is a part of the note'));
            expect(moved.figures().states).toBe(stayed.figures().states);
          }
        }
        await flush('tick');
        await flush('idle');
      }),
      { numRuns: 150 },
    );
  });
});

/** What a batch gives before any flush. */
function atOnce(operator: Restorable, batch: Batch): unknown {
  const { rows, refused = [] } = operator.process(batch);
  return { rows: rows === undefined ? [] : [...rowsOf(rows)], refused };
}

function given(operator: Restorable, reason: FlushReason): Row[] {
  const all: Row[] = [];
  for (const { rows, as } of operator.changes(reason)) if (as === 'rows' || as === 'both') all.push(...rowsOf(rows));
  return all;
}

/** What a broker's cleaner leaves: of each key the last. */
function compact<T extends { readonly key: string }>(log: readonly T[]): T[] {
  const last = new Map(log.map((one) => [one.key, one]));
  return log.filter((one) => last.get(one.key) === one);
}

/** Puts rows back as they come out of a topic. */
function restore(operator: Restorable, rows: readonly Row[]): Promise<void> {
  const { state: schema, output, readsRecords: records } = operator;
  const paths = schema.fields.map(({ name }) => name);
  const format = schema === output ? 'ndjson' : 'msgpack';
  return through(format, { schema, paths, records }, rows, (batch) => operator.restore(batch));
}

interface Read {
  readonly schema: RecordSchema;
  readonly paths: readonly string[];
  readonly records: boolean;
}

/** Rows as they come out of a codec. */
async function through(
  format: 'ndjson' | 'msgpack',
  { schema, paths, records }: Read,
  rows: readonly Row[],
  take: (batch: Batch) => void,
): Promise<void> {
  const codec = await loadCodec(format);
  const bytes = codec.encoder({ schema }).encode(batchFromRows(schema, rows));
  const decoder = codec.decoder({ schema, zone: UTC, source: '', partition: 0, projection: { paths, records } });
  decoder.space(bytes.length).set(bytes);
  decoder.filled(bytes.length);
  decoder.end();
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
    expect(batch.rejects ?? []).toEqual([]);
    take(batch);
  }
  decoder.close?.();
}
