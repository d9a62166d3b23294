import type { TimeColumn } from '../records/columns.js';
import { valueAt } from '../records/rows.js';
import { isWallForm, PRECISION, ZONE_STYLE } from '../records/time/form.js';
import type { Zone } from '../records/time/zone.js';

/** All of a form but the nanoseconds, which are part of the time. */
const STYLE_BITS = 0x3fffff;

/**
 * The pattern of the one form in which all times of a batch are written, if texts of that form stand in the order of
 * their instants: `2017-08-02T02:00:00` where the zone is UTC, or any with a Z. Stored times that match the pattern can
 * be compared as texts. Undefined where the rows' times can't: the database must not judge them then.
 * @param any what stands for any one character
 */
export function comparableForm(column: TimeColumn, rows: Int32Array, zone: Zone, any: '?' | '_'): string | undefined {
  const formOf = (row: number): number => (column.forms?.[row] ?? column.form) & STYLE_BITS;
  const form = formOf(rows[0]);
  const isZulu = ((form >>> 7) & 7) === ZONE_STYLE.z;
  if ((form & 3) === PRECISION.number) return undefined;
  if (!isZulu && !(isWallForm(form) && zone.isUtc && column.zone.isUtc)) return undefined;
  for (const row of rows) {
    if (formOf(row) !== form || column.nulls?.[row] === 1) return undefined;
  }
  return String(valueAt(column, rows[0])).replace(/\d/g, any);
}
