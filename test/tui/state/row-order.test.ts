import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Order, RowOrder } from '../../../src/tui/state/row-order.js';
import { dailyRow, dailyTable, writeDaily } from '../yt-rows.js';

const anyRow = fc
  .tuple(fc.constantFrom('aa', 'Ab', 'ba', 'c'), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 9 }))
  .map(([name, day, subs]) => dailyRow(name, day, 0, subs));
const anyOrder = fc.option(
  fc.record({ by: fc.record({ place: fc.integer({ min: 0, max: 3 }) }), descending: fc.boolean() }),
  { nil: undefined },
);

describe('the order of rows', () => {
  it('is that of a plain sort of what a plain search finds', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow),
        anyOrder,
        fc.constantFrom('', 'A', 'b', '2017-08-03', '7'),
        (rows, order, filter) => {
          const table = dailyTable();
          writeDaily(table, rows);
          const names = ['yt_channel_id', 'harvest_ts', 'date', 'subs'];
          const all = [...table.slots()].map((slot) => ({
            slot,
            values: names.map((_, place) => table.cells(place).value(slot)),
          }));
          const found = all.filter(({ values }) =>
            values.some((value) => String(value).toLowerCase().includes(filter.toLowerCase())),
          );
          const compare = (a: unknown, b: unknown): number =>
            typeof a === 'number' && typeof b === 'number'
              ? a - b
              : String(a) < String(b)
                ? -1
                : Number(String(a) > String(b));
          const own = (a: (typeof all)[number], b: (typeof all)[number]): number =>
            compare(b.values[2], a.values[2]) || compare(a.values[0], b.values[0]);
          found.sort((a, b) => {
            if (order === undefined) return own(a, b);
            const { place } = order.by;
            return (order.descending ? -1 : 1) * compare(a.values[place], b.values[place]) || own(a, b);
          });
          expect(new RowOrder().slots(table, order, filter)).toEqual(found.map(({ slot }) => slot));
        },
      ),
    );
  });

  it('stays for a moment while rows change, and is made anew at once when another is asked for', () => {
    let now = 0;
    const order = new RowOrder(() => now);
    const table = dailyTable();
    const bySubs: Order = { by: { place: 3 }, descending: true };
    writeDaily(table, [dailyRow('a', 1, 0, 1), dailyRow('b', 1, 0, 2)]);
    expect(order.slots(table, bySubs, '')).toEqual([1, 0]);
    writeDaily(table, [dailyRow('a', 1, 1, 9)]);
    expect(order.slots(table, bySubs, '')).toEqual([1, 0]);
    now = 1000;
    expect(order.slots(table, bySubs, '')).toEqual([0, 1]);
    writeDaily(table, [dailyRow('c', 1, 1, 5)]);
    expect(order.slots(table, bySubs, '')).toEqual([0, 1]);
    expect(order.slots(table, undefined, '')).toEqual([0, 1, 2]);
  });
});
