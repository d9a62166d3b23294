/** How a field says its time: ISO 8601 text, or a number since the epoch in a unit. */
export const TIME_UNITS = ['iso', 'd', 's', 'ms', 'us', 'ns'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

export function isTimeUnit(word: unknown): word is TimeUnit {
  return TIME_UNITS.some((unit) => unit === word);
}

/*
 * A form is a uint32 that tells how a time was written, so that it can be written back as the same text:
 *
 *   bits  0-1   precision: 0 date, 1 minutes, 2 seconds, 3 a number
 *   of a number:
 *   bits  2-4   unit: 0 d, 1 s, 2 ms, 3 us, 4 ns
 *   bits 22-31  nanoseconds below the microsecond
 *   of a text:
 *   bit   2     separator: 0 'T', 1 ' '
 *   bits  3-6   digits of the fraction of a second, 0 to 9
 *   bits  7-9   zone: 0 none, 1 none and in a gap of the zone, 2 Z, 3 ±hh:mm, 4 ±hhmm, 5 ±hh, 6 -00:00
 *               (-0000 and -00 are no times: ISO 8601 has no negative zero, RFC 3339 only -00:00)
 *   bits 10-21  offset from UTC in minutes, + 2048 (only with 3, 4, 5)
 *   bits 22-31  nanoseconds below the microsecond
 *
 * The WebAssembly kernel (kernel/assembly/time.ts) writes the same numbers.
 */
const NANOS_SHIFT = 22;

export const PRECISION = { date: 0, minutes: 1, seconds: 2, number: 3 } as const;
export const ZONE_STYLE = { none: 0, gap: 1, z: 2, colon: 3, plain: 4, hours: 5, minusZero: 6 } as const;

/** `2017-08-02T02:00:00` */
export const ISO_SECONDS: number = PRECISION.seconds;
/** `2017-08-02` */
export const ISO_DATE: number = PRECISION.date;

const UNIT_CODES: Readonly<Record<Exclude<TimeUnit, 'iso'>, number>> = { d: 0, s: 1, ms: 2, us: 3, ns: 4 };

const UNITS = ['d', 's', 'ms', 'us', 'ns'] as const;

/** The unit of a number's form. */
export function unitOfForm(form: number): Exclude<TimeUnit, 'iso'> {
  return UNITS[(form >>> 2) & 7] ?? 'ms';
}

/** True for a text without an offset: its time is one of the zone's clock, not an instant, until toInstants(). */
export function isWallForm(form: number): boolean {
  return (form & 3) !== PRECISION.number && (form & (7 << 7)) === 0;
}

/** The nanoseconds below the microsecond, 0 to 999. */
export function nanosOf(form: number): number {
  return form >>> NANOS_SHIFT;
}

/** The form of a number since the epoch. */
export function numberForm(unit: Exclude<TimeUnit, 'iso'>, nanos = 0): number {
  return (PRECISION.number | (UNIT_CODES[unit] << 2) | (nanos << NANOS_SHIFT)) >>> 0;
}
