import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawTable, type TableColumn } from '../../src/report/drawn-table.js';

const CHANNEL: TableColumn = { name: 'channel', isNumber: false };
const TIME: TableColumn = { name: 'harvest_ts', isNumber: false };
const SUBS: TableColumn = { name: 'subs', isNumber: true };
const ROW = ['new_york_times', '2017-08-02T02:00:00', '1947'];

const drawn = (width?: number): string => drawTable([CHANNEL, TIME, SUBS], [ROW], { color: false, width });

describe('a table on a terminal', () => {
  it('has a column for each field where these fit', () => {
    expect(drawn(47)).toBe(
      `
┌────────────────┬─────────────────────┬──────┐
│ channel        │ harvest_ts          │ subs │
├────────────────┼─────────────────────┼──────┤
│ new_york_times │ 2017-08-02T02:00:00 │ 1947 │
└────────────────┴─────────────────────┴──────┘`.trim(),
    );
    expect(drawn(47)).toBe(drawn());
  });

  it('breaks the longest texts over lines where they do not', () => {
    expect(drawn(42)).toBe(
      `
┌────────────────┬────────────────┬──────┐
│ channel        │ harvest_ts     │ subs │
├────────────────┼────────────────┼──────┤
│ new_york_times │ 2017-08-02T02: │ 1947 │
│                │ 00:00          │      │
└────────────────┴────────────────┴──────┘`.trim(),
    );
  });

  it('becomes a table for each row where that is not enough', () => {
    expect(drawn(33)).toBe(
      `
┌────────────┬──────────────────┐
│ channel    │ new_york_times   │
│ harvest_ts │ 2017-08-02T02:00 │
│            │ :00              │
│ subs       │ 1947             │
└────────────┴──────────────────┘`.trim(),
    );
  });

  it('loses no letter, and is no wider than the terminal', () => {
    const text = fc.string({ unit: fc.constantFrom('x', 'y', 'ü', '0'), maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 30, max: 120 }),
        (rows, width) => {
          const table = drawTable([CHANNEL, TIME, { name: 'note', isNumber: false }], rows, { color: false, width });
          for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
          const count = (from: string): number => from.split(/[xyü0]/).length - 1;
          expect(count(table)).toBe(count(rows.flat().join('')));
        },
      ),
    );
  });
});
