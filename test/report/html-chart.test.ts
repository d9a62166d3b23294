import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSchema } from '../../src/pipeline/schema-files.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { shapeOf } from '../../src/records/row-shape.js';
import type { Row } from '../../src/records/value.js';
import { ticksOf, tickText } from '../../src/report/axis-ticks.js';
import { chartOf } from '../../src/report/chart-series.js';
import { htmlChart } from '../../src/report/html-chart.js';

const DAILY = shapeOf(loadSchema('yt_daily'));
const CPU = shapeOf(loadSchema('cpu_usage'));

/** @param day from 0 on */
function row(channel: string, day: number, subs: number): Row {
  const date = new Date(Date.UTC(1900, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
  return { yt_channel_id: channel, harvest_ts: `${date}T10:00:00`, date, subs };
}

const measureOf = (shape: typeof DAILY): number => shape.measures[0] ?? Number.NaN;
const polylines = (html: string): number[][][] =>
  [...html.matchAll(/points="([^"]*)"/g)].map(([, points = '']) =>
    points.split(' ').map((point) => point.split(',').map(Number)),
  );

describe('the ticks of an axis', () => {
  const numbers = fc.double({ min: -1e300, max: 1e300, noNaN: true });

  it('are round', () => {
    expect(ticksOf(0.25, 1 / 3)).toEqual([0.25, 0.3, 0.35]);
    expect(ticksOf(1604, 49_899)).toEqual([0, 20_000, 40_000, 60_000]);
    expect(ticksOf(5, 5)).toEqual([4.5, 5, 5.5]);
    expect(ticksOf(0, -0)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect([25_000, 0.1 + 0.2, 1.5e12, 0].map(tickText)).toEqual(['25,000', '0.3', '1.5e+12', '0']);
  });

  it('go from below the least to above the greatest, a few of them', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [least, greatest] = [Math.min(a, b), Math.max(a, b)];
        const ticks = ticksOf(least, greatest);
        const room = Math.max(Math.abs(least), Math.abs(greatest)) * 1e-9;
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThan(8);
        expect(ticks[0]).toBeLessThanOrEqual(least + room);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(greatest - room);
      }),
    );
  });
});

describe('a chart of a page', () => {
  it('has a line a key, in the order of periods, whatever the order of rows', () => {
    const rows = [row('b', 1, 5), row('a', 2, 3), row('a', 0, 1), row('b', 0, 4)];
    const chart = chartOf(DAILY, measureOf(DAILY), DAILY.period ?? 0, rows);
    expect(chart).toMatchObject({ from: '1900-01-01', to: '1900-01-03', steps: 2 });
    expect(chart.series.map(({ name, points }) => [name, points.map(({ x, y }) => [x, y])])).toEqual([
      [
        'b',
        [
          [0, 4],
          [1, 5],
        ],
      ],
      [
        'a',
        [
          [0, 1],
          [2, 3],
        ],
      ],
    ]);
  });

  it('names series by what differs, and times that are numbers as people read them', () => {
    const sample = (cpu: string, ts: number): Row => ({ machine_id: 'm1', ts, cpu, cpu_usage: 0.5 });
    const rows = [sample('all', 1_501_632_000_000), sample('cpu0', 1_501_632_060_000)];
    const chart = chartOf(CPU, measureOf(CPU), CPU.time ?? 0, rows);
    expect(chart.series.map(({ name }) => name)).toEqual(['all', 'cpu0']);
    expect(chart).toMatchObject({ from: '2017-08-02T00:00:00.000Z', to: '2017-08-02T00:01:00.000Z' });
    expect(chartOf(CPU, measureOf(CPU), CPU.time ?? 0, rows.slice(0, 1)).series[0]?.name).toBe('m1, all');
  });

  it('takes the days or months of a key for its period, whatever their column is called', () => {
    const fields = ['channel', 'year_and_month'].map((name) => ({ name, type: 'string' }));
    const type = { type: 'record', name: 'rows', fields: [...fields, { name: 'subs', type: 'long' }] };
    const table = shapeOf(parseSchema({ ...type, freshet: { key: ['channel', 'year_and_month'] } }, 'test'));
    const rows = ['2017-09', '2017-08'].map((month, at) => ({ channel: 'a', year_and_month: month, subs: at }));
    expect(htmlChart(table, rows, 2)).toContain('<figcaption>subs by year_and_month</figcaption>');
    expect(htmlChart(table, [...rows, { channel: 'a', year_and_month: 'ever', subs: 1 }], 3)).toContain('class="bars"');
  });

  it('of very many rows looks as that of all, and says so where it has not all', () => {
    const rows = Array.from({ length: 150_000 }, (_, day) => row('a', day, day === 70_000 ? 1e6 : day % 1000));
    const html = htmlChart(DAILY, rows, rows.length);
    const [points = []] = polylines(html);
    expect(points.length).toBeLessThanOrEqual(4004);
    const all = chartOf(DAILY, measureOf(DAILY), DAILY.period ?? 0, rows).series[0]?.points ?? [];
    expect(all).toHaveLength(150_000);
    const round = (value: number): number => Math.round(value * 100) / 100;
    // In every place the line reaches as far up and down as all of the values.
    const reach = (values: readonly (readonly [number, number])[]): Map<number, readonly [number, number]> => {
      const found = new Map<number, readonly [number, number]>();
      for (const [x, y] of values) {
        const place = Math.floor(round(x));
        const [least, greatest] = found.get(place) ?? [y, y];
        found.set(place, [Math.min(least, y), Math.max(greatest, y)]);
      }
      return found;
    };
    const wanted = reach(all.map(({ x, y }) => [(x / 149_999) * 1000, round(100 - y / 1e4)]));
    const drawn = reach(points.map(([x = 0, y = 0]) => [x, y]));
    for (const [place, span] of wanted) {
      const [least, greatest] = drawn.get(place) ?? [];
      expect(least).toBeCloseTo(span[0], 1);
      expect(greatest).toBeCloseTo(span[1], 1);
    }
    expect(html).toContain('<figcaption>subs by date</figcaption>');
    expect(htmlChart(DAILY, rows.slice(0, 10_000), 150_000)).toContain('subs by date of the first 10,000 rows');
  });

  it('draws what is there, however odd', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            channel: fc.constantFrom('a', 'b', '<script>', '"', '\u001b[31m'),
            day: fc.integer({ min: 0, max: 20 }),
            subs: fc.oneof(
              fc.constantFrom(0, -0, 5e-324, 1e308, -1e308, Number.NaN, Number.POSITIVE_INFINITY),
              fc.double(),
            ),
          }),
        ),
        (records) => {
          const rows = records.map(({ channel, day, subs }) => row(channel, day, subs));
          const html = htmlChart(DAILY, rows, rows.length);
          expect(html).not.toMatch(/NaN|Infinity|undefined|<script/);
          expect(html).not.toContain('\u001b');
          for (const [x = 0, y = 0] of polylines(html).flat()) {
            expect(x >= 0 && x <= 1000 && y >= -0.1 && y <= 100.1, html).toBe(true);
          }
        },
      ),
    );
  });
});
