import { printable } from '../../records/printable.js';
import { isBreach } from '../state/alerts.js';
import type { LiveTable } from '../state/live-table.js';
import { decimalsOf, deltaText, difference, numberText, spanText } from './figures-text.js';
import type { Style } from './palette.js';
import { sparkline } from './sparkline.js';

/** Cells wider than this are cut. */
const WIDEST = 40;
const TREND = 16;
/** From so many characters on there is room for more of the trend. */
const WIDE = 140;
/** A change is shown for so long, milliseconds. */
const FLASH_MS = 1000;

/** A column as it is shown: of a field, or of what is known of the measure. */
export interface TableColumn {
  readonly title: string;
  /** The field; absent: of none. */
  readonly place?: number;
  readonly align: 'left' | 'right';
  /** Whether it stays where there is no room for all. */
  readonly pinned: boolean;
  /** The widest it gets. */
  readonly widest: number;
  /** By place among the slots that it was made for. */
  readonly texts: readonly string[];
  readonly styles: (slot: number, now: number) => readonly Style[];
}

/** The columns of a table, with the texts of the rows that are shown: the key, the measure, the other fields. */
export function tableColumns(table: LiveTable, slots: readonly number[], width: number): TableColumn[] {
  const { columns, key, end, time, monitor } = table.shape;
  const { measure } = table;
  const first = [...key, measure, monitor?.status];
  const others = columns.flatMap((_, place) => (first.includes(place) ? [] : [place]));
  // A monitor's windows are final.
  const isWindow = end !== undefined && end !== time && monitor === undefined;
  return [
    ...key.map((place) => fieldColumn(table, place, slots, true)),
    ...(measure === undefined ? [] : measureColumns(table, measure, slots, width)),
    ...(monitor === undefined ? [] : [fieldColumn(table, monitor.status, slots, true)]),
    ...(isWindow ? [windowColumn(table, end, slots)] : []),
    ...others.map((place) => fieldColumn(table, place, slots, false)),
  ];
}

function fieldColumn(table: LiveTable, place: number, slots: readonly number[], pinned: boolean): TableColumn {
  const cells = table.cells(place);
  const { name, kind } = table.shape.columns[place];
  const isNumber = kind === 'number';
  const numbers = isNumber ? slots.map((slot) => cells.number(slot)) : [];
  const decimals = decimalsOf(numbers);
  const exact = (slot: number, at: number): string =>
    Number.isSafeInteger(numbers[at]) || decimals > 0 ? numberText(numbers[at], decimals) : cells.text(slot);
  return {
    title: printable(name),
    place,
    align: isNumber ? 'right' : 'left',
    pinned,
    widest: WIDEST,
    texts: slots.map((slot, at) => (isNumber ? exact(slot, at) : printable(cells.text(slot)))),
    styles: (slot, now) => [
      ...(isStatus(table, place) && isBreach(table, slot) ? (['red', 'bold'] as const) : []),
      ...flash(table, slot, place, now),
    ],
  };
}

function measureColumns(table: LiveTable, measure: number, slots: readonly number[], width: number): TableColumn[] {
  const { period, columns } = table.shape;
  const periodName = period === undefined ? '' : columns[period].name.replace(/_start$/, '');
  const trend = width >= WIDE ? 2 * TREND : TREND;
  return [
    fieldColumn(table, measure, slots, true),
    deltaColumn('± last', table, slots, (slot) => table.before(slot), measure),
    ...(period === undefined
      ? []
      : [deltaColumn(`± ${printable(periodName)}`, table, slots, (slot) => table.beforeOfPeriod(slot))]),
    {
      title: 'trend',
      align: 'left',
      pinned: true,
      widest: trend,
      texts: slots.map((slot) => sparkline(table.trend(slot, trend), trend)),
      styles: () => ['cyan'],
    },
  ];
}

/** What the measure is more than it was. @param flashing the field whose change is shown for a while */
function deltaColumn(
  title: string,
  table: LiveTable,
  slots: readonly number[],
  before: (slot: number) => number,
  flashing?: number,
): TableColumn {
  const was = slots.map(before);
  // Not what a double makes of the difference.
  const decimals = decimalsOf([...was, ...slots.map((slot) => table.measured(slot))]);
  return {
    title,
    align: 'right',
    pinned: true,
    widest: WIDEST,
    texts: slots.map((slot, at) => deltaText(difference(table.measured(slot), was[at]), decimals)),
    styles: (slot, now) => [
      ...signOf(difference(table.measured(slot), before(slot))),
      ...(flashing === undefined ? [] : flash(table, slot, flashing, now)),
    ],
  };
}

/** Whether a later window has begun, and how late the last change came. */
function windowColumn(table: LiveTable, end: number, slots: readonly number[]): TableColumn {
  const text = (slot: number): string => {
    if (table.lateBy(slot) > 0) return `late ${spanText(table.lateBy(slot))}`;
    return (table.watermark ?? Number.NEGATIVE_INFINITY) >= table.cells(end).number(slot) ? 'past' : 'open';
  };
  return {
    title: 'window',
    align: 'left',
    pinned: false,
    widest: WIDEST,
    texts: slots.map(text),
    styles: (slot) => (table.lateBy(slot) > 0 ? ['yellow'] : ['dim']),
  };
}

function isStatus(table: LiveTable, place: number): boolean {
  const { monitor } = table.shape;
  return monitor !== undefined && (place === monitor.status || place === monitor.ratio);
}

function flash(table: LiveTable, slot: number, place: number, now: number): readonly Style[] {
  return table.hasChanged(slot, place) && now - table.changedAt(slot) < FLASH_MS ? ['bold', 'yellow'] : [];
}

function signOf(delta: number): readonly Style[] {
  if (Number.isNaN(delta) || delta === 0) return [];
  return delta > 0 ? ['green'] : ['red'];
}
