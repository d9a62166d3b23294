const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** More are rounded. */
const MOST_DECIMALS = 4;
const GREATEST_PLAIN = 1e15;
const ROUNDING = 1e-13;

/** `3 s`, `5 min`, `2 h`, `12 d`. @param millis 0 or more */
export function spanText(millis: number): string {
  const seconds = millis / 1000;
  const [unit, size] = UNITS.find(([, least]) => seconds >= 2 * least) ?? ['s', 1];
  return `${Math.round(seconds / size).toLocaleString('en-US')} ${unit}`;
}

/** `12`, `3.4k`, `5.6M`: three digits at most before the unit. */
export function shortCount(count: number): string {
  const [unit, size] = [['G', 1e9] as const, ['M', 1e6] as const, ['k', 1e3] as const].find(
    ([, least]) => count >= least,
  ) ?? ['', 1];
  const scaled = count / size;
  return `${scaled >= 100 || unit === '' ? Math.round(scaled) : scaled.toFixed(1)}${unit}`;
}

/** `0.4/s`, `12/s`: something that is seldom is not nothing. */
export function rateText(perSecond: number): string {
  const tenths = Math.round(perSecond * 10) / 10;
  return `${tenths < 10 ? tenths : shortCount(perSecond)}/s`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** How many decimals a column of numbers is shown with, so that they stand one below the other. */
export function decimalsOf(values: readonly number[]): number {
  let most = 0;
  for (const value of values) {
    if (Number.isInteger(value) || !Number.isFinite(value)) continue;
    const [, decimals = ''] = String(value).split('.');
    most = Math.max(most, decimals.includes('e') ? MOST_DECIMALS : decimals.length);
  }
  return Math.min(most, MOST_DECIMALS);
}

/** A number with so many decimals; one that is too small or large for that as JavaScript writes it, to six digits. */
export function numberText(value: number, decimals: number): string {
  if (Number.isNaN(value)) return '';
  const size = Math.abs(value);
  if (size >= GREATEST_PLAIN || (size > 0 && size < 10 ** -MOST_DECIMALS)) return String(Number(value.toPrecision(6)));
  return decimals === 0 ? String(value) : value.toFixed(decimals);
}

/** What one number is more than another; 0 where only a double's rounding tells them apart. */
export function difference(value: number, before: number): number {
  const delta = value - before;
  return Math.abs(delta) <= Math.max(Math.abs(value), Math.abs(before)) * ROUNDING ? 0 : delta;
}

/** With its sign; nothing for none. */
export function deltaText(value: number, decimals: number): string {
  if (Number.isNaN(value) || value === 0) return '';
  return value > 0 ? `+${numberText(value, decimals)}` : `\u2212${numberText(-value, decimals)}`;
}
