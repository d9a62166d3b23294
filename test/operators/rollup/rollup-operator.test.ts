import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { rowsOf } from '../../../src/records/rows.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { calendarOf, type Period } from '../../../src/records/time/calendar.js';
import { parseTimeText } from '../../../src/records/time/parse-time.js';
import { UTC, zoneOf } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import { newestSlowly, type Options, operatorOf } from './rollup-model.js';

const narrow = parseSchema(
  {
    type: 'record',
    name: 'yt',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'ts', type: 'string' },
      { name: 'subs', type: ['null', 'long'], default: null },
      { name: 'ok', type: 'boolean', default: false },
    ],
    freshet: { key: ['id'], time: 'ts' },
  },
  'yt',
);

const wide = parseSchema(
  {
    type: 'record',
    name: 'event',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'ts', type: 'string' },
      { name: 'note', type: 'string' },
      { name: 'tags', type: { type: 'array', items: 'string' }, default: [] },
    ],
    freshet: { key: ['id'], time: 'ts' },
  },
  'event',
);

/** The rows that flushing gives, and how many records were late, for rows that come in batches of these sizes. */
function fold(options: Options, rows: readonly Row[], sizes: readonly number[], flushEach = false) {
  const operator = operatorOf(options);
  const given: Row[] = [];
  let late = 0;
  for (let from = 0, at = 0; from < rows.length; at++) {
    const size = sizes[at % sizes.length] ?? 1;
    const batch = batchFromRows(options.schema, rows.slice(from, from + size), { zone: options.zone ?? UTC });
    late += operator.process(batch).refused?.length ?? 0;
    from += size;
    if (flushEach) for (const flushed of operator.flush('tick')) given.push(...rowsOf(flushed));
  }
  for (const flushed of operator.flush('end')) given.push(...rowsOf(flushed));
  return { given, late };
}

const times = fc
  .tuple(
    fc.constantFrom('2017-08-01', '2017-08-02', '2017-08-03', '2017-03-12', '2017-11-05', '2016-12-31', '2018-01-01'),
    fc.integer({ min: 0, max: 23 }),
    fc.constantFrom('00:00', '30:00', '59:59.999', '00:00.000001'),
    fc.constantFrom('', '', 'Z', '+02:00'),
  )
  .map(([day, hour, rest, zone]) => `${day}T${String(hour).padStart(2, '0')}:${rest}${zone}`);
const ids = fc.constantFrom('a', 'b', 'B', '\u00e9', '\ud83d\ude00', '');
const narrowRow = fc.record({
  id: ids,
  ts: times,
  subs: fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.constant(null),
    fc.constantFrom(9007199254740993n, -9223372036854775808n),
  ),
  ok: fc.boolean(),
});
const wideRow = fc.record({
  id: ids,
  ts: times,
  note: fc.constantFrom('', 'x', '"quoted"', 'y'.repeat(100)),
  tags: fc.array(fc.constantFrom('p', 'q'), { maxLength: 2 }),
});
const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

describe('a rollup keeps the newest record of each key and period', () => {
  const cases: [string, RecordSchema, fc.Arbitrary<Row>][] = [
    ['numbers', narrow, narrowRow],
    ['bytes', wide, wideRow],
  ];
  it.each(cases)('whatever the order and the batches (kept as %s)', (_what, schema, row) => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu');
    const periods = fc.constantFrom<Period>('hourly', 'daily', 'weekly', 'monthly', 'yearly');
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), sizes, zones, periods, (rows, batches, name, period) => {
        const zone = zoneOf(name);
        const wanted = newestSlowly(schema, rows, period, zone);
        expect(fold({ schema, zone, period }, rows, batches).given).toEqual(wanted);
        expect(fold({ schema, zone, period }, rows.toReversed(), [1000]).given).toEqual(wanted);
      }),
      { numRuns: 150 },
    );
  });

  it.each(cases)(
    'and with --emit update the last row of each key and period is that (kept as %s)',
    (_what, schema, row) => {
      fc.assert(
        fc.property(fc.array(row, { maxLength: 40 }), sizes, (rows, batches) => {
          const { given } = fold({ schema, emit: 'update' }, rows, batches, true);
          const last = new Map(given.map((one) => [JSON.stringify([one.date, one.id]), one]));
          const wanted = newestSlowly(schema, rows, 'daily', UTC);
          expect([...last.values()]).toHaveLength(wanted.length);
          expect([...last.values()]).toEqual(expect.arrayContaining(wanted));
          for (const [at, one] of given.entries()) {
            const before = given.slice(0, at).findLast((other) => other.id === one.id && other.date === one.date);
            expect(one, 'no row is written again without a change').not.toEqual(before);
          }
        }),
        { numRuns: 100 },
      );
    },
  );
});

describe('with an allowed lateness', () => {
  const HOUR = 3_600_000;
  const utcRow = fc.record({
    id: fc.constantFrom('a', 'b'),
    ts: times.map((text) => text.replace(/(Z|\+02:00)$/, '')),
    subs: fc.nat(5),
    ok: fc.boolean(),
  });

  it('which records are late depends on their order alone, and no row is given twice', () => {
    fc.assert(
      fc.property(
        fc.array(utcRow, { maxLength: 40 }),
        sizes,
        fc.constantFrom(0, HOUR, 48 * HOUR),
        (rows, batches, allowedLateness) => {
          const calendar = calendarOf('daily', UTC);
          let reached = Number.NEGATIVE_INFINITY;
          const accepted = rows.filter((row) => {
            const millis = parseTimeText(row.ts)?.millis ?? 0;
            const late = calendar.start(calendar.windowOf(millis) + 1) + allowedLateness <= reached;
            reached = Math.max(reached, millis);
            return !late;
          });
          const { given, late } = fold({ schema: narrow, allowedLateness }, rows, batches, true);
          expect(late).toBe(rows.length - accepted.length);
          expect(given).toEqual(newestSlowly(narrow, accepted, 'daily', UTC));
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['numbers', narrow, { subs: 1, ok: true }],
    ['records', wide, { note: 'n', tags: ['t'] }],
  ])('keys that are gone are forgotten, others go on: states of %s', (_, schema, rest) => {
    const days = ['2017-08-01', '2017-08-02', '2017-08-03', '2017-08-04'];
    // Some keys are there every day, most for a day and a half: their records of two days stand side by side.
    const rows = days.flatMap((day, at) =>
      Array.from({ length: 6000 }, (_, key) => {
        const id = key % 10 === 0 ? `always ${key}` : `day ${at} key ${key}`;
        const later = `${days[at + 1] ?? '2017-08-05'}T00:00:00`;
        return [
          { id, ts: `${day}T12:00:00`, ...rest },
          { id, ts: later, ...rest },
        ];
      }).flat(),
    );
    rows.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
    const { given, late } = fold({ schema, allowedLateness: 0 }, rows, [1000], true);
    expect(late).toBe(0);
    expect(given).toEqual(newestSlowly(schema, rows, 'daily', UTC));
  });

  it('what nothing arrives for is closed', () => {
    const operator = operatorOf({ schema: narrow });
    const row = (ts: string): Row => ({ id: 'a', ts, subs: 1, ok: true });
    operator.process(batchFromRows(narrow, [row('2017-08-02T10:00:00')]));
    expect([...operator.flush('idle')].flatMap((batch) => [...rowsOf(batch)])).toHaveLength(1);
    const { refused = [] } = operator.process(
      batchFromRows(narrow, [row('2017-08-02T11:00:00'), row('2017-08-03T00:00:00')]),
    );
    expect(refused).toMatchObject([{ row: 0, late: true }]);
    expect([...operator.flush('end')].flatMap((batch) => [...rowsOf(batch)])).toMatchObject([{ date: '2017-08-03' }]);
  });
});

describe('states by the hundred thousand', () => {
  it('of more keys than windows, few of them in most windows', () => {
    const rows = Array.from({ length: 150_000 }, (_, at): Row => {
      const key = (at * 104_729) % 70_001;
      const hour = at % 3 === 0 ? `${1000 + (at % 8000)}-01-01T00` : `2017-08-0${1 + (at % 2)}T05`;
      return {
        id: `${key % 2 === 0 ? 'k' : ''}${key}`,
        ts: `${hour}:00:00${at % 1000 === 0 ? 'Z' : ''}`,
        subs: at,
        ok: true,
      };
    });
    for (const period of ['hourly', 'yearly'] as const) {
      const { given } = fold({ schema: narrow, period }, rows, [8192]);
      expect(given).toEqual(newestSlowly(narrow, rows, period, UTC));
    }
  });

  it('and keys that come after rows were written', () => {
    const rows = Array.from({ length: 140_000 }, (_, at): Row => {
      return { id: `k${at % 70_000}${at < 70_000 ? '' : 'b'}`, ts: '2017-08-02T00:00:00', subs: at, ok: true };
    });
    const { given } = fold({ schema: narrow, emit: 'update' }, rows, [70_000, 1, 69_999], true);
    const wanted = [rows.slice(0, 70_000), rows.slice(70_000, 70_001), rows.slice(70_001)];
    expect(given).toEqual(wanted.flatMap((part) => newestSlowly(narrow, part, 'daily', UTC)));
  });

  it('in few windows and in many, all keys and sparse ones', () => {
    const rows = Array.from({ length: 120_000 }, (_, at): Row => {
      const day = new Date(Date.UTC(2017, 0, 1 + ((at * 7919) % 900))).toISOString().slice(0, 10);
      return { id: `k${(at * 104_729) % 50_000}`, ts: `${day}T00:00:00`, subs: at, ok: true };
    });
    const { given } = fold({ schema: narrow }, rows, [8192]);
    expect(given).toEqual(newestSlowly(narrow, rows, 'daily', UTC));
  });
});
