import type { RowShape } from '../records/row-shape.js';
import { parseTimeNumber } from '../records/time/time-number.js';
import type { Row, Value } from '../records/value.js';

/** A double's range has room above, for the distance of two. */
const GREATEST = 1e300;

export interface ChartPoint {
  /** The place of its period or time among all of them. */
  readonly x: number;
  readonly y: number;
  readonly isBreach: boolean;
}

/** The measure of one key. */
export interface Series {
  readonly name: string;
  /** By x. */
  readonly points: readonly ChartPoint[];
}

export interface Chart {
  readonly series: readonly Series[];
  /** What values must not be over; NaN: there is nothing. */
  readonly limit: number;
  /** The first and the last period or time, and how many steps it is between them. */
  readonly from: string;
  readonly to: string;
  readonly steps: number;
}

/** The measure of rows by key over their periods or times. @param along the place of the field that has them */
export function chartOf(shape: RowShape, measure: number, along: number, rows: readonly Row[]): Chart {
  const xs = [...new Set(rows.map((row) => fieldOf(shape, along, row)))].sort(byValue);
  const order = new Map(xs.map((value, at) => [value, at]));
  const names = tellingPlaces(shape, rows);
  const found = new Map<string, { name: string; points: ChartPoint[] }>();
  for (const row of rows) {
    const y = numberOf(fieldOf(shape, measure, row));
    if (!(Math.abs(y) <= GREATEST)) continue;
    const key = JSON.stringify(shape.series.map((place) => textAt(shape, place, row)));
    const isBreach = shape.monitor !== undefined && textAt(shape, shape.monitor.status, row) === 'breach';
    const point = { x: order.get(fieldOf(shape, along, row)) ?? 0, y, isBreach };
    const known = found.get(key);
    if (known === undefined) found.set(key, { name: nameAt(shape, names, row) || 'all', points: [point] });
    else known.points.push(point);
  }
  const series = [...found.values()];
  for (const { points } of series) points.sort((a, b) => a.x - b.x);
  const max = shape.measures[0] === shape.monitor?.ratio ? shape.monitor?.max : undefined;
  const limit = max === undefined ? Number.NaN : numberOf(fieldOf(shape, max, rows.at(-1) ?? {}));
  const edge = (value: Value | undefined): string => timeText(shape, along, value ?? null);
  return { series, limit, from: edge(xs[0]), to: edge(xs.at(-1)), steps: xs.length - 1 };
}

export function fieldOf(shape: RowShape, place: number, row: Row): Value {
  return row[shape.columns[place]?.name ?? ''] ?? null;
}

export function numberOf(value: Value): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
}

export function nameAt(shape: RowShape, places: readonly number[], row: Row): string {
  return places.map((place) => textAt(shape, place, row)).join(', ');
}

/** The fields of a key that tell series apart: what all have in common says nothing, unless there is no more. */
function tellingPlaces(shape: RowShape, rows: readonly Row[]): readonly number[] {
  const differing = shape.series.filter((place) => {
    const first = textAt(shape, place, rows[0] ?? {});
    return rows.some((row) => textAt(shape, place, row) !== first);
  });
  return differing.length === 0 ? shape.series : differing;
}

function textAt(shape: RowShape, place: number, row: Row): string {
  return String(fieldOf(shape, place, row) ?? '');
}

/** Times that are numbers are shown as ISO 8601. */
function timeText(shape: RowShape, place: number, value: Value): string {
  const unit = shape.timeUnit;
  if (place === shape.time && unit !== undefined && unit !== 'iso') {
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    const time = isNumber ? parseTimeNumber(value, unit) : undefined;
    if (time !== undefined) return new Date(time.millis).toISOString();
  }
  return String(value ?? '');
}

/** Numbers by their value, texts by code unit: times in ISO 8601 are in their order then. */
function byValue(left: Value, right: Value): number {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  const [first, second] = [String(left ?? ''), String(right ?? '')];
  return first < second ? -1 : Number(first > second);
}
