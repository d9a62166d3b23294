import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import type { RecordSchema } from '../../src/records/schema.js';
import type { Row } from '../../src/records/value.js';
import { LastRowsSink } from '../../src/report/last-rows-sink.js';
import { DAILY, dailyRow } from '../tui/yt-rows.js';

const NUMBERS = parseSchema({ type: 'record', name: 'numbers', fields: [{ name: 'a', type: 'long' }] }, 'numbers');

async function write(sink: LastRowsSink, schema: RecordSchema, rows: readonly Row[], size: number): Promise<void> {
  for (let at = 0; at < rows.length; at += size) await sink.write(batchFromRows(schema, rows.slice(at, at + size)));
}

describe('the rows that a stream has had last', () => {
  it('are the last ones of a type without a key, whatever the batches', async () => {
    const property = fc.asyncProperty(
      fc.nat(40),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(9),
      async (count, size, most) => {
        const rows = Array.from({ length: count }, (_, a) => ({ a }));
        const limited = new LastRowsSink(NUMBERS, most + 1);
        await write(limited, NUMBERS, rows, size);
        expect(limited.result()).toEqual({ rows: rows.slice(-most - 1), total: count, forgotten: 0 });
        const bounded = new LastRowsSink(NUMBERS, Number.POSITIVE_INFINITY, most + 1);
        await write(bounded, NUMBERS, rows, size);
        const kept = rows.slice(-most - 1);
        expect(bounded.result()).toEqual({ rows: kept, total: kept.length, forgotten: count - kept.length });
      },
    );
    await fc.assert(property);
  });

  it('are of each key the newest, of keys those that changed last, in the order in which these came', async () => {
    const sink = new LastRowsSink(DAILY, 2);
    const rows = [dailyRow('a', 1, 0, 1), dailyRow('b', 1, 0, 1), dailyRow('c', 1, 0, 1), dailyRow('a', 1, 1, 2)];
    await write(sink, DAILY, [...rows, dailyRow('b', 1, 0, 1), dailyRow('a', 1, 0, 9)], 4);
    expect(sink.result()).toEqual({ rows: [rows[3], rows[1]], total: 3, forgotten: 0 });
  });

  it('are so many at most: the one that changed longest ago makes room', async () => {
    const sink = new LastRowsSink(DAILY, Number.POSITIVE_INFINITY, 2);
    const rows = [dailyRow('a', 1, 0, 1), dailyRow('b', 1, 0, 1), dailyRow('a', 1, 1, 2), dailyRow('c', 1, 0, 3)];
    await write(sink, DAILY, rows, 1);
    expect(sink.result()).toEqual({ rows: [rows[2], rows[3]], total: 2, forgotten: 1 });
    await write(sink, DAILY, [dailyRow('d', 1, 0, 4)], 1);
    expect(sink.result()).toEqual({ rows: [rows[3], dailyRow('d', 1, 0, 4)], total: 2, forgotten: 2 });
  });
});
