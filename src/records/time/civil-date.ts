/** Dates of the proleptic Gregorian calendar as day numbers, day 0 being 1970-01-01. No object is made for a date. */
export const DAY_MS = 86_400_000;

/** The day number of a date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil). */
export function dayOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** Eras of 400 years that civilOf() adds, so that all it divides is positive and `| 0` is division by integers. */
const ERAS = 10;

/**
 * The date of a day number in one number: year × 512 + month × 32 + day (civil_from_days of the same source). Take it
 * apart with yearOf(), monthOf() and dayOfMonth(). Right from the year −4000 on.
 */
export function civilOf(day: number): number {
  const shifted = (day + 719_468 + ERAS * 146_097) | 0;
  const era = (shifted / 146_097) | 0;
  const dayOfEra = shifted - era * 146_097;
  const leaps = ((dayOfEra / 1460) | 0) - ((dayOfEra / 36_524) | 0) + ((dayOfEra / 146_096) | 0);
  const yearOfEra = ((dayOfEra - leaps) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0));
  const fromMarch = ((5 * dayOfYear + 2) / 153) | 0;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + (era - ERAS) * 400 + (month <= 2 ? 1 : 0);
  return year * 512 + month * 32 + (dayOfYear - (((153 * fromMarch + 2) / 5) | 0) + 1);
}

export function yearOf(civil: number): number {
  return civil >> 9;
}

/** 1 to 12. */
export function monthOf(civil: number): number {
  return (civil >> 5) & 15;
}

/** 1 to 31. */
export function dayOfMonth(civil: number): number {
  return civil & 31;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Four digits; a year that these do not hold has a sign and six digits, as in ISO 8601's expanded form. */
export function yearText(year: number): string {
  if (year >= 0 && year <= 9999) return String(year).padStart(4, '0');
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}`;
}

export function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
