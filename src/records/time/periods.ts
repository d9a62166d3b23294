/** The calendar periods of rollups. */
export const PERIODS = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type Period = (typeof PERIODS)[number];

/** The field that names a row's period. */
export const PERIOD_FIELDS: Readonly<Record<Period, string>> = {
  hourly: 'hour',
  daily: 'date',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
};

export function isPeriod(word: unknown): word is Period {
  return PERIODS.some((period) => period === word);
}

/**
 * True where every window of `inner` lies within one window of `outer`, so that a rollup of the inner ones gives the
 * outer one. A week may begin in one month or year and end in the next, so weeks nest only in themselves.
 */
export function nests(inner: Period, outer: Period): boolean {
  return inner === outer || (inner !== 'weekly' && PERIODS.indexOf(inner) < PERIODS.indexOf(outer));
}
