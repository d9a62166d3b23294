import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SinkCounts } from '../../src/endpoints/endpoint.js';
import { deriveRollup, deriveWindow } from '../../src/records/derive.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import { fieldAt, type RecordSchema } from '../../src/records/schema.js';
import { UTC, type Zone, zoneOf } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';
import type { Store } from '../../src/stores/store.js';
import { DAILY, type Harvest, rowOf, StoreModel, sortedRows } from './store-model.js';

export interface StoreUnderTest {
  readonly store: Store;
  /** The address of an empty database of its own. */
  fresh(): Promise<string>;
  /** Whether counts() tells applied, stale and tied. */
  readonly counts: boolean;
  /** Whether a double may be NaN or infinite: else rows that have one are refused. */
  readonly nonFinite: boolean;
  /** Whether a key may be an empty text: else rows that have one are refused. Yes if not given. */
  readonly emptyKeys?: boolean;
  /** Whether a table is read as it was at one moment. Yes if not given. */
  readonly snapshots?: boolean;
}

/** What every store must do: see the contract in stores/store.ts. */
export function storeConformance(name: string, make: () => StoreUnderTest): void {
  describe(`${name} keeps the contract of a store`, () => {
    const { store, fresh, counts: hasCounts, nonFinite, emptyKeys = true, snapshots = true } = make();
    const mayBeEmpty = emptyKeys ? [''] : [];

    const write = async (
      address: string,
      schema: RecordSchema,
      batches: readonly (readonly Row[])[],
      zone: Zone = UTC,
    ): Promise<SinkCounts> => {
      const sink = await store.sink(address, { schema, create: true, zone });
      for (const rows of batches) await sink.write(batchFromRows(schema, rows, { zone }));
      await sink.flush();
      await sink.close();
      return sink.counts();
    };

    const read = async (address: string, schema: RecordSchema, zone: Zone = UTC): Promise<Row[]> => {
      const table = schema.derived?.table.name ?? schema.name.toLowerCase();
      const source = await store.source(address, { schema, table, zone });
      const rows: Row[] = [];
      for (let batch = source.take(); batch !== 'end'; batch = source.take()) {
        if (batch === 'wait') await source.ready();
        else rows.push(...rowsOf(batch));
      }
      await source.close();
      return rows;
    };

    const expectCounts = (counts: SinkCounts, expected: Required<SinkCounts>): void => {
      expect(counts).toEqual(hasCounts ? expected : { rows: expected.rows });
    };

    const harvest: fc.Arbitrary<Harvest> = fc.record({
      channel: fc.constantFrom('a', 'A', 'a ', 'é', 'e\u0301', ...mayBeEmpty),
      day: fc.integer({ min: 1, max: 2 }),
      second: fc.integer({ min: 0, max: 3 }),
      fraction: fc.constantFrom('', '', '', '0', '5', '50', '000000001'),
      style: fc.constantFrom('naive', 'naive', 'naive', 'zulu', 'offset', 'space'),
      subs: fc.constantFrom(null, 0, 9, 10, -1, 2n ** 62n, 2n ** 62n + 1n),
      note: fc.constantFrom(null, '', 'x', '\uffff', '😀'),
    });
    // Batches in which no key occurs twice, and whose times are of one form, are the usual ones: stores may take them
    // another way.
    const once = { maxLength: 12, selector: ({ channel, day }: Harvest) => `${day} ${channel}` };
    const plain = harvest.map((row): Harvest => ({ ...row, style: 'naive', fraction: '' }));
    const batch = fc.oneof(
      fc.array(harvest, { maxLength: 12 }),
      fc.array(plain, { maxLength: 12 }),
      fc.uniqueArray(harvest, once),
      fc.uniqueArray(plain, once),
    );
    const batches = fc.array(batch, { maxLength: 6 });

    it('ends with the rows, and the counts, of a map that rows are written into one by one', async () => {
      await fc.assert(
        fc.asyncProperty(batches, async (all) => {
          const address = await fresh();
          const model = new StoreModel();
          for (const row of all.flat()) model.write(row);
          expectCounts(
            await write(
              address,
              DAILY,
              all.map((rows) => rows.map(rowOf)),
            ),
            model.counts,
          );
          expect(sortedRows(await read(address, DAILY))).toEqual(model.rows());
        }),
        { numRuns: 60 },
      );
    });

    it('gives the same table whatever order and batches rows come in, and however often', async () => {
      const shuffled = fc
        .array(harvest, { minLength: 1, maxLength: 25 })
        .chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })));
      await fc.assert(
        fc.asyncProperty(shuffled, fc.integer({ min: 1, max: 25 }), async ([rows, others], size) => {
          const [one, two] = [await fresh(), await fresh()];
          await write(one, DAILY, [rows.map(rowOf)]);
          const parts = Array.from({ length: Math.ceil(rows.length / size) }, (_, part) =>
            others.slice(part * size, (part + 1) * size).map(rowOf),
          );
          await write(two, DAILY, parts);
          await write(two, DAILY, parts.reverse());
          expect(sortedRows(await read(two, DAILY))).toEqual(sortedRows(await read(one, DAILY)));
        }),
        { numRuns: 30 },
      );
    });

    it('counts each row of a rerun as tied', async () => {
      const address = await fresh();
      const rows = Array.from({ length: 500 }, (_, at) =>
        daily(`c${at % 100}`, `2017-08-02T0${Math.floor(at / 100)}:00:00`, at),
      );
      expectCounts(await write(address, DAILY, [rows]), { rows: 500, applied: 500, stale: 0, tied: 0 });
      const last = rows.slice(400);
      expectCounts(await write(address, DAILY, [rows]), { rows: 500, applied: 0, stale: 400, tied: 100 });
      expect(sortedRows(await read(address, DAILY))).toEqual(sortedRows(last));
    });

    it('writes only the selected rows of a batch', async () => {
      const address = await fresh();
      const sink = await store.sink(address, { schema: DAILY, create: true, zone: UTC });
      const rows = ['a', 'b', 'c', 'd'].map((channel) => daily(channel, '2017-08-02T02:00:00', 1));
      await sink.write({ ...batchFromRows(DAILY, rows), selection: Int32Array.of(1, 3) });
      await sink.write({ ...batchFromRows(DAILY, rows), selection: new Int32Array(0) });
      await sink.close();
      expect((await read(address, DAILY)).map((row) => row.yt_channel_id).sort()).toEqual(['b', 'd']);
      expect(sink.counts().rows).toBe(2);
    });

    it('compares naive times by the clock of the zone with times that have an offset', async () => {
      const berlin = zoneOf('Europe/Berlin');
      const address = await fresh();
      // Two hours ahead of UTC in August.
      await write(address, DAILY, [[daily('a', '2017-08-02T02:00:00', 1)]], berlin);
      await write(address, DAILY, [[daily('a', '2017-08-02T00:30:00Z', 2)]], berlin);
      await write(address, DAILY, [[daily('a', '2017-08-02T02:20:00', 3)]], berlin);
      expect(await read(address, DAILY, berlin)).toEqual([daily('a', '2017-08-02T00:30:00Z', 2)]);
      // 02:30 does not exist on that day and means 03:30, which is after 03:10.
      await write(address, DAILY, [[daily('b', '2017-03-26T02:30:00', 1)]], berlin);
      await write(address, DAILY, [[daily('b', '2017-03-26T03:10:00', 2)]], berlin);
      expect(sortedRows(await read(address, DAILY, berlin)).at(-1)).toMatchObject({
        harvest_ts: '2017-03-26T02:30:00',
      });
    });

    it('keeps keys apart that differ by case, a trailing space, a NUL or their normal form', async () => {
      const address = await fresh();
      const channels = [
        'a',
        'A',
        'a ',
        ' a',
        'a\0',
        'a\0b',
        '\0',
        ...mayBeEmpty,
        'é',
        'e\u0301',
        'ß',
        'ss',
        '😀',
        '\u{10ffff}',
        '1',
        '1.0',
        '01',
      ];
      const rows = channels.map((channel, at) => daily(channel, '2017-08-02T02:00:00', at));
      expectCounts(await write(address, DAILY, [rows]), { rows: rows.length, applied: rows.length, stale: 0, tied: 0 });
      expect(sortedRows(await read(address, DAILY))).toEqual(sortedRows(rows));
    });

    it('gives back every kind of value exactly', async () => {
      const address = await fresh();
      await write(address, EVERY_KIND, [EVERY_KIND_ROWS]);
      const rows = EVERY_KIND_ROWS.filter(({ double }) => nonFinite || Number.isFinite(double));
      expect(sortedRows(await read(address, EVERY_KIND))).toEqual(sortedRows(rows));
    });

    it('gives back any double but the sign of zero', async () => {
      const double = fc.double().map((value) => (value === 0 ? 0 : value));
      await fc.assert(
        fc.asyncProperty(fc.array(double, { minLength: 300, maxLength: 400 }), async (values) => {
          const address = await fresh();
          const rows = values.map((value, at) => ({ id: at, value, at }));
          await write(address, READINGS, [rows]);
          const found = new Map((await read(address, READINGS)).map((row) => [row.id, row.value]));
          const kept = values.map((value) => (nonFinite || Number.isFinite(value) ? value : undefined));
          expect(values.map((_, at) => found.get(at))).toEqual(kept);
        }),
        { numRuns: 10 },
      );
    });

    it('keeps the row with the most records of a window, null being a group like any other', async () => {
      const group = fieldAt(DAILY, 'note');
      if (group === undefined) throw new Error('no field note');
      const sum = { name: 'sum_subs', type: { kind: 'long' }, nullable: true } as const;
      const windows = deriveWindow(DAILY, [group], [sum], true);
      const row = (note: string | null, records: number, sum_subs: number): Row => ({
        note,
        window_start: '2017-08-02T00:00:00Z',
        window_end: '2017-08-02T00:01:00Z',
        sum_subs,
        records,
      });
      const address = await fresh();
      const counts = await write(address, windows, [
        [row(null, 1, 5), row('', 1, 5), row('x', 1, 5)],
        [row(null, 3, 6), row('', 10, 6), row('x', 9, 6)],
        [row(null, 2, 7), row('', 9, 7), row('x', 10, 7), row('x', 10, 8)],
      ]);
      expectCounts(counts, { rows: 10, applied: 8, stale: 2, tied: 0 });
      expect(sortedRows(await read(address, windows))).toEqual(
        sortedRows([row(null, 3, 6), row('', 10, 6), row('x', 10, 8)]),
      );
    });

    it('stores a raw record once by its key and time, and adds those that have neither', async () => {
      const address = await fresh();
      const readings = [
        { id: 1, value: 20.5, at: 1000 },
        { id: 1, value: 20.5, at: 2000 },
        { id: 2, value: 20.5, at: 1000 },
      ];
      expectCounts(await write(address, READINGS, [readings, readings]), { rows: 6, applied: 3, stale: 0, tied: 3 });
      expect(sortedRows(await read(address, READINGS))).toEqual(sortedRows(readings));
      const outcomes = [{ outcome: 1 }, { outcome: 0 }, { outcome: 1 }];
      expectCounts(await write(address, OUTCOME, [outcomes]), { rows: 3, applied: 3, stale: 0, tied: 0 });
      expect(sortedRows(await read(address, OUTCOME))).toEqual(sortedRows(outcomes));
    });

    it('takes keys and times from inside of nested records', async () => {
      const address = await fresh();
      const row = (node: string, at: number, value: number): Row => ({ meta: { node, at }, value, date: '1970-01-01' });
      const nested = deriveRollup(NESTED, 'daily');
      await write(address, nested, [
        [row('a', 2, 1), row('b', 1, 1)],
        [row('a', 1, 2), row('b', 2, 2)],
      ]);
      expect(sortedRows(await read(address, nested))).toEqual(sortedRows([row('a', 2, 1), row('b', 2, 2)]));
    });

    it('reads more rows than a batch has, each once', async () => {
      const address = await fresh();
      const rows = Array.from({ length: 25_000 }, (_, at) => ({ id: at, value: at / 8, at }));
      await write(address, READINGS, [rows]);
      const ids = (await read(address, READINGS)).map((row) => Number(row.id));
      expect(ids.sort((a, b) => a - b)).toEqual(rows.map((row) => row.id));
    });

    it.skipIf(!snapshots)('reads the table as it was when the source was opened', async () => {
      const address = await fresh();
      const rows = Array.from({ length: 9000 }, (_, at) => ({ id: at, value: 0, at: 0 }));
      await write(address, READINGS, [rows]);
      const source = await store.source(address, { schema: READINGS, table: 'readings', zone: UTC });
      let count = 0;
      for (let batch = source.take(); batch !== 'end'; batch = source.take()) {
        if (batch === 'wait') {
          await source.ready();
          continue;
        }
        count += batch.length;
        await write(address, READINGS, [rows.map((row) => ({ ...row, id: row.id + 9000 * batch.length }))]);
      }
      await source.close();
      expect(count).toBe(9000);
    });

    it('ends with one table when several sinks write at once', async () => {
      const address = await fresh();
      const model = new StoreModel();
      await write(address, DAILY, []);
      const parts = [0, 1, 2].map((part) =>
        Array.from({ length: 20 }, (_, step) =>
          Array.from({ length: 30 }, (_, at): Harvest => {
            const second = (at * 7 + step * 11 + part * 5) % 60;
            return { channel: `c${at % 10}`, day: 1, second, fraction: '', style: 'naive', subs: part, note: null };
          }),
        ),
      );
      for (const row of parts.flat(2)) model.write(row);
      const all = await Promise.all(
        parts.map((part) =>
          write(
            address,
            DAILY,
            part.map((rows) => rows.map(rowOf)),
          ),
        ),
      );
      expect(sortedRows(await read(address, DAILY))).toEqual(model.rows());
      for (const { rows, applied = rows, stale = 0, tied = 0 } of all) expect(applied + stale + tied).toBe(rows);
    });
  });
}

function daily(channel: string, time: string, subs: number): Row {
  return { yt_channel_id: channel, harvest_ts: time, date: time.slice(0, 10), subs, note: null };
}

const READINGS = parseSchema(
  {
    type: 'record',
    name: 'readings',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'value', type: 'double' },
      { name: 'at', type: 'long' },
    ],
    freshet: { key: 'id', time: 'at' },
  },
  'READINGS',
);

const OUTCOME = parseSchema({ type: 'record', name: 'outcome', fields: [{ name: 'outcome', type: 'int' }] }, 'OUTCOME');

const NESTED = parseSchema(
  {
    type: 'record',
    name: 'nested',
    fields: [
      {
        name: 'meta',
        type: {
          type: 'record',
          name: 'meta',
          fields: [
            { name: 'node', type: 'string' },
            { name: 'at', type: 'long' },
          ],
        },
      },
      { name: 'value', type: 'int' },
    ],
    freshet: { key: 'meta.node', time: { field: 'meta.at', unit: 'ms' } },
  },
  'NESTED',
);

const EVERY_KIND = parseSchema(
  {
    type: 'record',
    name: 'every_kind',
    fields: [
      { name: 'id', type: 'int' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-nanos' } },
      { name: 'flag', type: 'boolean' },
      { name: 'big', type: 'long' },
      { name: 'single', type: 'float' },
      { name: 'double', type: 'double' },
      { name: 'text', type: 'string' },
      { name: 'bytes', type: 'bytes' },
      { name: 'fixed', type: { type: 'fixed', name: 'two', size: 2 } },
      { name: 'level', type: { type: 'enum', name: 'level', symbols: ['low', 'high'] } },
      { name: 'list', type: { type: 'array', items: ['null', 'long', 'string'] } },
      { name: 'map', type: { type: 'map', values: 'double' } },
      { name: 'maybe', type: ['null', 'bytes'] },
    ],
    freshet: { key: 'id', time: 'at' },
  },
  'EVERY_KIND',
);

const KIND: Row = {
  id: 0,
  at: 1501639200123456789n,
  flag: true,
  big: 9223372036854775807n,
  single: Math.fround(0.1),
  double: 0.1,
  text: 'new_york_times',
  bytes: Uint8Array.of(0, 255, 39),
  fixed: Uint8Array.of(0, 1),
  level: 'low',
  list: [null, 1, 'a'],
  map: { a: 0.1, '': -1 },
  maybe: null,
};

const EVERY_KIND_ROWS: Row[] = [
  KIND,
  {
    ...KIND,
    id: 1,
    at: -1,
    flag: false,
    big: -9223372036854775808n,
    double: 5e-324,
    text: '',
    bytes: new Uint8Array(0),
  },
  {
    ...KIND,
    id: 2,
    big: 9007199254740993n,
    double: 1.7976931348623157e308,
    text: '\0"\\\n\u2028😀',
    list: [],
    map: {},
  },
  { ...KIND, id: 3, big: -9007199254740993n, double: Number.POSITIVE_INFINITY, text: "'; --", maybe: Uint8Array.of(7) },
  { ...KIND, id: 4, big: 0, double: Number.NEGATIVE_INFINITY, level: 'high', maybe: new Uint8Array(0) },
  { ...KIND, id: -5, big: 1, double: Number.NaN, list: [[9007199254740993n, 'x', null]].flat(), text: 'NaN' },
];
