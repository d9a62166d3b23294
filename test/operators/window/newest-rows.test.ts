import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupFields } from '../../../src/expressions/field-list.js';
import { parseSelect } from '../../../src/expressions/select.js';
import { WindowOperator } from '../../../src/operators/window/window-operator.js';
import { compareValues } from '../../../src/records/compare.js';
import { deriveRollup, deriveWindow } from '../../../src/records/derive.js';
import { ServiceError } from '../../../src/records/errors.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { rowsOf } from '../../../src/records/rows.js';
import { fieldAt } from '../../../src/records/schema.js';
import { UTC } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';

const HOUR = 3_600_000;

const raw = parseSchema(
  {
    type: 'record',
    name: 'yt',
    fields: [
      { name: 'channel', type: 'string' },
      { name: 'ts', type: 'string' },
      { name: 'topic', type: 'string' },
      { name: 'subs', type: 'long' },
      { name: 'tags', type: ['null', { type: 'array', items: 'string' }], default: null },
    ],
    freshet: { key: 'channel', time: 'ts' },
  },
  'the test',
);
const daily = deriveRollup(raw, 'daily');

interface Setup {
  readonly by?: readonly string[];
  readonly select?: string;
  readonly size?: number;
  readonly slide?: number;
  readonly emit?: 'update' | 'close';
  readonly allowedLateness?: number;
  readonly maxState?: number;
}

function operatorOf({ by = ['topic'], select = 'count(), sum(subs), max(subs)', ...setup }: Setup): WindowOperator {
  const selected = parseSelect(select, daily);
  const output = deriveWindow(daily, groupFields(daily, by), selected, setup.size !== undefined);
  const plain = { zone: UTC, emit: 'update' as const, maxState: 1_000_000, now: () => 0 };
  return new WindowOperator({ ...plain, ...setup, schema: daily, by, select: selected, output });
}

function process(operator: WindowOperator, rows: readonly Row[]): void {
  operator.process(batchFromRows(daily, rows));
}

function flushed(operator: WindowOperator, reason: 'tick' | 'end' = 'tick'): Row[] {
  const rows: Row[] = [];
  for (const batch of operator.flush(reason)) rows.push(...rowsOf(batch));
  return rows;
}

const row = (channel: string, hour: number, topic: string, subs: number, tags: string[] | null = null): Row => ({
  channel,
  ts: `2017-08-02T${String(hour).padStart(2, '0')}:00:00`,
  date: '2017-08-02',
  topic,
  subs,
  tags,
});

describe('an aggregate over derived rows', () => {
  test('reads every field, since any of them may decide between two rows', () => {
    expect([...operatorOf({}).reads].toSorted()).toEqual(['channel', 'date', 'subs', 'tags', 'topic', 'ts']);
  });

  test('takes a later row for the same primary key in place of the earlier one', () => {
    const operator = operatorOf({});
    process(operator, [row('a', 2, 'news', 100), row('b', 2, 'news', 7)]);
    expect(flushed(operator)).toEqual([{ topic: 'news', count: 2, sum_subs: 107, max_subs: 100, records: 2 }]);
    process(operator, [row('a', 10, 'news', 50)]);
    expect(flushed(operator)).toEqual([{ topic: 'news', count: 2, sum_subs: 57, max_subs: 50, records: 3 }]);
    process(operator, [row('a', 9, 'news', 1000)]);
    expect(flushed(operator)).toEqual([{ topic: 'news', count: 2, sum_subs: 57, max_subs: 50, records: 4 }]);
  });

  test('a row that moves to another group leaves the first, whose row is newer then', () => {
    const operator = operatorOf({});
    process(operator, [row('a', 2, 'news', 100), row('b', 2, 'news', 7)]);
    flushed(operator);
    process(operator, [row('a', 10, 'sport', 50)]);
    expect(flushed(operator)).toEqual([
      { topic: 'news', count: 1, sum_subs: 7, max_subs: 7, records: 3 },
      { topic: 'sport', count: 1, sum_subs: 50, max_subs: 50, records: 1 },
    ]);
    process(operator, [row('b', 11, 'sport', 8)]);
    expect(flushed(operator)).toEqual([
      { topic: 'news', count: 0, sum_subs: null, max_subs: null, records: 4 },
      { topic: 'sport', count: 2, sum_subs: 58, max_subs: 50, records: 2 },
    ]);
  });

  test('a window that all of its rows have left is not final', () => {
    const operator = operatorOf({ size: HOUR, emit: 'close' });
    process(operator, [row('a', 2, 'news', 100), row('a', 10, 'news', 120)]);
    expect(flushed(operator, 'end')).toEqual([
      {
        topic: 'news',
        window_start: '2017-08-02T10:00:00Z',
        window_end: '2017-08-02T11:00:00Z',
        count: 1,
        sum_subs: 120,
        max_subs: 120,
        records: 1,
      },
    ]);
  });

  test('a row that was in a closed window stays there, and leaves the open ones', () => {
    const operator = operatorOf({ size: 4 * HOUR, slide: 2 * HOUR, allowedLateness: 0, select: 'count()' });
    process(operator, [row('a', 3, 'news', 1), row('b', 5, 'news', 1)]);
    const first = flushed(operator).map((one) => [one.window_start, one.count]);
    expect(first).toEqual([
      ['2017-08-02T00:00:00Z', 1],
      ['2017-08-02T02:00:00Z', 2],
      ['2017-08-02T04:00:00Z', 1],
    ]);
    process(operator, [row('a', 4, 'sport', 1)]);
    expect(flushed(operator).map((one) => [one.topic, one.window_start, one.count])).toEqual([
      ['news', '2017-08-02T02:00:00Z', 1],
      ['sport', '2017-08-02T02:00:00Z', 1],
      ['sport', '2017-08-02T04:00:00Z', 1],
    ]);
  });

  test('the number of primary keys is bounded by --max-state', () => {
    const operator = operatorOf({ maxState: 2, by: [] });
    process(operator, [row('a', 1, 'x', 1), row('b', 1, 'x', 1)]);
    expect(() => process(operator, [row('c', 1, 'x', 1)])).toThrow(ServiceError);
  });

  test('values and keys that no row has any more are let go of', () => {
    const operator = operatorOf({ size: HOUR, allowedLateness: 0, select: 'latest(topic) as newest, count()' });
    for (let hour = 0; hour < 60; hour++) {
      const rows = Array.from({ length: 300 }, (_, at) => ({
        channel: `c${hour} ${at}`,
        ts: `2017-08-0${1 + Math.floor(hour / 24)}T${String(hour % 24).padStart(2, '0')}:00:00`,
        date: `2017-08-0${1 + Math.floor(hour / 24)}`,
        topic: `t${hour} ${at}`,
        subs: at,
        tags: [`tag ${hour} ${at}`],
      }));
      process(operator, rows);
      process(
        operator,
        rows.map((one) => ({ ...one, subs: one.subs + 1, topic: `${one.topic}!` })),
      );
      for (const { topic, newest, count } of flushed(operator)) {
        const replaced = !String(topic).endsWith('!');
        expect([newest, count]).toEqual(replaced ? [null, 0] : [topic, 1]);
      }
    }
    expect(operator.figures().states).toBe(600);
  });

  test('gives what it gives over the newest rows alone, in whatever order they come', () => {
    const update = fc.record({
      channel: fc.constantFrom('a', 'b', 'c'),
      date: fc.constantFrom('2017-08-02', '2017-08-03'),
      hour: fc.integer({ min: 0, max: 5 }),
      topic: fc.constantFrom('news', 'sport'),
      subs: fc.integer({ min: 0, max: 3 }),
      tags: fc.option(fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 })),
    });
    const slides = fc.constantFrom<{ size?: number; slide?: number }>(
      {},
      { size: HOUR },
      { size: 3 * HOUR, slide: HOUR },
    );
    fc.assert(
      fc.property(
        fc.array(update, { maxLength: 25 }),
        fc.infiniteStream(fc.nat(3)),
        slides,
        (updates, dice, windows) => {
          const rows = updates.map(({ hour, ...one }): Row => ({ ...one, ts: `${one.date}T0${hour}:30:00` }));
          const newest = new Map<string, Row>();
          for (const one of rows) {
            const key = `${one.channel} ${one.date}`;
            const before = newest.get(key);
            if (before === undefined || order(one, before) > 0) newest.set(key, one);
          }
          const select = 'count(), sum(subs), min(subs), latest(subs), count(tags)';
          const alone = operatorOf({ ...windows, select });
          process(alone, [...newest.values()]);
          const expected = flushed(alone, 'end').map(({ records, ...one }) => one);

          const table = new Map<string, Row>();
          /** What is given out of a window is newer than what was given before. */
          const records = new Map<string, unknown>();
          const operator = operatorOf({ ...windows, select });
          const store = (given: readonly Row[]): void => {
            for (const { records: many, ...one } of given) {
              const window = `${one.window_start} ${one.topic}`;
              expect(many).toBeGreaterThan(Number(records.get(window) ?? 0));
              records.set(window, many);
              table.set(window, one);
            }
          };
          for (const one of rows) {
            process(operator, [one]);
            if (dice.next().value === 0) store(flushed(operator));
          }
          store(flushed(operator, 'end'));
          const left = [...table.values()].filter(({ count }) => count !== 0);
          const name = (one: Row): string => `${one.window_start} ${one.topic}`;
          expect(left.toSorted((a, b) => (name(a) < name(b) ? -1 : 1))).toEqual(expected);

          const final = operatorOf({ ...windows, select, emit: 'close' });
          process(final, rows.toReversed());
          expect(flushed(final, 'end').map(({ records, ...one }) => one)).toEqual(expected);
        },
      ),
    );
  });
});

/** The order of two rows with one primary key: freshness first, then the remaining fields in the schema's order. */
function order(a: Row, b: Row): number {
  for (const path of ['ts', 'topic', 'subs', 'tags']) {
    const field = fieldAt(daily, path);
    if (field === undefined) continue;
    const one = compareValues(field.type, field.nullable, a[path] ?? null, b[path] ?? null, field.nullBranch);
    if (one !== 0) return one;
  }
  return 0;
}
