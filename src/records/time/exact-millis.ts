/*
 * A time is milliseconds in a double, microseconds being its fraction: always the double that is nearest to them.
 * Sums of fractions would be rounded twice, and then two equal times could differ in the last bit; so whole
 * milliseconds and microseconds are taken apart first.
 */

/**
 * Microseconds are kept for times up to this many milliseconds from the epoch (the years 1691 to 2248). From 2^43 on
 * the doubles are more than a microsecond apart; the day that is left until there is for the offsets of zones.
 * A time beyond it with a fraction finer than a millisecond is refused rather than rounded.
 */
export const EXACT_MICRO_MS = 8_796_000_000_000;

/** The microseconds (0 to 999) of a time beyond its whole millisecond, which is Math.floor(millis). */
export function microsOf(millis: number): number {
  return Math.round((millis - Math.floor(millis)) * 1000);
}

/** The time that is `by` whole milliseconds later. */
export function shifted(millis: number, by: number): number {
  const whole = Math.floor(millis);
  return whole === millis ? millis + by : whole + by + microsOf(millis) / 1000;
}
