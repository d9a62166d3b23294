import { UsageError } from '../errors.js';
import { ZoneClock } from './zone-clock.js';
import { nearestZoneName, spelledZoneName } from './zone-names.js';

/** A time zone of the IANA database. Instants and wall-clock times are milliseconds (a wall-clock time as if in UTC). */
export interface Zone {
  readonly name: string;
  readonly isUtc: boolean;
  /** The changes of its offset; UTC has none. */
  readonly clock?: ZoneClock;
  /** Milliseconds that the wall clock is ahead of UTC at an instant. */
  offsetAt(instant: number): number;
  /** The instant of a wall-clock time: in a gap moved forward by the gap's length, in an overlap the earlier. */
  toInstant(wall: number): number;
}

export const UTC: Zone = { name: 'UTC', isUtc: true, offsetAt: () => 0, toInstant: (wall) => wall };

/** Names of UTC itself, which need no clock. */
const UTC_NAMES = /^(etc\/)?(utc|uct|gmt|gmt[+-]?0|greenwich|universal|zulu)$/i;

const known = new Map<string, Zone>();

/**
 * The zone of an IANA name, in any case; aliases are accepted. Each is made once. The environment's own zone is never
 * used, so `local` is no name, and neither are offsets such as `+02:00`.
 * @throws UsageError that names the nearest zone where there is none of this name
 */
export function zoneOf(name: string): Zone {
  if (UTC_NAMES.test(name)) return UTC;
  return known.get(name) ?? makeZone(name);
}

/** True for a wall-clock time that the zone's clock skips. */
export function isInGap(zone: Zone, wall: number): boolean {
  return zone.clock?.isInGap(wall) ?? false;
}

function makeZone(name: string): Zone {
  const clock = clockOf(name);
  const spelled = spelledZoneName(name, clock.intlName);
  const zone: Zone = known.get(spelled) ?? {
    name: spelled,
    isUtc: false,
    clock,
    offsetAt: (instant) => clock.offsetAt(instant),
    toInstant: (wall) => clock.toInstant(wall),
  };
  known.set(name, zone);
  known.set(spelled, zone);
  return zone;
}

function clockOf(name: string): ZoneClock {
  try {
    // Newer runtimes take offsets for zones; the same names must do everywhere.
    if (!/^[a-z]/i.test(name)) throw new RangeError(`invalid time zone: ${name}`);
    return new ZoneClock(name);
  } catch (cause) {
    throw new UsageError(`there is no time zone "${name}"`, advice(name), { cause });
  }
}

function advice(name: string): string {
  const offset = /^([+-])(\d{1,2})(:?00)?$/.exec(name);
  if (offset !== null) {
    const [, sign, hours] = offset;
    if (Number(hours) === 0) return 'Give UTC.';
    return `For a fixed offset give Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)} (its sign is the other way round).`;
  }
  const nearest = nearestZoneName(name);
  if (nearest !== undefined) return `Did you mean ${nearest}?`;
  return 'Give a name of the IANA time zone database, such as Europe/Berlin, or UTC.';
}
