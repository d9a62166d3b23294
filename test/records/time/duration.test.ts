import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/records/errors.js';
import { formatDuration, parseDuration } from '../../../src/records/time/duration.js';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1.5h', 5_400_000],
    ['1.1s', 1100],
    ['0.001s', 1],
    ['0', 0],
    ['0ms', 0],
    ['0.0', 0],
    [' 10s ', 10_000],
  ])('%j is %d ms', (text, millis) => {
    expect(parseDuration(text, '--every')).toBe(millis);
  });

  it.each([
    ['10', '--every 10 has no unit', 'Give one of ms, s, m, h and d: --every 10s.'],
    [
      'ten',
      '--every "ten" is not a duration',
      'Give a number and ms, s, m, h or d, such as --every 500ms or --every 1.5h.',
    ],
    ['', '--every "" is not a duration', undefined],
    ['-5s', '--every "-5s" is not a duration', undefined],
    ['5 s', '--every "5 s" is not a duration', undefined],
    ['1h30m', '--every "1h30m" is not a duration', undefined],
    ['5S', '--every "5S" is not a duration', undefined],
    ['.5s', '--every ".5s" is not a duration', undefined],
    ['1e3s', '--every "1e3s" is not a duration', undefined],
    ['2w', '--every "2w" is not a duration', undefined],
    ['0.5ms', '--every 0.5ms is not a whole number of milliseconds', 'Give a coarser duration.'],
    ['9999999999d', '--every 9999999999d is longer than 10000 years', 'Give a shorter duration.'],
  ])('%j is refused', (text, message, next) => {
    const parse = (): number => parseDuration(text, '--every');
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(expect.objectContaining({ message, ...(next === undefined ? {} : { next }) }));
  });

  it('is written in the greatest unit that says it exactly', () => {
    expect([0, 1, 1500, 90_000, 5_400_000, 7_200_000, 172_800_000].map(formatDuration)).toEqual([
      '0s',
      '1ms',
      '1500ms',
      '90s',
      '90m',
      '2h',
      '2d',
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3e14 }), (millis) => {
        expect(parseDuration(formatDuration(millis), 'it')).toBe(millis);
      }),
    );
  });
});
