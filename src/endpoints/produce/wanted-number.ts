import { UsageError } from '../../records/errors.js';

/** @throws UsageError where a flag's number is not whole or out of its bounds */
export function wholeNumber(flag: string, value: number, least: number, greatest: number): number {
  if (Number.isInteger(value) && value >= least && value <= greatest) return value;
  throw new UsageError(`--${flag} is ${value}`, `Give a whole number from ${least} to ${greatest}.`);
}

/** @throws UsageError where a flag's share is not between 0 and 1 */
export function shareOf(flag: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new UsageError(
    `--${flag} is ${value}`,
    'Give a share of the records from 0 to 1, such as 0.01 for one in 100.',
  );
}

/** @throws UsageError where a flag's number is not positive */
export function positive(flag: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`--${flag} is ${value}`, 'Give a number greater than 0.');
}
