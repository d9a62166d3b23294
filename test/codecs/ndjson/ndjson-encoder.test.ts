import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ndjsonCodec } from '../../../src/codecs/ndjson/ndjson-codec.js';
import type { Batch } from '../../../src/records/batch.js';
import type { TimeColumn } from '../../../src/records/columns.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { formatTime } from '../../../src/records/time/format-time.js';
import { type Zone, zoneOf } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'reading',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'ts', type: ['null', 'string'], default: null },
      { name: 'a_field_with_a_long_name', type: ['null', 'double'], default: null },
      { name: 'count', type: 'long' },
      { name: 'ok', type: ['null', 'boolean'], default: null },
      { name: 'color', type: { type: 'enum', name: 'color', symbols: ['red', 'green'] } },
    ],
    freshet: { key: ['id'], time: 'ts' },
  },
  'reading',
);

/** Each row alone: so few are written in JavaScript. */
function oneByOne(batch: Batch): string {
  const encoder = ndjsonCodec.encoder({ schema: batch.schema });
  const rows = Array.from(batch.selection ?? new Int32Array(batch.length).map((_, row) => row));
  return rows
    .map((row) => Buffer.from(encoder.encode({ ...batch, selection: Int32Array.of(row) })).toString())
    .join('');
}

function together(batch: Batch): string {
  return Buffer.from(ndjsonCodec.encoder({ schema: batch.schema }).encode(batch)).toString();
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', '"', '\\', '\u0000\u001f', '\u007f', 'a text of more than sixteen bytes, \n and a "quote"'),
);
const decimal = fc
  .tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 9 }))
  .map(([digits, places]) => digits / 10 ** places);
const number = fc.oneof(
  { weight: 8, arbitrary: decimal },
  { weight: 1, arbitrary: fc.double({ noDefaultInfinity: true, noNaN: true }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      0,
      -0,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      2 ** 53,
      1e21,
      0.1 + 0.2,
      999_999_999.999_999,
    ),
  },
);
const time = fc
  .tuple(
    fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
    fc.constantFrom('', 'Z', '+05:45'),
  )
  .map(([date, zone]) => `${date.toISOString().slice(0, 19)}${zone}`);
const row: fc.Arbitrary<Row> = fc.record({
  id: text,
  ts: fc.option(time, { freq: 20 }),
  a_field_with_a_long_name: fc.option(number),
  count: fc.integer(),
  ok: fc.option(fc.boolean()),
  color: fc.constantFrom('red', 'green'),
});

describe('rows as lines of JSON', () => {
  it('are the same whether many or few are written at once', () => {
    const rows = fc.array(row, { minLength: 16, maxLength: 80, size: 'max' });
    fc.assert(
      fc.property(rows, fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }), (given, chosen) => {
        const batch = batchFromRows(schema, given, { zone: zoneOf('UTC') });
        expect(together(batch)).toBe(oneByOne(batch));
        const selection = Int32Array.from(given.keys()).filter((index) => chosen[index]);
        expect(together({ ...batch, selection })).toBe(oneByOne({ ...batch, selection }));
      }),
      { numRuns: 300 },
    );
  });

  it('have times of every form', () => {
    const only = parseSchema(
      { type: 'record', name: 'at', fields: [{ name: 'ts', type: 'string' }], freshet: { key: [], time: 'ts' } },
      'at',
    );
    const form = fc
      .tuple(fc.nat(2), fc.nat(1), fc.nat(9), fc.nat(6), fc.integer({ min: -839, max: 839 }), fc.nat(999))
      .map(
        ([precision, separator, digits, zone, offset, nanos]) =>
          (precision | (separator << 2) | (digits << 3) | (zone << 7) | ((offset + 2048) << 10) | (nanos << 22)) >>> 0,
      );
    const millis = fc.oneof(
      fc.integer({ min: -63_000_000_000_000, max: 254_000_000_000_000 }),
      fc.integer({ min: -4_000_000_000_000_000, max: 4_000_000_000_000_000 }).map((micros) => micros / 1000),
    );
    const zones = fc.constantFrom('UTC', 'Europe/Berlin').map(zoneOf);
    fc.assert(
      fc.property(fc.array(millis, { minLength: 16, maxLength: 40 }), form, zones, (instants, of, zone: Zone) => {
        const column: TimeColumn = { kind: 'time', millis: Float64Array.from(instants), form: of, zone };
        const batch: Batch = { schema: only, length: instants.length, columns: new Map([['ts', column]]) };
        expect(together(batch)).toBe(
          instants.map((instant) => `{"ts":${JSON.stringify(formatTime(instant, of, zone))}}\n`).join(''),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('may be longer than what there is room for', () => {
    const given = Array.from(
      { length: 40 },
      (_, at): Row => ({
        id: `${at}\u0001`.repeat(at % 3 === 0 ? 3 : 4000 * at),
        ts: null,
        a_field_with_a_long_name: at / 4,
        count: at,
        ok: true,
        color: 'red',
      }),
    );
    const batch = batchFromRows(schema, given, { zone: zoneOf('UTC') });
    expect(together(batch)).toBe(oneByOne(batch));
  });
});
