import { civilOf, DAY_MS, dayOf, dayOfMonth, monthOf, twoDigits, yearOf, yearText } from './civil-date.js';
import { numbersOf } from './period-numbers.js';
import { PERIODS, type Period } from './periods.js';

const YEAR = String.raw`(?<year>\d{4}|[+-]\d{6})`;
const LABELS: Readonly<Record<Period, RegExp>> = {
  hourly: new RegExp(String.raw`^${YEAR}-(?<month>\d\d)-(?<day>\d\d)T(?<hour>\d\d)$`),
  daily: new RegExp(String.raw`^${YEAR}-(?<month>\d\d)-(?<day>\d\d)$`),
  weekly: new RegExp(String.raw`^${YEAR}-W(?<week>\d\d)$`),
  monthly: new RegExp(String.raw`^${YEAR}-(?<month>\d\d)$`),
  yearly: new RegExp(`^${YEAR}$`),
};

/** What a window is called: `2017-08-02T14`, `2017-08-02`, `2017-W31` (ISO 8601), `2017-08`, `2017`. */
export function labelOf(period: Period, window: number): string {
  const start = numbersOf(period).start(window);
  const day = Math.floor(start / DAY_MS);
  if (period === 'weekly') return weekLabel(day);
  const civil = civilOf(day);
  const year = yearText(yearOf(civil));
  if (period === 'yearly') return year;
  const month = `${year}-${twoDigits(monthOf(civil))}`;
  if (period === 'monthly') return month;
  const date = `${month}-${twoDigits(dayOfMonth(civil))}`;
  return period === 'daily' ? date : `${date}T${twoDigits((start - day * DAY_MS) / (DAY_MS / 24))}`;
}

/** A week belongs to the year of its Thursday; week 1 has the year's first (ISO 8601-1:2019, 4.2.2). */
function weekLabel(monday: number): string {
  const thursday = monday + 3;
  const year = yearOf(civilOf(thursday));
  const week = Math.floor((thursday - dayOf(year, 1, 1)) / 7) + 1;
  return `${yearText(year)}-W${twoDigits(week)}`;
}

/** The window of a label; undefined where the text is no label of the period, such as `2017-02-30`. */
export function parseLabel(period: Period, label: string): number | undefined {
  const parts = LABELS[period].exec(label)?.groups;
  if (parts === undefined) return undefined;
  const { month = '1', day = '1', hour = '0', week } = parts;
  const year = Number(parts.year);
  // Week 1 is the one with January 4th.
  const named =
    week === undefined ? dayOf(year, Number(month), Number(day)) : dayOf(year, 1, 4) + 7 * (Number(week) - 1);
  const window = numbersOf(period).numberOf(named * DAY_MS + Number(hour) * (DAY_MS / 24));
  // A date that does not exist is another date's by arithmetic, which has another label.
  return labelOf(period, window) === label ? window : undefined;
}

/** The period that a label is of; undefined where it is of none. */
export function periodOfLabel(text: string): Period | undefined {
  return PERIODS.find((period) => parseLabel(period, text) !== undefined);
}
