import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { shapeOf } from '../../../src/records/row-shape.js';
import type { Row } from '../../../src/records/value.js';
import { LiveTable } from '../../../src/tui/state/live-table.js';
import { DAILY, dailyRow, dailyTable, RAW, rowsOfTable, writeDaily } from '../yt-rows.js';

const channel = fc.constantFrom('el_pais', 'new_york_times', 'pew_die_pie');
const anyRow = fc
  .tuple(channel, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 }))
  .map(([name, day, minute, subs]) => dailyRow(name, day, minute, subs));

/** The newest of each key: by the time, then by the subscribers. */
function newest(rows: readonly Row[]): Row[] {
  const kept = new Map<string, Row>();
  for (const row of rows) {
    const key = `${row.yt_channel_id}\u0000${row.date}`;
    const known = kept.get(key);
    const order = [row.harvest_ts, row.subs] as const;
    if (known === undefined || String(order[0]) > String(known.harvest_ts)) kept.set(key, row);
    else if (order[0] === known.harvest_ts && Number(order[1]) > Number(known.subs)) kept.set(key, row);
  }
  return [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

const WINDOW = parseSchema(
  {
    type: 'record',
    name: 'reading_window',
    fields: [
      { name: 'node', type: 'string' },
      { name: 'window_start', type: 'string' },
      { name: 'window_end', type: 'string' },
      { name: 'count', type: 'long' },
      { name: 'records', type: 'long' },
    ],
    freshet: { time: 'window_start' },
  },
  'test',
);

/** @param windows the minute that each begins at, and its count */
function writeWindows(
  table: LiveTable,
  windows: readonly (readonly [number, number])[],
  { node = 'a', partition = 0, now = 0 }: { node?: string; partition?: number; now?: number } = {},
): void {
  const at = (minute: number): string => `2017-08-01T00:${String(minute).padStart(2, '0')}:00Z`;
  const rows = windows.map(([minute, count]) => ({
    ...{ node, window_start: at(minute), window_end: at(minute + 1) },
    ...{ count, records: count },
  }));
  const origin = { source: 'test', partition, unit: 'record' as const, ordinal: (row: number) => row };
  table.write(batchFromRows(WINDOW, rows, { origin }), now);
}

describe('a live table', () => {
  it('keeps the newest of each key, whatever the order and the batches', () => {
    fc.assert(
      fc.property(fc.array(anyRow), fc.integer({ min: 1, max: 7 }), (rows, size) => {
        const table = dailyTable();
        writeDaily(table, rows, size);
        expect(rowsOfTable(table)).toEqual(newest(rows));
        expect(table.counts.changes - table.size).toBeLessThanOrEqual(rows.length - table.size);
      }),
    );
  });

  it('tells what the measure was before, and in the period before', () => {
    const table = dailyTable();
    writeDaily(table, [dailyRow('a', 3, 0, 30), dailyRow('a', 1, 0, 10), dailyRow('b', 2, 0, 99)]);
    writeDaily(table, [dailyRow('a', 3, 1, 37)]);
    const slot = table.slotOf(`a\u00002017-08-03`) ?? -1;
    expect(table.measured(slot)).toBe(37);
    expect(table.before(slot)).toBe(30);
    expect(table.beforeOfPeriod(slot)).toBe(10);
    // A day that comes late stands between the two.
    writeDaily(table, [dailyRow('a', 2, 0, 21)]);
    expect(table.beforeOfPeriod(slot)).toBe(21);
    expect(table.trend(slot, 10)).toEqual([10, 21, 37]);
    expect(table.trend(slot, 2)).toEqual([21, 37]);
  });

  it('keeps the order of periods of each key as a model does, also when rows make room', () => {
    fc.assert(
      fc.property(fc.array(anyRow), fc.integer({ min: 2, max: 6 }), (rows, mostRows) => {
        const table = dailyTable({ mostRows });
        writeDaily(table, rows, 2);
        expect(table.size).toBeLessThanOrEqual(mostRows);
        for (const slot of table.slots()) {
          const [name] = table.keyOf(slot).split('\u0000');
          const days = [...table.slots()]
            .map((one) => table.keyOf(one).split('\u0000'))
            .filter(([other]) => other === name)
            .map(([, day]) => day)
            .sort();
          expect(table.seriesOf(slot).map((one) => table.keyOf(one).split('\u0000')[1])).toEqual(days);
        }
      }),
    );
  });

  it('lets the row go that changed longest ago', () => {
    const table = dailyTable({ mostRows: 2 });
    writeDaily(table, [dailyRow('a', 1, 0, 1), dailyRow('b', 1, 0, 2)]);
    writeDaily(table, [dailyRow('a', 1, 1, 3), dailyRow('c', 1, 0, 4)]);
    expect(rowsOfTable(table).map((row) => row.yt_channel_id)).toEqual(['a', 'c']);
    expect(table.counts.forgotten).toBe(1);
  });

  it('keeps the last values of each key of raw records, a point a second', () => {
    const table = new LiveTable(shapeOf(RAW));
    const rows = Array.from({ length: 100 }, (_, at) => ({
      yt_channel_id: 'a',
      harvest_ts: `2017-08-01T00:${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`,
      subs: at,
    }));
    table.write(batchFromRows(RAW, rows), 0);
    expect(table.points(0).map(({ value }) => value)).toEqual(Array.from({ length: 32 }, (_, at) => 68 + at));
    table.write(batchFromRows(RAW, [{ yt_channel_id: 'a', harvest_ts: '2017-08-01T00:01:39.5', subs: 500 }]), 0);
    expect(table.points(0).at(-1)?.value).toBe(500);
    expect(table.points(0)).toHaveLength(32);
  });

  it('mirrors a table that is read again: what is gone goes, and an older row takes its place', () => {
    const table = dailyTable({ mirrors: true });
    writeDaily(table, [dailyRow('a', 1, 5, 10), dailyRow('b', 1, 5, 20)]);
    table.endRound();
    writeDaily(table, [dailyRow('a', 1, 3, 7)]);
    table.endRound();
    expect(rowsOfTable(table)).toEqual([dailyRow('a', 1, 3, 7)]);
  });

  it('mirrors a table without a key, also when a reading of it was broken off', () => {
    const shape = { ...shapeOf(DAILY), key: [], series: [] };
    const table = new LiveTable(shape, { mirrors: true });
    const all = [dailyRow('a', 1, 5, 10), dailyRow('a', 1, 5, 10)];
    const read = (rows: readonly Row[]): void => {
      table.beginRound();
      table.write(batchFromRows(DAILY, rows), 0);
    };
    read(all);
    table.endRound();
    read(all.slice(1));
    read(all);
    table.endRound();
    expect(table.size).toBe(2);
  });

  it('is frozen as it is, while it goes on', () => {
    const table = dailyTable();
    writeDaily(table, [dailyRow('a', 1, 0, 1), dailyRow('a', 2, 0, 2)]);
    const frozen = table.frozen();
    const before = rowsOfTable(frozen);
    writeDaily(table, [dailyRow('a', 2, 1, 5), dailyRow('a', 3, 0, 6)]);
    expect(rowsOfTable(frozen)).toEqual(before);
    expect(frozen.trend(1, 9)).toEqual([1, 2]);
    expect(table.trend(1, 9)).toEqual([1, 5]);
  });

  it('says which cells have changed, and which windows came late', () => {
    const table = new LiveTable(shapeOf(WINDOW));
    const write = (minute: number, count: number, now: number): void => writeWindows(table, [[minute, count]], { now });
    write(0, 1, 10);
    write(1, 1, 20);
    write(0, 2, 30);
    expect(table.shape.key.map((place) => table.shape.columns[place]?.name)).toEqual(['node', 'window_start']);
    expect([0, 1, 2, 3, 4].map((place) => table.hasChanged(0, place))).toEqual([false, false, false, true, true]);
    expect(table.changedAt(0)).toBe(30);
    expect(table.hasChanged(1, 3)).toBe(false);
    // The window of the second minute had begun when the first ended.
    expect(table.counts.late).toBe(1);
    write(5, 1, 40);
    write(0, 3, 50);
    expect(table.lateBy(0)).toBe(4 * 60_000);
  });

  it('calls nothing late because another partition was read first', () => {
    const table = new LiveTable(shapeOf(WINDOW));
    writeWindows(
      table,
      [
        [3, 1],
        [4, 1],
      ],
      { node: 'a', partition: 1 },
    );
    writeWindows(
      table,
      [
        [0, 1],
        [1, 1],
      ],
      { node: 'b', partition: 0 },
    );
    expect(table.counts.late).toBe(0);
    writeWindows(table, [[2, 1]], { node: 'a', partition: 1 });
    expect(table.counts.late).toBe(1);
    writeWindows(table, [[0, 2]], { node: 'b', partition: 0 });
    expect(table.counts.late).toBe(2);
    expect(table.watermark).toBe(Date.parse('2017-08-01T00:04:00Z'));
  });

  it('calls nothing late because a table has it behind others', () => {
    const table = new LiveTable(shapeOf(WINDOW), { mirrors: true });
    const rows = [
      [3, 1],
      [0, 1],
      [4, 1],
    ] as const;
    writeWindows(table, rows);
    table.endRound();
    table.beginRound();
    writeWindows(table, [...rows, [6, 1], [5, 1]]);
    table.endRound();
    expect(table.counts.late).toBe(0);
    table.beginRound();
    writeWindows(table, [
      [3, 1],
      [0, 2],
      [4, 1],
      [6, 1],
      [5, 1],
    ]);
    expect(table.counts.late).toBe(1);
  });

  it('has memory that does not grow with the updates', () => {
    const table = new LiveTable(shapeOf(RAW), { mostRows: 2000 });
    const batch = (round: number) =>
      batchFromRows(
        RAW,
        Array.from({ length: 2000 }, (_, at) => ({
          yt_channel_id: `channel-${(at * 7 + round * 13) % 5000}`,
          harvest_ts: new Date(round * 1000).toISOString(),
          subs: round + at,
        })),
      );
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const heap = (from: number, to: number): number => {
      for (let round = from; round < to; round++) table.write(batch(round), round);
      collect();
      return process.memoryUsage().heapUsed;
    };
    const first = heap(0, 50);
    const last = heap(50, 250);
    expect(table.size).toBe(2000);
    // Half a million updates, each of which would cost it if anything of it stayed.
    expect(last - first).toBeLessThan(8 * 1024 * 1024);
  });
});

describe('what fields are to a table', () => {
  it('comes of the type: key, period and measure', () => {
    const { columns, key, series, period, measures, freshness } = shapeOf(DAILY);
    const name = (place: number | undefined): string | undefined => columns[place ?? -1]?.name;
    expect(key.map(name)).toEqual(['yt_channel_id', 'date']);
    expect(series.map(name)).toEqual(['yt_channel_id']);
    expect(name(period)).toBe('date');
    expect(measures.map(name)).toEqual(['subs']);
    expect(name(freshness)).toBe('harvest_ts');
  });
});
