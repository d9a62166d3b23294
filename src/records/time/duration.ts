import { UsageError } from '../errors.js';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNIT_MS;

const isUnit = (word: string): word is Unit => Object.hasOwn(UNIT_MS, word);

/** Longer ones are no use and would not be exact in a double: 10,000 years. */
const LONGEST_MS = 3_652_425 * UNIT_MS.d;

/**
 * The milliseconds of a duration: a number and `ms`, `s`, `m`, `h` or `d`, such as `500ms`, `1.5h`, `30d`. Zero needs
 * no unit.
 * @param what what the duration is, for errors: a flag such as `--every`
 * @throws UsageError
 */
export function parseDuration(text: string, what: string): number {
  const parts = /^(\d+)(?:\.(\d+))?([a-z]*)$/.exec(text.trim());
  if (parts === null) throw notADuration(text, what);
  const [, whole, fraction = '', unit] = parts;
  if (unit === '' && Number(whole + fraction) === 0) return 0;
  if (unit === '') {
    throw new UsageError(`${what} ${text} has no unit`, `Give one of ms, s, m, h and d: ${what} ${text}s.`);
  }
  if (!isUnit(unit)) throw notADuration(text, what);
  // As decimals, since 1.1 × 1000 is not 1100 in doubles.
  const scaled = BigInt(whole + fraction) * BigInt(UNIT_MS[unit]);
  const scale = 10n ** BigInt(fraction.length);
  if (scaled % scale !== 0n) {
    throw new UsageError(`${what} ${text} is not a whole number of milliseconds`, 'Give a coarser duration.');
  }
  const millis = scaled / scale;
  if (millis > BigInt(LONGEST_MS)) {
    throw new UsageError(`${what} ${text} is longer than 10000 years`, 'Give a shorter duration.');
  }
  return Number(millis);
}

/** The shortest way to say a duration exactly, in the greatest unit that divides it: `90s`, `2h`; 0 is `0s`. */
export function formatDuration(millis: number): string {
  const whole = Math.round(millis);
  if (whole === 0) return '0s';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (whole % UNIT_MS[unit] === 0) return `${whole / UNIT_MS[unit]}${unit}`;
  }
  return `${whole}ms`;
}

function notADuration(text: string, what: string): UsageError {
  return new UsageError(
    `${what} "${text}" is not a duration`,
    `Give a number and ms, s, m, h or d, such as ${what} 500ms or ${what} 1.5h.`,
  );
}
