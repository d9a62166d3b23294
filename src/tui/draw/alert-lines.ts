import { printable } from '../../records/printable.js';
import type { Alerts } from '../state/alerts.js';
import { count } from './figures-text.js';
import type { Palette } from './palette.js';
import type { Space } from './table-lines.js';
import { fitted } from './text-width.js';

/** The last alerts of all sources, newest first, below a title. */
export function alertLines(alerts: Alerts, { width, height }: Space, { paint }: Palette): string[] {
  const last = alerts.last(height - 1);
  if (last.length === 0) return [];
  return [
    paint(fitted(` ${count(alerts.total)} ${alerts.total === 1 ? 'alert' : 'alerts'} `, width), 'bold', 'red'),
    ...last.map(({ about, monitor, reason, source }) =>
      fitted(` ${printable([about, monitor, reason].filter(Boolean).join('  '))}  (${printable(source)})`, width),
    ),
  ];
}
