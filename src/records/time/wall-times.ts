import { DAY_MS } from './civil-date.js';
import { CELL_OF_DAY_0 } from './day-cells.js';
import { shifted } from './exact-millis.js';
import { isWallForm, ZONE_STYLE } from './form.js';
import type { Zone } from './zone.js';
import { STEADY, type ZoneClock } from './zone-clock.js';

/**
 * Turns a batch's wall-clock times into instants of their zone, in place: once for each batch, since a time that is
 * an instant can't be told from one that is not yet. Only rows whose form has no offset are wall-clock times; the
 * others are left alone. Numbers and times beyond the calendar are never an error: rows that are null may hold any.
 * @param millis as the text says them, as if in UTC (what parseTimeText() and the kernel give)
 * @param forms each row's form, or undefined where `form` is that of all
 * @param length how many rows
 * @returns the rows' forms: `forms` itself, with the form of a time in a gap changed to say so, since its text can't
 *   be told from the instant alone; a new array where one form no longer does for all; else undefined
 */
export function toInstants(
  zone: Zone,
  millis: Float64Array,
  forms: Uint32Array | undefined,
  form: number,
  length: number,
): Uint32Array | undefined {
  const clock = zone.clock;
  if (clock === undefined) return forms;
  if (forms === undefined && !isWallForm(form)) return undefined;
  const cells = clock.byWall;
  let written = forms;
  for (let row = 0; row < length; row++) {
    if (written !== undefined && !isWallForm(written[row])) continue;
    const wall = millis[row];
    const cell = cells[(Math.floor(wall / DAY_MS) + CELL_OF_DAY_0) | 0];
    if (cell > 0) {
      millis[row] = wall === Math.floor(wall) ? wall - (cell - STEADY) : shifted(wall, STEADY - cell);
      continue;
    }
    millis[row] = clock.toInstant(wall);
    if (!clock.isInGap(wall)) continue;
    written ??= new Uint32Array(length).fill(form);
    written[row] |= ZONE_STYLE.gap << 7;
  }
  return written;
}

/**
 * Writes to `walls` the latest time that a zone's clock has shown until each instant (ZoneBlock.latestWall): windows
 * of the calendar are intervals of these.
 */
export function latestWalls(clock: ZoneClock, millis: Float64Array, length: number, walls: Float64Array): void {
  const cells = clock.byInstant;
  for (let row = 0; row < length; row++) {
    const instant = millis[row];
    const cell = cells[(Math.floor(instant / DAY_MS) + CELL_OF_DAY_0) | 0];
    walls[row] = cell > 0 ? instant + (cell - STEADY) : clock.latestWall(instant);
  }
}
