import { UsageError } from './errors.js';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/**
 * The bytes of a size: a number, and KB, MB or GB (of 1024) where it is one of them, such as `512KB`.
 * @param what what the size is, for errors: a flag such as `--max-body`
 * @throws UsageError
 */
export function parseSize(text: string, what: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([kmg]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const bytes = digits === '' ? Number.NaN : Number(digits) * (UNITS[unit.toLowerCase()] ?? 1);
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new UsageError(`${what} ${text}: a size is needed`, 'Write a number of bytes, or one with KB, MB or GB: 16MB.');
}
