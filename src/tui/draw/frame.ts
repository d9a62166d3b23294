import { printable } from '../../records/printable.js';
import type { Alerts } from '../state/alerts.js';
import type { ViewState } from '../state/view-state.js';
import { alertLines } from './alert-lines.js';
import { chartLines } from './chart-lines.js';
import { helpLines } from './help-lines.js';
import type { Palette } from './palette.js';
import { statusLine, tabLine } from './status-lines.js';
import { type Space, tableLines } from './table-lines.js';
import { fitted } from './text-width.js';

/** A screen of less can't be read. */
export const LEAST: Space = { width: 60, height: 16 };
/** With fewer lines there is no chart. */
const CHARTED = 20;
const MOST_CHART = 18;
const MOST_ALERTS = 8;

/** What a frame is drawn of. */
export interface Picture {
  readonly view: ViewState;
  readonly alerts: Alerts;
  readonly palette: Palette;
  /** Milliseconds of the clock that changes are marked with, and of the wall's. */
  readonly now: number;
  readonly clock: number;
}

/** The parts of a screen, each as lines of its width at most; together they have its height. */
export interface Frame {
  readonly head: readonly string[];
  readonly table: readonly string[];
  readonly chart: readonly string[];
  readonly alerts: readonly string[];
  readonly foot: readonly string[];
}

export function frameOf({ view, alerts, palette, now, clock }: Picture, size: Space): Frame {
  const { width, height } = size;
  const nothing = { head: [], table: [], chart: [], alerts: [], foot: [] };
  if (width < LEAST.width || height < LEAST.height) {
    const text = `${LEAST.width}×${LEAST.height} are needed`;
    return { ...nothing, table: filled([fitted(text, Math.max(1, width))], height) };
  }
  const head = [tabLine(view, width, palette), statusLine(view, width, now, clock, palette)];
  const foot = [footLine(view, width, palette)];
  const room = height - head.length - foot.length;
  if (view.mode === 'help') return { ...nothing, head, table: filled(helpLines(width, room, palette), room), foot };
  const told = alertLines(alerts, { width, height: Math.min(MOST_ALERTS, Math.floor(height / 6)) }, palette);
  const isCharted = view.showChart && height >= CHARTED;
  const chart = isCharted
    ? chartLines(view, { width, height: Math.min(MOST_CHART, Math.floor(height * 0.3)) }, palette)
    : [];
  const left = room - told.length - chart.length;
  return {
    head,
    table: filled(tableLines(view, { width, height: left }, now, palette), left),
    chart,
    alerts: told,
    foot,
  };
}

/** The lines of a frame from top to bottom. */
export function linesOf({ head, table, chart, alerts, foot }: Frame): string[] {
  return [...head, ...table, ...chart, ...alerts, ...foot];
}

function filled(lines: readonly string[], height: number): string[] {
  return Array.from({ length: height }, (_, at) => lines[at] ?? '');
}

function footLine(view: ViewState, width: number, { paint }: Palette): string {
  const { filter } = view.tab;
  const found = (): string => `${view.tab.slots().length.toLocaleString('en-US')} found`;
  if (view.mode === 'filter')
    return fitted(` /${printable(filter)}█  ${found()}  Enter keeps it, Escape clears`, width);
  if (view.message !== '') return paint(fitted(` ${printable(view.message)}`, width), 'yellow');
  if (filter !== '') return paint(fitted(` filter: ${printable(filter)}  ${found()}  Escape clears`, width), 'yellow');
  const switching = view.tabs.length > 1 ? '  Tab source' : '';
  const hints = ` ? help  q quit  ↑↓ row  ←→ column  s sort  / filter  Enter pick${switching}  Space pause`;
  return paint(fitted(hints, width), 'dim');
}
