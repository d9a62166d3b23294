import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  civilOf,
  DAY_MS,
  dayOf,
  dayOfMonth,
  daysInMonth,
  monthOf,
  yearOf,
  yearText,
} from '../../../src/records/time/civil-date.js';

const anyDay = fc.integer({ min: Date.parse('-001000-01-01') / DAY_MS, max: Date.parse('+010010-01-01') / DAY_MS });

it('a day has the date that Date says, and a date its day', () => {
  fc.assert(
    fc.property(anyDay, (day) => {
      const [date, civil] = [new Date(day * DAY_MS), civilOf(day)];
      const fields = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()] as const;
      expect([yearOf(civil), monthOf(civil), dayOfMonth(civil)]).toEqual(fields);
      expect(dayOf(...fields)).toBe(day);
      expect(yearText(yearOf(civil))).toBe(date.toISOString().split(/(?<=\d)-/)[0]);
    }),
    { numRuns: 5000 },
  );
});

it('each day of 400 years follows the one before', () => {
  const broken: number[] = [];
  let previous = civilOf(dayOf(1999, 12, 31));
  for (let day = dayOf(2000, 1, 1); day < dayOf(2400, 1, 1); day++) {
    const civil = civilOf(day);
    const isNextDay = dayOfMonth(civil) === dayOfMonth(previous) + 1 && civil >> 5 === previous >> 5;
    const isNextMonth =
      dayOfMonth(civil) === 1 && dayOfMonth(previous) === daysInMonth(yearOf(previous), monthOf(previous));
    if (!isNextDay && !isNextMonth) broken.push(day);
    previous = civil;
  }
  expect(broken).toEqual([]);
});
