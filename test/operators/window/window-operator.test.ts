import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupFields, parseFieldList } from '../../../src/expressions/field-list.js';
import { parseSelect } from '../../../src/expressions/select.js';
import { WindowOperator } from '../../../src/operators/window/window-operator.js';
import type { Batch } from '../../../src/records/batch.js';
import { deriveWindow } from '../../../src/records/derive.js';
import { DataError, ServiceError, UsageError } from '../../../src/records/errors.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { rowsOf } from '../../../src/records/rows.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { UTC, type Zone, zoneOf } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import { type ModelRow, type Reading, WindowModel } from './window-model.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BERLIN = zoneOf('Europe/Berlin');

const sensor = parseSchema(
  {
    type: 'record',
    name: 'sensor',
    fields: [
      { name: 'node', type: 'string' },
      { name: 'value', type: ['null', 'double'], default: null },
      { name: 'long', type: ['null', 'long'], default: null },
      { name: 'word', type: ['null', 'string'], default: null },
      { name: 'time', type: 'long' },
    ],
    freshet: { key: 'node', time: 'time' },
  },
  'the test',
);
const SELECT =
  'count(value) as count, sum(value) as sum, avg(value) as avg, sum(long) as total, min(value) as min, max(word) as max, latest(word) as latest';

interface Setup {
  readonly schema?: RecordSchema;
  readonly by?: string;
  readonly select?: string;
  readonly size?: number;
  readonly slide?: number;
  readonly zone?: Zone;
  readonly emit?: 'update' | 'close';
  readonly allowedLateness?: number;
  readonly partitions?: number;
  readonly maxState?: number;
  readonly now?: () => number;
}

function operatorOf({ schema = sensor, by = 'node', select = SELECT, ...setup }: Setup): WindowOperator {
  const paths = by === '' ? [] : parseFieldList(by, schema);
  const selected = parseSelect(select, schema);
  const output = deriveWindow(schema, groupFields(schema, paths), selected, setup.size !== undefined);
  const plain = { zone: UTC, emit: 'update' as const, maxState: 1_000_000, now: () => 0 };
  return new WindowOperator({ ...plain, ...setup, schema, by: paths, select: selected, output });
}

function batchOf(rows: readonly Row[], schema = sensor, partition = 0): Batch {
  const origin = { source: 'test', partition, unit: 'line' as const, ordinal: (row: number) => row + 1 };
  return batchFromRows(schema, rows, { origin });
}

function flushed(operator: WindowOperator, reason: 'tick' | 'idle' | 'end' = 'tick'): Row[] {
  const rows: Row[] = [];
  for (const batch of operator.flush(reason)) rows.push(...rowsOf(batch));
  return rows;
}

const asModel = (row: Row): unknown => {
  const { window_start: start, window_end: end, ...rest } = row;
  return { ...rest, start: Date.parse(String(start)), end: Date.parse(String(end)) };
};

const plain = ({ node, value, long, word, time }: Reading): Row => ({ node, value, long, word, time });

/** Every window of these that a time between might be in. */
function windowsOf(size: number, slide: number, from: number, to: number): { start: number; end: number }[] {
  const windows: { start: number; end: number }[] = [];
  for (let start = (Math.floor((from - size) / slide) - 1) * slide; start <= to; start += slide) {
    windows.push({ start, end: start + size });
  }
  return windows;
}

/** Windows of whole days of a zone, found by asking the calendar for every midnight. */
function dayWindowsOf(
  days: number,
  slide: number,
  zone: string,
  from: number,
  to: number,
): { start: number; end: number }[] {
  const date = new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
  const midnights = new Map<number, number>();
  for (let at = from - (days + slide + 1) * DAY; at <= to + (days + 1) * DAY; at += 15 * MINUTE) {
    const day = Date.parse(date.format(at)) / DAY;
    if (!midnights.has(day)) midnights.set(day, at);
  }
  const [first, last] = [Math.min(...midnights.keys()), Math.max(...midnights.keys())];
  midnights.delete(first);
  // A day that a zone skipped altogether has no length.
  for (let day = last; day > first; day--) midnights.set(day, midnights.get(day) ?? midnights.get(day + 1) ?? 0);
  return [...midnights]
    .toSorted(([a], [b]) => a - b)
    .filter(([day]) => day % slide === 0)
    .flatMap(([day, start]) => {
      const end = midnights.get(day + days);
      return end === undefined ? [] : [{ start, end }];
    });
}

const reading = (from: number, to: number, partitions: number): fc.Arbitrary<Reading> =>
  fc.record({
    node: fc.constantFrom('a', 'b', 'ä', '😀'),
    value: fc.option(fc.integer({ min: -1000, max: 1000 }).map((one) => one / 10)),
    long: fc.option(fc.constantFrom<number | bigint>(0, -7, 2 ** 53 - 1, 2n ** 55n + 1n, -(2n ** 54n))),
    word: fc.option(fc.constantFrom('', 'x', 'xy', '\uffee', '😀')),
    time: fc.integer({ min: from, max: to }),
    partition: fc.nat(partitions - 1),
  });

type Step = { readonly records: readonly Reading[] } | { readonly flush: 'tick' | 'idle' };

/** Runs of records of one partition each, with flushes in between. */
function stepsOf(record: fc.Arbitrary<Reading>): fc.Arbitrary<Step[]> {
  const records = fc.array(record, { minLength: 1, maxLength: 8 });
  return fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: records.map((some) => ({ records: some.map((one) => ({ ...one, partition: some[0].partition })) })),
      },
      { weight: 3, arbitrary: fc.constant({ flush: 'tick' as const }) },
      { weight: 1, arbitrary: fc.constant({ flush: 'idle' as const }) },
    ),
    { maxLength: 12 },
  );
}

function compareWithModel(
  setup: Setup & { readonly size: number; readonly slide: number },
  windows: readonly { start: number; end: number }[],
  steps: readonly Step[],
): void {
  const { emit = 'update', allowedLateness = Number.POSITIVE_INFINITY, partitions = 0 } = setup;
  const operator = operatorOf(setup);
  const model = new WindowModel({ windows, lateness: allowedLateness, partitions, emit });
  const check = (reason: 'tick' | 'idle' | 'end'): void => {
    const expected: ModelRow[] = model.flush(reason);
    expect(flushed(operator, reason).map(asModel)).toEqual(expected);
  };
  for (const step of steps) {
    if ('flush' in step) {
      check(step.flush);
      continue;
    }
    const late = step.records.flatMap((record, row) => (model.take(record) ? [] : [row]));
    const { refused = [] } = operator.process(batchOf(step.records.map(plain), sensor, step.records[0].partition));
    expect(refused.map(({ row, late: isLate }) => [row, isLate])).toEqual(late.map((row) => [row, true]));
  }
  check('end');
  if (emit === 'update') expect(flushed(operator, 'tick')).toEqual([]);
}

describe('windows give what the slow, obvious model gives', () => {
  const emit = fc.constantFrom<'update' | 'close'>('update', 'close');
  const lateness = fc.constantFrom(undefined, 0, 3, 10, 25);

  test.each([
    [10, 10],
    [10, 5],
    [10, 3],
    [7, 3],
    [12, 1],
    [3, 10],
    [25, 10],
    [1, 1],
  ])('%i ms every %i ms, with disorder, lateness, partitions and idle times', (size, slide) => {
    fc.assert(
      fc.property(
        stepsOf(reading(-20, 60, 3)),
        emit,
        lateness,
        fc.constantFrom(0, 2, 3),
        (steps, how, allowed, partitions) => {
          const setup = {
            size,
            slide,
            emit: how,
            partitions,
            ...(allowed === undefined ? {} : { allowedLateness: allowed }),
          };
          compareWithModel(setup, windowsOf(size, slide, -20, 60), steps);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ['Europe/Berlin', '2017-03-26', 1, 1],
    ['Europe/Berlin', '2017-10-29', 1, 1],
    ['Europe/Berlin', '2017-10-29', 3, 1],
    ['Europe/Berlin', '2017-03-26', 3, 2],
    ['America/Sao_Paulo', '2017-10-15', 2, 1],
    ['Pacific/Apia', '2011-12-30', 2, 1],
    ['Australia/Lord_Howe', '2017-04-02', 1, 1],
  ])('days of %s around %s: %i every %i', (name, date, days, slide) => {
    const middle = Date.parse(date);
    const [from, to] = [middle - 3 * DAY, middle + 4 * DAY];
    fc.assert(
      fc.property(
        stepsOf(reading(from / HOUR, to / HOUR, 2)),
        emit,
        fc.constantFrom(undefined, 5),
        (steps, how, allowed) => {
          const inHours = steps.map((step) =>
            'flush' in step ? step : { records: step.records.map((one) => ({ ...one, time: one.time * HOUR })) },
          );
          compareWithModel(
            {
              size: days * DAY,
              slide: slide * DAY,
              zone: zoneOf(name),
              emit: how,
              ...(allowed === undefined ? {} : { allowedLateness: allowed * HOUR }),
            },
            dayWindowsOf(days, slide, name, from, to),
            inHours,
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('the answer', () => {
  const records = fc.array(reading(0, 200, 1), { maxLength: 60 });

  test('does not depend on the order of the records, on batches, or on flushes in between', () => {
    const slides = fc.constantFrom<[number, number | undefined]>([50, 10], [50, undefined], [30, 20]);
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.nat(9)), slides, (some, dice, [size, slide]) => {
        const setup = { size, ...(slide === undefined ? {} : { slide }) };
        const once = operatorOf({ ...setup, emit: 'close' });
        once.process(batchOf(some.map(plain)));
        const expected = flushed(once, 'end');
        const shuffled = some.map((one) => ({ one, place: dice.next().value })).toSorted((a, b) => a.place - b.place);
        const operator = operatorOf(setup);
        const table = new Map<string, Row>();
        const store = (rows: readonly Row[]): void => {
          for (const row of rows) table.set(`${row.window_start} ${row.node}`, row);
        };
        for (const { one } of shuffled) {
          operator.process(batchOf([plain(one)]));
          if (dice.next().value === 0) store(flushed(operator));
        }
        store(flushed(operator, 'end'));
        expect([...table.values()]).toHaveLength(expected.length);
        for (const row of expected) expect(table.get(`${row.window_start} ${row.node}`)).toEqual(row);
      }),
    );
  });

  test('which records are late does not depend on the batches', () => {
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.nat(5)), fc.constantFrom(10, 25), (some, dice, slide) => {
        const setup = { size: 25, slide, allowedLateness: 20 };
        const late = (sizes: () => number): number[] => {
          const operator = operatorOf(setup);
          const found: number[] = [];
          for (let from = 0; from < some.length; ) {
            const part = some.slice(from, from + sizes());
            const { refused = [] } = operator.process(batchOf(part.map(plain)));
            found.push(...refused.map(({ row }) => from + row));
            if (dice.next().value === 0) flushed(operator);
            from += part.length;
          }
          return found;
        };
        expect(late(() => dice.next().value + 1)).toEqual(late(() => some.length));
      }),
    );
  });

  test('with --emit close, and several inputs, no row is given twice', () => {
    fc.assert(
      fc.property(stepsOf(reading(0, 100, 3)), fc.constantFrom(0, 3), (steps, partitions) => {
        const operator = operatorOf({ size: 20, slide: 5, emit: 'close', allowedLateness: 5, partitions });
        const rows: Row[] = [];
        for (const step of steps) {
          if ('flush' in step) rows.push(...flushed(operator, step.flush));
          else operator.process(batchOf(step.records.map(plain), sensor, step.records[0].partition));
        }
        rows.push(...flushed(operator, 'end'));
        const keys = rows.map((row) => `${row.window_start} ${row.node}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  test('which records of a partition are late does not depend on the others that were known from the start', () => {
    fc.assert(
      fc.property(stepsOf(reading(0, 100, 3)), (steps) => {
        const late = (some: readonly Step[]): string[] => {
          const operator = operatorOf({ size: 20, slide: 5, allowedLateness: 5, partitions: 3 });
          return some.flatMap((step) => {
            if ('flush' in step) return [];
            const { partition } = step.records[0];
            const { refused = [] } = operator.process(batchOf(step.records.map(plain), sensor, partition));
            return refused.map(({ row }) => `${partition} ${step.records[row].time} ${step.records[row].node}`);
          });
        };
        const apart = [0, 1, 2].flatMap((partition) =>
          late(steps.filter((step) => 'records' in step && step.records[0].partition === partition)),
        );
        expect(late(steps).toSorted()).toEqual(apart.toSorted());
      }),
    );
  });
});

describe('rows', () => {
  const readings = (...some: [string, number, number | null][]): Row[] =>
    some.map(([node, time, value]) => ({ node, time, value }));

  test('are the group, the window, what is selected, and records', () => {
    const operator = operatorOf({ size: MINUTE, select: 'avg(value), count() as n' });
    operator.process(
      batchOf(readings(['b', 1000, 20], ['a', 61_500, 1], ['a', 2000, 10], ['b', 59_999, 21], ['a', 3000, null])),
    );
    expect(flushed(operator)).toEqual([
      {
        node: 'a',
        window_start: '1970-01-01T00:00:00Z',
        window_end: '1970-01-01T00:01:00Z',
        avg_value: 10,
        n: 2,
        records: 2,
      },
      {
        node: 'b',
        window_start: '1970-01-01T00:00:00Z',
        window_end: '1970-01-01T00:01:00Z',
        avg_value: 20.5,
        n: 2,
        records: 2,
      },
      {
        node: 'a',
        window_start: '1970-01-01T00:01:00Z',
        window_end: '1970-01-01T00:02:00Z',
        avg_value: 1,
        n: 1,
        records: 1,
      },
    ]);
    expect(flushed(operator)).toEqual([]);
    operator.process(batchOf(readings(['b', 500, 19])));
    expect(flushed(operator)).toEqual([
      {
        node: 'b',
        window_start: '1970-01-01T00:00:00Z',
        window_end: '1970-01-01T00:01:00Z',
        avg_value: 20,
        n: 3,
        records: 3,
      },
    ]);
    expect(operator.figures()).toEqual({ states: 3, watermark: 61_500 });
  });

  test('of a total have no window', () => {
    const operator = operatorOf({ select: 'count(), sum(long)', by: '' });
    operator.process(
      batchOf([
        { node: 'a', time: 5, long: 2n ** 62n },
        { node: 'b', time: 7, long: 2n ** 62n - 1n },
      ]),
    );
    expect(flushed(operator, 'end')).toEqual([{ count: 2, sum_long: 2n ** 63n - 1n, records: 2 }]);
    expect(operator.output.time).toBeUndefined();
  });

  test("bounds are written in the zone, with a day's own offsets", () => {
    const operator = operatorOf({ size: DAY, zone: BERLIN, select: 'count()' });
    operator.process(batchOf([{ node: 'a', time: Date.parse('2017-03-26T12:00:00Z') }]));
    expect(flushed(operator)).toMatchObject([
      { window_start: '2017-03-26T00:00:00+01:00', window_end: '2017-03-27T00:00:00+02:00' },
    ]);
    const exact = operatorOf({ size: 1500, zone: BERLIN, select: 'count()' });
    exact.process(batchOf([{ node: 'a', time: 1600 }]));
    expect(flushed(exact)).toMatchObject([
      { window_start: '1970-01-01T01:00:01.500+01:00', window_end: '1970-01-01T01:00:03+01:00' },
    ]);
  });

  test('come in the order of window and group, whatever the group is made of', () => {
    const schema = parseSchema(
      {
        type: 'record',
        name: 'event',
        fields: [
          { name: 'state', type: { type: 'enum', name: 'State', symbols: ['UP', 'DOWN'] } },
          { name: 'port', type: ['null', 'int'] },
          { name: 'stat', type: { type: 'record', name: 'Stat', fields: [{ name: 'ok', type: 'boolean' }] } },
          { name: 'ts', type: 'string' },
        ],
        freshet: { time: 'ts' },
      },
      'the test',
    );
    const operator = operatorOf({
      schema,
      by: 'state,port,stat.ok',
      select: 'min(ts), latest(port), max(stat.ok) as up',
    });
    const rows = [
      ['DOWN', 9, true],
      ['UP', 10, true],
      ['UP', null, true],
      ['UP', 9, true],
      ['UP', 9, false],
    ].map(([state, port, ok], at) => ({ state, port, stat: { ok }, ts: `2017-08-0${at + 1}` }) as Row);
    const paths = ['state', 'port', 'stat.ok', 'ts'];
    operator.process(batchFromRows(schema, rows, { paths }));
    expect(flushed(operator, 'end')).toEqual([
      { state: 'UP', port: null, stat_ok: true, min_ts: '2017-08-03', latest_port: null, up: true, records: 1 },
      { state: 'UP', port: 9, stat_ok: false, min_ts: '2017-08-05', latest_port: 9, up: false, records: 1 },
      { state: 'UP', port: 9, stat_ok: true, min_ts: '2017-08-04', latest_port: 9, up: true, records: 1 },
      { state: 'UP', port: 10, stat_ok: true, min_ts: '2017-08-02', latest_port: 10, up: true, records: 1 },
      { state: 'DOWN', port: 9, stat_ok: true, min_ts: '2017-08-01', latest_port: 9, up: true, records: 1 },
    ]);
    expect(operator.reads).toEqual(['state', 'port', 'stat.ok', 'ts', 'port', 'stat.ok'].slice(0, 4));
  });

  test('only selected records count', () => {
    const operator = operatorOf({ size: MINUTE, select: 'sum(value)' });
    const batch = batchOf(readings(['a', 1, 1], ['a', 2, 2], ['b', 3, 4]));
    operator.process({ ...batch, selection: Int32Array.of(1, 2) });
    expect(flushed(operator).map((row) => [row.node, row.sum_value])).toEqual([
      ['a', 2],
      ['b', 4],
    ]);
  });

  test('many groups and windows come out in order, over several batches', () => {
    const operator = operatorOf({ size: 100, slide: 20, select: 'count(), sum(value)' });
    const rows = Array.from({ length: 20_000 }, (_, at) => ({
      node: `n${(at * 7919) % 1500}`,
      time: (at * 31) % 3000,
      value: at % 10,
    }));
    for (let from = 0; from < rows.length; from += 4096) operator.process(batchOf(rows.slice(from, from + 4096)));
    const given = flushed(operator, 'end');
    const keys = given.map(
      (row) => `${String(Date.parse(String(row.window_start)) + 1000).padStart(9, '0')} ${row.node}`,
    );
    expect(keys).toEqual(keys.toSorted());
    expect(given.reduce((sum, row) => sum + Number(row.records), 0)).toBe(rows.length * 5);
    expect(given.reduce((sum, row) => sum + Number(row.sum_value), 0)).toBe(
      rows.reduce((sum, row) => sum + row.value, 0) * 5,
    );
  });

  test('latest goes by the nanosecond, and at equal times by the greater value', () => {
    const schema = parseSchema(
      {
        type: 'record',
        name: 'tick',
        fields: [
          { name: 'price', type: 'double' },
          { name: 'ts', type: 'string' },
        ],
        freshet: { time: 'ts' },
      },
      'the test',
    );
    const rows = [
      { price: 3, ts: '2017-08-02T00:00:00.000000001Z' },
      { price: 1, ts: '2017-08-02T00:00:00.000000002Z' },
      { price: 2, ts: '2017-08-02T00:00:00.000000002Z' },
      { price: 9, ts: '2017-08-02T00:00:00Z' },
    ];
    for (const some of [rows, rows.toReversed()]) {
      const operator = operatorOf({ schema, by: '', select: 'latest(price), max(ts), min(ts)' });
      for (const row of some) operator.process(batchOf([row], schema));
      expect(flushed(operator)).toEqual([
        { latest_price: 2, max_ts: '2017-08-02T00:00:00.000000002Z', min_ts: '2017-08-02T00:00:00Z', records: 4 },
      ]);
    }
  });
});

describe('late records', () => {
  test('are refused with the window that is closed', () => {
    const operator = operatorOf({ size: MINUTE, allowedLateness: 1000 });
    const rows = [5000, 60_999, 4000, 61_000, 3000, 60_500].map((time) => ({ node: 'a', time }));
    expect(operator.process(batchOf(rows)).refused).toEqual([
      { row: 4, late: true, reason: 'late: the window until 1970-01-01T00:01:00Z is closed' },
    ]);
  });

  test('of a sliding window count in the windows that are still open', () => {
    const operator = operatorOf({ size: 20, slide: 10, allowedLateness: 0, select: 'count()', emit: 'close' });
    operator.process(
      batchOf([
        { node: 'a', time: 12 },
        { node: 'a', time: 25 },
        { node: 'a', time: 15 },
      ]),
    );
    expect(flushed(operator).map((row) => [row.window_start, row.count])).toEqual([['1970-01-01T00:00:00Z', 1]]);
    expect(flushed(operator, 'end').map((row) => [row.window_start, row.count])).toEqual([
      ['1970-01-01T00:00:00.010Z', 3],
      ['1970-01-01T00:00:00.020Z', 1],
    ]);
  });

  test('there are none without an allowed lateness, unless the input was idle', () => {
    const operator = operatorOf({ size: MINUTE, select: 'count()', emit: 'close' });
    operator.process(batchOf([{ node: 'a', time: 100 * HOUR }]));
    expect(operator.process(batchOf([{ node: 'a', time: 0 }])).refused).toBeUndefined();
    expect(flushed(operator, 'tick')).toEqual([]);
    expect(flushed(operator, 'idle')).toHaveLength(2);
    const { refused } = operator.process(
      batchOf([
        { node: 'b', time: 50 * HOUR },
        { node: 'b', time: 101 * HOUR },
      ]),
    );
    expect(refused?.map(({ row }) => row)).toEqual([0]);
    expect(flushed(operator, 'end').map((row) => row.node)).toEqual(['b']);
  });

  test('a total that was idle is closed', () => {
    const operator = operatorOf({ select: 'count()' });
    operator.process(batchOf([{ node: 'a', time: 1 }]));
    expect(flushed(operator, 'idle')).toEqual([{ node: 'a', count: 1, records: 1 }]);
    expect(operator.process(batchOf([{ node: 'a', time: 2 }])).refused).toEqual([
      { row: 0, late: true, reason: 'late: the total is closed' },
    ]);
    expect(flushed(operator, 'end')).toEqual([]);
  });

  test('an input that has ended does not hold back the others', () => {
    const operator = operatorOf({ size: 10, allowedLateness: 0, partitions: 2, emit: 'close', select: 'count()' });
    operator.process(
      batchOf(
        [
          { node: 'a', time: 5 },
          { node: 'a', time: 25 },
        ],
        sensor,
        0,
      ),
    );
    expect(flushed(operator)).toEqual([]);
    operator.ended(1);
    expect(flushed(operator)).toHaveLength(1);
  });
});

describe('state', () => {
  test('of closed windows is let go of', () => {
    const operator = operatorOf({ size: 10, slide: 5, allowedLateness: 0, select: 'latest(word), count()' });
    for (let round = 0; round < 300; round++) {
      const rows = Array.from({ length: 100 }, (_, at) => ({
        node: `n${round * 100 + at}`,
        word: `w${round} ${at}`,
        time: round * 20 + (at % 20),
      }));
      operator.process(batchOf(rows));
      const given = flushed(operator);
      expect(given.length).toBeGreaterThan(0);
      expect(operator.figures().states).toBeLessThan(300);
      for (const row of given) expect(row.latest_word).toBe(`w${row.node === null ? '' : wordOf(String(row.node))}`);
    }
  });

  test('is bounded, and reaching the bound names what helps', () => {
    const operator = operatorOf({ size: 10, maxState: 3 });
    operator.process(batchOf(['a', 'b', 'c'].map((node) => ({ node, time: 1 }))));
    const over = (): unknown => operator.process(batchOf([{ node: 'd', time: 1 }]));
    expect(over).toThrow(ServiceError);
    expect(over).toThrow('the state has reached --max-state: 3 groups and windows');
    try {
      over();
    } catch (error) {
      expect(error).toMatchObject({ status: 4, next: expect.stringContaining('--allowed-lateness') });
    }
  });

  test('that the next flush lets go of does not count', () => {
    const operator = operatorOf({ size: 10, maxState: 3, allowedLateness: 0, select: 'count()' });
    const rows = Array.from({ length: 100 }, (_, at) => ({ node: 'a', time: at * 10 }));
    operator.process(batchOf(rows));
    expect(flushed(operator)).toHaveLength(100);
    expect(operator.figures().states).toBe(1);
  });
});

describe('sums of longs', () => {
  test('are exact, and beyond a long an error', () => {
    const operator = operatorOf({ select: 'sum(long)', by: '' });
    const add = (long: bigint): unknown => operator.process(batchOf([{ node: 'a', time: 1, long }]));
    add(2n ** 63n - 1n);
    add(-1n);
    expect(flushed(operator)).toEqual([{ sum_long: 2n ** 63n - 2n, records: 2 }]);
    add(2n);
    expect(() => flushed(operator)).toThrow(DataError);
    expect(() => {
      add(1n);
      flushed(operator);
    }).toThrow(/a sum of long is 9223372036854775809, and a long holds no more than 9223372036854775807/);
    add(-(2n ** 62n));
    expect(flushed(operator)).toMatchObject([{ sum_long: 2n ** 62n + 1n }]);
  });
});

describe('records without a time', () => {
  test('take the time of arrival', () => {
    const schema = parseSchema(
      {
        type: 'record',
        name: 'pair',
        fields: [
          { name: 'a', type: 'int' },
          { name: 'b', type: 'int' },
        ],
      },
      'the test',
    );
    let clock = 30_000;
    const operator = operatorOf({ schema, by: '', select: 'sum(a)', size: MINUTE, now: () => clock });
    expect(operator.reads).toEqual(['a']);
    operator.process(batchOf([{ a: 1, b: 2 }], schema));
    clock = 61_000;
    operator.process(batchOf([{ a: 5, b: 2 }], schema));
    expect(flushed(operator).map((row) => [row.window_start, row.sum_a])).toEqual([
      ['1970-01-01T00:00:00Z', 1],
      ['1970-01-01T00:01:00Z', 5],
    ]);
  });
});

describe('sizes that do not fit', () => {
  test.each([
    [
      { size: 10_001, slide: 1 },
      '--size 10001ms is more than 10000 times --slide 1ms',
      'Give a --slide of 2ms or longer.',
    ],
    [{ size: 0 }, '--size must be a millisecond or longer', 'Give it as --size 60s.'],
    [{ size: 10, slide: 0.5 }, '--slide must be a millisecond or longer', 'Give it as --slide 60s.'],
    [{ slide: 10 }, '--slide needs --size', 'Give --size too, or neither.'],
  ])('%j', (setup, message, next) => {
    const act = (): unknown => operatorOf(setup);
    expect(act).toThrow(UsageError);
    try {
      act();
    } catch (error) {
      expect(error).toMatchObject({ message, next, status: 2 });
    }
  });

  test('10,000 slides are allowed', () => {
    const operator = operatorOf({ size: 10_000, slide: 1, select: 'count()' });
    operator.process(
      batchOf([
        { node: 'a', time: 0 },
        { node: 'a', time: 5000 },
      ]),
    );
    const rows = flushed(operator);
    expect(rows).toHaveLength(15_000);
    expect(rows.filter(({ count }) => count === 2)).toHaveLength(5000);
  });
});

/** The words above go with the nodes' numbers. */
function wordOf(node: string): string {
  const number = Number(node.slice(1));
  return `${Math.floor(number / 100)} ${number % 100}`;
}
