import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decoder } from '../../../src/codecs/codec.js';
import { ndjsonCodec } from '../../../src/codecs/ndjson/ndjson-codec.js';
import { kernel } from '../../../src/kernel/kernel.js';
import { RollupOperator } from '../../../src/operators/rollup/rollup-operator.js';
import { jsonText } from '../../../src/records/json-text.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { rowsOf } from '../../../src/records/rows.js';
import { calendarOf, type Period } from '../../../src/records/time/calendar.js';
import { UTC, type Zone, zoneOf } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import { newestSlowly, operatorOf } from './rollup-model.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'reading',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'ts', type: 'string' },
      { name: 'value', type: 'double' },
      { name: 'count', type: ['null', 'long'], default: null },
    ],
    freshet: { key: ['id'], time: 'ts' },
  },
  'reading',
);

/** Times of one form mostly, so that the combiner has something to take. */
const times = fc
  .tuple(
    fc.constantFrom('2017-08-01', '2017-08-02', '2017-03-12', '2017-11-05', '1969-12-31', '0001-01-01', '9999-12-31'),
    fc.constantFrom(0, 1, 2, 23),
    fc.constantFrom('00:00', '30:00', '59:59'),
    fc.oneof(
      { weight: 20, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom('Z', '.5', '+02:00') },
    ),
  )
  .map(([day, hour, rest, end]) => `${day}T${String(hour).padStart(2, '0')}:${rest}${end}`);
const value = fc.constantFrom(0, -0, 1.5, 2, -3, Number.NaN, Number.POSITIVE_INFINITY);
const count = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: -2, max: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, 9007199254740993n) },
);
const rows = fc.array(fc.record({ id: fc.constantFrom('a', 'b', 'c', 'é'), ts: times, value, count }), {
  maxLength: 60,
});
const zones = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe');
const periods = fc.constantFrom<Period>('hourly', 'daily', 'weekly', 'monthly', 'yearly');

function decoderOf(zone: Zone, partition: number): Decoder {
  const projection = { paths: ['id', 'ts', 'value', 'count'], records: false };
  return ndjsonCodec.decoder({ schema, projection, source: 'in', partition, zone });
}

function process(operator: RollupOperator, decoder: Decoder, given: readonly Row[]): void {
  const bytes = Buffer.from(given.map((row) => `${jsonText(row)}\n`).join(''));
  decoder.space(bytes.length).set(bytes);
  decoder.filled(bytes.length);
  for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) {
    expect(batch.rejects).toBeUndefined();
    operator.process(batch);
  }
}

function rowsAtEnd(operator: RollupOperator): Row[] {
  return Array.from(operator.flush('end'), (batch) => [...rowsOf(batch)]).flat();
}

describe('records that the kernel folds', () => {
  it('give the newest of each key and period, from several sources, whatever the batches and the flushes', () => {
    const parts = fc.array(
      fc.record({ source: fc.nat(1), size: fc.integer({ min: 1, max: 9 }), flush: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(rows, parts, zones, periods, (given, plan, name, period) => {
        const zone = zoneOf(name);
        const operator = operatorOf({ schema, zone, period, emit: 'update' });
        const sources = [decoderOf(zone, 0), decoderOf(zone, 0)];
        const last = new Map<string, Row>();
        const take = (reason: 'tick' | 'end'): void => {
          for (const batch of operator.flush(reason)) {
            for (const row of rowsOf(batch)) {
              const key = JSON.stringify([row.id, row[operator.output.derived?.periodField ?? '']]);
              expect(row, 'no row is written again without a change').not.toEqual(last.get(key));
              last.set(key, row);
            }
          }
        };
        for (let from = 0, at = 0; from < given.length; at++) {
          const { source, size, flush } = plan[at % plan.length] ?? expect.unreachable();
          process(operator, sources[source] ?? expect.unreachable(), given.slice(from, from + size));
          from += size;
          if (flush) take('tick');
        }
        take('end');
        const wanted = newestSlowly(schema, given, period, zone);
        expect(operator.figures().states).toBe(wanted.length);
        expect([...last.values()]).toEqual(expect.arrayContaining(wanted));
        expect(last.size).toBe(wanted.length);
        for (const decoder of sources) decoder.close?.();
      }),
      { numRuns: 400 },
    );
  });

  it('come out in order at the end, straight or by way of the states, and only once', () => {
    const plain = fc.array(
      fc.record({
        id: fc.constantFrom('a', 'b', 'B', 'é', '😀', ''),
        ts: times.map((text) => text.slice(0, 19)),
        value,
        count: fc.integer({ min: -2, max: 2 }),
      }),
      { maxLength: 60 },
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(plain, sizes, zones, periods, fc.nat(3), (given, batches, name, period, drainedAt) => {
        const zone = zoneOf(name);
        const wanted = newestSlowly(schema, given, period, zone);
        const decoder = decoderOf(zone, 0);
        const straight = operatorOf({ schema, zone, period, emit: 'update' });
        const drained = operatorOf({ schema, zone, period, emit: 'close' });
        for (let from = 0, at = 0; from < given.length; at++) {
          const size = batches[at % batches.length] ?? 1;
          for (const operator of [straight, drained]) process(operator, decoder, given.slice(from, from + size));
          from += size;
          if (at === drainedAt) expect([...drained.flush('tick')]).toEqual([]);
        }
        expect(rowsAtEnd(straight)).toEqual(wanted);
        expect(rowsAtEnd(drained)).toEqual(wanted);
        expect(straight.figures().states).toBe(wanted.length);
        expect(rowsAtEnd(straight)).toEqual([]);
        decoder.close?.();
      }),
      { numRuns: 300 },
    );
  });

  it('give their memory back when their operator is closed: partitions come and go', () => {
    const decoder = decoderOf(zoneOf('UTC'), 0);
    const given = Array.from({ length: 5000 }, (_, at): Row => {
      return { id: `k${at}`, ts: `2017-08-0${1 + (at % 7)}T00:00:00`, value: at, count: at };
    });
    const access = {
      reads: () => true,
      decoder: () => expect.unreachable(),
      encode: () => expect.unreachable(),
    };
    const options = { schema, calendar: calendarOf('daily', UTC), emit: 'update', partitions: 1, access } as const;
    const comesAndGoes = (): void => {
      const operator = new RollupOperator({ ...options, now: () => 0 });
      process(operator, decoder, given);
      operator.close();
    };
    for (let times = 0; times < 20; times++) comesAndGoes();
    const before = kernel().views.u8.length;
    for (let times = 0; times < 200; times++) comesAndGoes();
    expect(kernel().views.u8.length).toBe(before);
    decoder.close?.();
  });

  it('of windows that end in the midst of a batch of rows', () => {
    const given = Array.from({ length: 3000 * 5 }, (_, at): Row => {
      const key = (at * 7919) % 3000;
      return { id: `k${key}`, ts: `2017-08-0${1 + Math.floor(at / 3000)}T00:00:00`, value: at, count: key };
    });
    const operator = operatorOf({ schema });
    const decoder = decoderOf(zoneOf('UTC'), 0);
    for (let from = 0; from < given.length; from += 2000) process(operator, decoder, given.slice(from, from + 2000));
    expect(rowsAtEnd(operator)).toEqual(newestSlowly(schema, given, 'daily', zoneOf('UTC')));
  });

  it('of more keys and windows than a grid is good for', () => {
    const given = Array.from({ length: 60_000 }, (_, at): Row => {
      const day = new Date(Date.UTC(2017, 0, 1 + ((at * 7919) % 900))).toISOString().slice(0, 10);
      return { id: `k${(at * 104_729) % 20_000}`, ts: `${day}T00:00:00`, value: at, count: 1 };
    });
    const operator = operatorOf({ schema });
    const decoder = decoderOf(zoneOf('UTC'), 0);
    for (let from = 0; from < given.length; from += 2000) process(operator, decoder, given.slice(from, from + 2000));
    expect(rowsAtEnd(operator)).toEqual(newestSlowly(schema, given, 'daily', zoneOf('UTC')));
  });
});
