import { printable } from '../../records/printable.js';
import { isBreach } from '../state/alerts.js';
import type { LiveTable } from '../state/live-table.js';
import type { ViewState } from '../state/view-state.js';
import { numberText } from './figures-text.js';
import { type ChartLine, lineChart } from './line-chart.js';
import type { Palette } from './palette.js';
import type { Space } from './table-lines.js';
import { fitted } from './text-width.js';

/** A chart with a title: the measure of the picked key over its periods, or its last values. */
export function chartLines(view: ViewState, { width, height }: Space, palette: Palette): string[] {
  const { tab } = view;
  const { table } = tab;
  const slot = tab.pickedSlot(tab.slots());
  if (table?.measure === undefined || slot === undefined) return [];
  const line = chartOf(table, slot, width * 2);
  const { shape, measure } = table;
  const about = (shape.series.length > 0 ? shape.series : shape.key).filter((place) => place !== shape.monitor?.name);
  const names = about.map((place) => table.cells(place).text(slot));
  const max = line.limit === undefined ? '' : `, at most ${numberText(line.limit, 4).replace(/\.?0+$/, '')}`;
  const pinned = tab.picked === undefined ? '' : '● ';
  const title = `${pinned}${shape.columns[measure]?.name ?? ''} of ${names.join(', ') || 'all'}${max}`;
  return [
    palette.paint(fitted(` ${printable(title)} `, width), 'bold'),
    ...lineChart(line, width, height - 1, palette),
  ];
}

function chartOf(table: LiveTable, slot: number, most: number): ChartLine {
  const { period, monitor } = table.shape;
  const measure = table.cells(table.measure ?? 0);
  if (period !== undefined) {
    const slots = table.seriesOf(slot).slice(-most);
    const text = (at: number | undefined): string => (at === undefined ? '' : printable(table.cells(period).text(at)));
    const limit = monitor?.max === undefined ? Number.NaN : table.cells(monitor.max).number(slot);
    return {
      values: slots.map((one) => measure.number(one)),
      marked: slots.map((one) => isBreach(table, one)),
      ...(Number.isFinite(limit) && table.measure === monitor?.ratio ? { limit } : {}),
      from: text(slots[0]),
      to: text(slots.at(-1)),
    };
  }
  const points = table.points(slot);
  const isTime = table.shape.time !== undefined;
  const text = (time: number | undefined): string =>
    isTime && time !== undefined ? `${new Date(time).toISOString().slice(0, 19)}Z` : '';
  return {
    values: points.map(({ value }) => value),
    from: text(points[0]?.time) || (points.length > 1 ? `${points.length - 1} changes ago` : ''),
    to: text(points.at(-1)?.time) || 'now',
  };
}
