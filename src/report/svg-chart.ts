import type { RowShape } from '../records/row-shape.js';
import type { Row, Value } from '../records/value.js';
import { escapeHtml } from './escape-html.js';

const WIDTH = 720;
const HEIGHT = 260;
const MARGIN = { left: 64, right: 16, top: 12, bottom: 28 };
/** More lines can't be told from one another. */
const MOST_SERIES = 8;
const MOST_BARS = 30;
const BAR = 22;
const BAR_LABEL = 200;

interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly isBreach: boolean }[];
}

/** The measure of rows over their periods or times, a line a key; of rows without either as bars. Empty: no chart. */
export function svgChart(shape: RowShape, rows: readonly Row[]): string {
  const [measure] = shape.measures;
  if (measure === undefined || rows.length === 0) return '';
  const along = shape.period ?? shape.time;
  return along === undefined ? bars(shape, measure, rows) : lines(shape, measure, along, rows);
}

function lines(shape: RowShape, measure: number, along: number, rows: readonly Row[]): string {
  const texts = [...new Set(rows.map((row) => textAt(shape, along, row)))].sort(byValue);
  if (texts.length < 2) return bars(shape, measure, rows);
  const order = new Map(texts.map((text, at) => [text, at]));
  const named = new Map<string, Series['points'][number][]>();
  for (const row of rows) {
    const y = numberOf(fieldOf(shape, measure, row));
    if (Number.isNaN(y)) continue;
    const name = shape.series.map((place) => textAt(shape, place, row)).join(', ');
    const isBreach = shape.monitor !== undefined && textAt(shape, shape.monitor.status, row) === 'breach';
    named.set(name, [...(named.get(name) ?? []), { x: order.get(textAt(shape, along, row)) ?? 0, y, isBreach }]);
  }
  const series = [...named].map(([name, points]) => ({ name, points: points.sort((a, b) => a.x - b.x) }));
  const limit =
    shape.monitor?.max === undefined ? Number.NaN : numberOf(fieldOf(shape, shape.monitor.max, rows[0] ?? {}));
  return lineChart(series, { limit, from: texts[0] ?? '', to: texts.at(-1) ?? '', steps: texts.length - 1 });
}

interface Axes {
  readonly limit: number;
  readonly from: string;
  readonly to: string;
  readonly steps: number;
}

function lineChart(all: readonly Series[], { limit, from, to, steps }: Axes): string {
  const series = all.slice(0, MOST_SERIES);
  const ys = [...series.flatMap(({ points }) => points.map(({ y }) => y)), limit].filter(Number.isFinite);
  const [least, greatest] = [Math.min(...ys), Math.max(...ys)];
  const span = greatest - least || 1;
  const x = (at: number): number => round(MARGIN.left + (at / steps) * (WIDTH - MARGIN.left - MARGIN.right));
  const y = (value: number): number =>
    round(HEIGHT - MARGIN.bottom - ((value - least) / span) * (HEIGHT - MARGIN.top - MARGIN.bottom));
  const ticks = least === greatest ? [least] : [least, (least + greatest) / 2, greatest];
  const drawn = series.map(({ name, points }, at) => {
    const path = points.map((point) => `${x(point.x)},${y(point.y)}`).join(' ');
    const breaches = points.filter(({ isBreach }) => isBreach);
    const dots = breaches.map((point) => `<circle class="breach" cx="${x(point.x)}" cy="${y(point.y)}" r="4"/>`);
    const title = `<title>${escapeHtml(name || 'all')}</title>`;
    return `<g class="s${at}"><polyline points="${path}">${title}</polyline>${dots.join('')}</g>`;
  });
  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(tick)}" y2="${y(tick)}"/>` +
      `<text x="${MARGIN.left - 6}" y="${y(tick) + 4}" text-anchor="end">${short(tick)}</text>`,
  );
  const edge = Number.isFinite(limit)
    ? `<line class="limit" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(limit)}" y2="${y(limit)}"/>`
    : '';
  const foot =
    `<text x="${MARGIN.left}" y="${HEIGHT - 8}">${escapeHtml(from)}</text>` +
    `<text x="${WIDTH - MARGIN.right}" y="${HEIGHT - 8}" text-anchor="end">${escapeHtml(to)}</text>`;
  return `${svg(HEIGHT, [...grid, edge, ...drawn, foot].join('\n'))}\n${legend(series, all.length)}`;
}

function legend(series: readonly Series[], all: number): string {
  const items = series.map(({ name }, at) => `<li class="s${at}">${escapeHtml(name || 'all')}</li>`);
  if (all > series.length) items.push(`<li>and ${all - series.length} more</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function bars(shape: RowShape, measure: number, rows: readonly Row[]): string {
  const found = rows
    .map((row) => ({ name: shape.key.map((place) => textAt(shape, place, row)).join(', '), row }))
    .map(({ name, row }) => ({ name, value: numberOf(fieldOf(shape, measure, row)) }))
    .filter(({ value }) => Number.isFinite(value));
  if (found.length < 2 || found.every(({ name }) => name === '')) return '';
  const shown = found.slice(0, MOST_BARS);
  const greatest = Math.max(...shown.map(({ value }) => Math.abs(value))) || 1;
  const drawn = shown.map(({ name, value }, at) => {
    const length = round((Math.abs(value) / greatest) * (WIDTH - BAR_LABEL - 90));
    const middle = at * BAR + BAR / 2 + 4;
    const label = name.length > 28 ? `${name.slice(0, 27)}…` : name;
    return (
      `<text x="${BAR_LABEL - 8}" y="${middle}" text-anchor="end">${escapeHtml(label)}</text>` +
      `<rect class="${value < 0 ? 's1' : 's0'}" x="${BAR_LABEL}" y="${at * BAR + 4}" width="${length}" height="${BAR - 8}"/>` +
      `<text x="${BAR_LABEL + length + 6}" y="${middle}">${short(value)}</text>`
    );
  });
  return svg(shown.length * BAR + 4, drawn.join('\n'));
}

function svg(height: number, inner: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img">\n${inner}\n</svg>`;
}

function fieldOf(shape: RowShape, place: number, row: Row): Value {
  return row[shape.columns[place]?.name ?? ''] ?? null;
}

function textAt(shape: RowShape, place: number, row: Row): string {
  return String(fieldOf(shape, place, row) ?? '');
}

function numberOf(value: Value): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
}

/** Times as numbers by their value, texts by code unit: those of ISO 8601 are in the order of time. */
function byValue(left: string, right: string): number {
  const [a, b] = [Number(left), Number(right)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  return left < right ? -1 : Number(left > right);
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
