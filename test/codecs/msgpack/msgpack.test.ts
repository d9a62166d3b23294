import fc from 'fast-check';
import { Packr, Unpackr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { msgpackCodec } from '../../../src/codecs/msgpack/msgpack-codec.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { rowsOf } from '../../../src/records/rows.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { UTC, zoneOf } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import { anyRecord } from '../avro/arbitrary-schema.js';
import { plain } from '../avro/files.js';
import { contextOf, type Decoded, decodeAll } from '../decode-all.js';

// Another implementation, told to write plain maps and to keep 64 bits.
const packr = new Packr({
  useRecords: false,
  mapsAsObjects: true,
  variableMapSize: true,
  int64AsType: 'bigint',
  useFloat32: 0,
});
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' });
const exactUnpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' });

const schema = parseSchema(
  {
    type: 'record',
    name: 'yt',
    fields: [
      { name: 'yt_channel_id', type: 'string' },
      { name: 'harvest_ts', type: 'string' },
      { name: 'subs', type: 'long' },
      { name: 'note', type: ['null', 'string'] },
      { name: 'rank', type: 'int', default: 9 },
    ],
    freshet: { key: 'yt_channel_id', time: 'harvest_ts' },
  },
  'yt',
);
const good = { yt_channel_id: 'a', harvest_ts: '2017-08-02T02:00:00', subs: 5, note: null, rank: 1 };
const decode = (bytes: Uint8Array, sizes?: number[], of: RecordSchema = schema): Decoded =>
  decodeAll(msgpackCodec, contextOf(of), bytes, sizes);
const pack = (...values: unknown[]): Buffer => Buffer.concat(values.map((value) => packr.pack(value)));
const written = (of: RecordSchema, rows: readonly Row[]): Buffer => {
  const encoder = msgpackCodec.encoder({ schema: of });
  return Buffer.concat([encoder.encode(batchFromRows(of, rows)), encoder.finish()]);
};

const samples = anyRecord(2).chain(({ schema: json, values }) =>
  fc.record({ json: fc.constant(json), rows: fc.array(values, { maxLength: 20 }) }),
);

describe('the MessagePack codec', () => {
  it('gives back the rows that were written, whatever the schema and the chunks', () => {
    fc.assert(
      fc.property(samples, fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1 }), ({ json, rows }, sizes) => {
        const random = parseSchema(json, 'random');
        const decoded = decode(written(random, rows as Row[]), sizes, random);
        expect(decoded.rejects).toEqual([]);
        expect(plain(decoded.rows)).toEqual(plain(rows));
        expect(decoded.ordinals).toEqual(rows.map((_, at) => at + 1));
      }),
    );
  });

  it('writes what msgpackr reads, and reads what it writes', () => {
    fc.assert(
      fc.property(samples, ({ json, rows }) => {
        // msgpackr reads this key of a map as `__proto_`.
        fc.pre(!JSON.stringify(plain(rows)).includes('"__proto__"'));
        const random = parseSchema(json, 'random');
        const read: unknown[] = [];
        if (rows.length > 0)
          unpackr.unpackMultiple(written(random, rows as Row[]), (value: unknown) => void read.push(value));
        expect(plain(read)).toEqual(plain(rows));
        const decoded = decode(pack(...rows), undefined, random);
        expect(decoded.rejects).toEqual([]);
        expect(plain(decoded.rows)).toEqual(plain(rows));
      }),
    );
  });

  it('keeps 64 bits', () => {
    const values = [
      2n ** 63n - 1n,
      -(2n ** 63n),
      2n ** 53n + 1n,
      0,
      -1,
      127,
      128,
      -32,
      -33,
      255,
      256,
      65535,
      65536,
      2 ** 32 - 1,
      2 ** 32,
      -(2 ** 31),
      -(2 ** 31) - 1,
      2 ** 53 - 1,
    ];
    const rows = values.map((subs) => ({ ...good, subs }));
    expect(decode(written(schema, rows)).rows).toEqual(rows);
    expect(decode(pack(...rows)).rows).toEqual(rows);
    const read: Row[] = [];
    exactUnpackr.unpackMultiple(written(schema, rows), (value: Row) => void read.push(value));
    expect(read.map(({ subs }) => BigInt(subs as number))).toEqual(values.map(BigInt));
  });

  it('takes fields in any order, unknown ones and missing ones; of equal names the last counts', () => {
    const { note, rank, ...rest } = good;
    const twice = Buffer.concat([
      Buffer.of(0x84),
      ...['subs', 1, 'yt_channel_id', 'x', 'harvest_ts', '2017-08-02', 'subs', 2].map((one) => packr.pack(one)),
    ]);
    const numbered = Buffer.concat([
      Buffer.of(0x84, 7, 8),
      ...Object.entries(rest)
        .flat()
        .map((one) => packr.pack(one)),
    ]);
    const decoded = decode(
      Buffer.concat([
        pack({ more: { a: [1] }, ...good }, Object.fromEntries(Object.entries(good).reverse()), rest),
        twice,
        numbered,
      ]),
    );
    expect(decoded.rejects).toEqual([]);
    expect(decoded.rows).toEqual([
      good,
      good,
      { ...rest, note: null, rank: 9 },
      { yt_channel_id: 'x', harvest_ts: '2017-08-02', subs: 2, note: null, rank: 9 },
      { ...rest, note: null, rank: 9 },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['a wrong type', { ...good, subs: 'many' }, 'field subs must be a long, not "many"'],
    ['a fraction', { ...good, subs: 1.5 }, 'field subs must be a long, not 1.5'],
    ['an int that is too large', { ...good, rank: 2 ** 31 }, 'field rank must be an int, not 2147483648'],
    ['a long that is too large', { ...good, subs: 2n ** 63n }, 'field subs must be a long, not 9223372036854775808'],
    ['null', { ...good, yt_channel_id: null }, 'field yt_channel_id must be a string, not null'],
    ['no field', { yt_channel_id: 'a', harvest_ts: '2017-08-02' }, 'field subs is missing'],
    [
      'a time that does not exist',
      { ...good, harvest_ts: '2017-02-30' },
      'field harvest_ts is not a time: 2017-02-30 does not exist',
    ],
    ['a list', [good], 'the record is not a map'],
    ['a number', 7, 'the record is not a map'],
  ])('refuses only the record with %s', (_, bad, reason) => {
    const decoded = decode(pack(good, bad, good), [3]);
    expect(decoded.rows).toEqual([good, good]);
    expect(decoded.ordinals).toEqual([1, 3]);
    expect(decoded.rejects).toEqual([{ reason, at: 'record 2', raw: packr.pack(bad).toString('latin1') }]);
  });

  it('takes 1.0 for a long', () => {
    const record = Buffer.concat([
      Buffer.of(0x83),
      ...['yt_channel_id', 'a', 'harvest_ts', '2017-08-02', 'subs'].map((one) => packr.pack(one)),
      Buffer.of(0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0),
    ]);
    expect(decode(record).rows).toMatchObject([{ subs: 1 }]);
  });

  it('refuses text that is not UTF-8', () => {
    const bytes = pack(good);
    bytes[bytes.indexOf('2017')] = 0xff;
    const channel = pack({ ...good, yt_channel_id: 'zz' });
    channel[channel.indexOf('zz')] = 0xff;
    expect(decode(Buffer.concat([channel, pack(good)])).rejects).toMatchObject([
      { reason: 'field yt_channel_id is not valid UTF-8' },
    ]);
    expect(decode(bytes).rejects).toMatchObject([{ reason: 'field harvest_ts is not valid UTF-8' }]);
  });

  it('gives everything before a cut, then one last reject', () => {
    const [first, second] = [pack(good), pack({ ...good, subs: 6, note: 'x'.repeat(300) })];
    const bytes = Buffer.concat([first, second]);
    for (let cut = first.length; cut < bytes.length; cut++) {
      const decoded = decode(bytes.subarray(0, cut), [7]);
      expect(decoded.rows).toEqual([good]);
      expect(decoded.rejects).toEqual(
        cut === first.length
          ? []
          : [
              {
                reason: 'the input ends inside of a record',
                at: `position ${first.length}`,
                raw: bytes.toString('latin1', first.length, cut),
              },
            ],
      );
    }
  });

  it('loses everything behind the byte that is no MessagePack', () => {
    const decoded = decode(Buffer.concat([pack(good), Buffer.of(0x81, 0xa1, 0x61, 0xc1), pack(good)]), [5]);
    expect(decoded.rows).toEqual([good]);
    expect(decoded.rejects).toMatchObject([
      { reason: 'the byte 0xc1 is no MessagePack', at: `position ${pack(good).length}` },
    ]);
  });

  it('gives the same rows and rejects of any bytes, however they come in chunks', () => {
    const bytes = pack(good, { ...good, more: [1, { a: new Date(0) }] }, good, good);
    const damage = fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), { maxLength: 4 });
    fc.assert(
      fc.property(damage, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (faults, sizes) => {
        const broken = Buffer.from(bytes);
        for (const [at, byte] of faults) broken[at] = byte;
        const whole = decode(broken);
        expect(decode(broken, sizes)).toEqual(whole);
        expect(whole.rows.length + whole.rejects.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });

  it('gives up at what is nested too deep, and only that record', () => {
    const json = { type: 'record', name: 'r', fields: [{ name: 'a', type: { type: 'array', items: 'int' } }] };
    const deep = Buffer.concat([Buffer.of(0x81, 0xa1, 0x61), Buffer.alloc(100_000, 0x91), Buffer.of(1)]);
    const decoded = decode(Buffer.concat([deep, pack({ a: [1] })]), undefined, parseSchema(json, 'r'));
    expect(decoded.rows).toEqual([{ a: [1] }]);
    expect(decoded.rejects).toMatchObject([{ reason: 'field a nests more than 1000 levels' }]);
  });
});

describe('timestamps', () => {
  const timed = (unit: string, type: string): RecordSchema =>
    parseSchema(
      { type: 'record', name: 't', fields: [{ name: 'ts', type }], freshet: { time: { field: 'ts', unit } } },
      't',
    );
  const at = (text: string): Buffer => packr.pack({ ts: new Date(text) });
  const extension = (...bytes: number[]): Buffer =>
    Buffer.concat([Buffer.of(0x81, 0xa2), Buffer.from('ts'), Buffer.of(...bytes)]);

  it('are ISO 8601 in UTC in a field of text', () => {
    const rows = decode(
      Buffer.concat(
        ['2017-08-02T02:00:00Z', '2017-08-02T02:00:00.250Z', '1960-01-01T00:00:00Z', '2400-01-01T00:00:00Z'].map(at),
      ),
      undefined,
      timed('iso', 'string'),
    ).rows;
    expect(rows.map(({ ts }) => ts)).toEqual([
      '2017-08-02T02:00:00Z',
      '2017-08-02T02:00:00.250Z',
      '1960-01-01T00:00:00Z',
      '2400-01-01T00:00:00Z',
    ]);
    const nanos = extension(
      0xd7,
      0xff,
      ...new Uint8Array(new BigUint64Array([(7n << 34n) | 1501639200n]).buffer).reverse(),
    );
    expect(decode(nanos, undefined, timed('iso', 'string')).rows).toEqual([{ ts: '2017-08-02T02:00:00.000000007Z' }]);
  });

  it('are numbers of the unit in a field of numbers', () => {
    const whole = at('2017-08-02T02:00:00Z');
    expect(['s', 'ms', 'us', 'ns'].map((unit) => decode(whole, undefined, timed(unit, 'long')).rows[0]?.ts)).toEqual([
      1501639200,
      1501639200000,
      1501639200000000,
      1501639200000000000n,
    ]);
    expect(decode(at('2017-08-02T02:00:00.250Z'), undefined, timed('s', 'long')).rejects).toHaveLength(1);
  });

  it('have to be ones', () => {
    const others = [
      extension(0xd4, 5, 1),
      extension(0xd4, 0xff, 1),
      extension(0xd7, 0xff, 255, 255, 255, 255, 0, 0, 0, 0),
      extension(0xc7, 12, 0xff, ...new Array(12).fill(127)),
    ];
    const { rejects } = decode(Buffer.concat(others), undefined, timed('iso', 'string'));
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'field ts is an extension of type 5, not a value',
      ...new Array(3).fill('field ts is an extension of type -1, not a value'),
    ]);
  });
});

describe('nested values', () => {
  const inner = {
    type: 'record',
    name: 'I',
    fields: [
      { name: 'x', type: 'long' },
      { name: 'y', type: 'string', default: 'none' },
    ],
  };
  const nested = parseSchema(
    {
      type: 'record',
      name: 'n',
      fields: [
        { name: 'i', type: ['null', inner] },
        { name: 'raw', type: 'bytes', default: 'ÿ' },
        { name: 'list', type: { type: 'array', items: 'int' }, default: [1] },
      ],
      freshet: { time: { field: 'i.x', unit: 's' } },
    },
    'n',
  );

  it('have columns of their own where they are asked for', () => {
    const bytes = pack({ i: { x: 5 }, raw: Buffer.of(1), list: [] }, { i: null }, { i: { y: 'a', x: 6 } });
    const { rows } = decodeAll(msgpackCodec, contextOf(nested, { paths: ['i.y', 'i', 'i.x', 'raw', 'list'] }), bytes);
    expect(plain(rows)).toEqual([
      { 'i.y': 'none', i: { x: 5, y: 'none' }, 'i.x': 5, raw: Uint8Array.of(1), list: [] },
      { 'i.y': null, i: null, 'i.x': null, raw: Uint8Array.of(255), list: [1] },
      { 'i.y': 'a', i: { x: 6, y: 'a' }, 'i.x': 6, raw: Uint8Array.of(255), list: [1] },
    ]);
  });

  it('are checked where nothing asks for them', () => {
    const bytes = pack({ i: { x: 'five' } }, { i: { x: 1e15 } }, { i: { x: 1 }, list: [0.5] });
    const { rejects } = decodeAll(msgpackCodec, contextOf(nested, { paths: [] }), bytes);
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'field i.x must be a long, not "five"',
      'field i.x is not a time: 1000000000000000 s is outside of the years 0001 to 9999',
      'field list[0] must be an int, not 0.5',
    ]);
  });
});

describe('records that a batch carries', () => {
  it('are read back, all their fields', () => {
    const rows = [good, { ...good, subs: 2, note: 'é' }];
    const { records } = decodeAll(
      msgpackCodec,
      contextOf(schema, { records: true, paths: ['subs'] }),
      pack(good, 7, rows[1]),
      [9],
    );
    expect(records).toEqual(rows.map((row) => packr.pack(row)));
    const zone = zoneOf('Europe/Berlin');
    const decoder = msgpackCodec.recordDecoder?.({ schema, zone });
    const [first, second] = records;
    if (first === undefined || second === undefined || decoder === undefined) throw new Error('no records');
    const buffer = new Uint8Array(Buffer.concat([first, second]));
    const batch = decoder.decode(buffer, Int32Array.of(0, first.length), Int32Array.of(first.length, buffer.length), 2);
    expect([...rowsOf(batch)]).toEqual(rows);
    const times = batch.columns.get('harvest_ts');
    expect(times?.kind === 'time' && times.millis[0]).toBe(Date.parse('2017-08-02T00:00:00Z'));
  });
});

describe('the encoder', () => {
  it('writes the selected rows, and columns that are not there as null', () => {
    const encoder = msgpackCodec.encoder({ schema });
    const batch = batchFromRows(schema, [good, { ...good, subs: 6 }], { zone: UTC });
    const columns = new Map([...batch.columns].filter(([path]) => path !== 'note'));
    expect(unpackr.unpack(encoder.encode({ ...batch, columns, selection: Int32Array.of(1) }))).toEqual({
      ...good,
      subs: 6,
    });
  });
});
