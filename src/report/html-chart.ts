import type { RowShape } from '../records/row-shape.js';
import { periodOfLabel } from '../records/time/calendar.js';
import type { Row } from '../records/value.js';
import { barFigure } from './bar-figure.js';
import { chartOf, fieldOf, nameAt, numberOf } from './chart-series.js';
import { lineFigure } from './line-figure.js';

/**
 * The measure of rows over their periods or times, a line a key; of rows without either as bars. Empty: no chart.
 * @param total how many there are, of which the first are known
 */
export function htmlChart(named: RowShape, rows: readonly Row[], total: number): string {
  const shape = named.period === undefined && named.time === undefined ? withCalendar(named, rows) : named;
  const [measure] = shape.measures;
  if (measure === undefined || rows.length === 0) return '';
  const name = shape.columns[measure]?.name ?? '';
  const part = rows.length < total ? ` of the first ${rows.length.toLocaleString('en-US')} rows` : '';
  const along = shape.period ?? shape.time;
  const chart = along === undefined ? undefined : chartOf(shape, measure, along, rows);
  if (along !== undefined && chart !== undefined && chart.steps > 0 && chart.series.length > 0) {
    return lineFigure(`${name} by ${shape.columns[along]?.name ?? ''}${part}`, chart);
  }
  const bars = rows
    .map((row) => ({ name: nameAt(shape, shape.key, row), value: numberOf(fieldOf(shape, measure, row)) }))
    .filter(({ value }) => Number.isFinite(value));
  return bars.length < 2 || bars.every((bar) => bar.name === '') ? '' : barFigure(name + part, bars);
}

/** Of a table whose columns have names of their own: the part of its key that has days or months is the period. */
function withCalendar(shape: RowShape, rows: readonly Row[]): RowShape {
  const period = shape.key.find((place) =>
    rows.every((row) => periodOfLabel(String(fieldOf(shape, place, row) ?? '')) !== undefined),
  );
  return period === undefined ? shape : { ...shape, period, series: shape.key.filter((place) => place !== period) };
}
