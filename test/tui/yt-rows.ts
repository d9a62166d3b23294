import { loadSchema } from '../../src/pipeline/schema-files.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { shapeOf } from '../../src/records/row-shape.js';
import type { Row } from '../../src/records/value.js';
import { LiveTable, type LiveTableOptions } from '../../src/tui/state/live-table.js';

export const DAILY = loadSchema('yt_daily');
export const RAW = loadSchema('yt');

/** A day's row of a channel, harvested at a minute of that day. */
export function dailyRow(channel: string, day: number, minute: number, subs: number): Row {
  const date = `2017-08-${String(day).padStart(2, '0')}`;
  const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return { yt_channel_id: channel, harvest_ts: `${date}T${time}:00`, date, subs };
}

export function dailyTable(options?: LiveTableOptions): LiveTable {
  return new LiveTable(shapeOf(DAILY), options);
}

/** Writes rows in batches of so many. @param now milliseconds */
export function writeDaily(table: LiveTable, rows: readonly Row[], size = rows.length || 1, now = 0): void {
  for (let at = 0; at < rows.length; at += size) table.write(batchFromRows(DAILY, rows.slice(at, at + size)), now);
}

/** The rows of a table by their fields' names, ordered by key. */
export function rowsOfTable(table: LiveTable): Row[] {
  const names = table.shape.columns.map(({ name }) => name);
  return [...table.slots()]
    .sort((a, b) => (table.keyOf(a) < table.keyOf(b) ? -1 : 1))
    .map((slot) => Object.fromEntries(names.map((name, place) => [name, table.cells(place).value(slot)])));
}
