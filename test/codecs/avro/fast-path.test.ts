import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BlockReader,
  type BlockReaderOptions,
  GeneralBlockReader,
} from '../../../src/codecs/avro/block-reader.js';
import { blockReader } from '../../../src/codecs/avro/flat-block-reader.js';
import { parseWireType } from '../../../src/codecs/avro/wire-type.js';
import { writeValue } from '../../../src/codecs/avro/write-value.js';
import { ByteWriter } from '../../../src/codecs/byte-writer.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { rowsOf } from '../../../src/records/rows.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { zoneOf } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';

const ROWS = 16;
const zone = zoneOf('Europe/Berlin');

const inner = {
  type: 'record',
  name: 'In',
  fields: [
    { name: 'x', type: ['null', 'long'] },
    { name: 'y', type: 'string' },
  ],
};
const written = {
  type: 'record',
  name: 'flat',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'ts', type: 'string' },
    { name: 'count', type: 'long' },
    { name: 'small', type: 'int' },
    { name: 'single', type: 'float' },
    { name: 'ratio', type: 'double' },
    { name: 'yes', type: 'boolean' },
    { name: 'state', type: { type: 'enum', name: 'S', symbols: ['A', 'B', 'C'] } },
    { name: 'note', type: ['null', 'string'] },
    { name: 'late', type: ['double', 'null'] },
    { name: 'raw', type: 'bytes' },
    { name: 'tag', type: { type: 'fixed', name: 'F', size: 3 } },
    { name: 'in', type: inner },
    { name: 'maybe', type: ['null', { ...inner, name: 'In2' }] },
    { name: 'gone', type: 'string' },
  ],
};
/** Fewer fields in another order, some of them promoted, one that is new. */
const read = {
  type: 'record',
  name: 'flat',
  fields: [
    { name: 'ts', type: 'string' },
    { name: 'new', type: ['null', 'string'], default: null },
    { name: 'preset', type: 'long', default: 7 },
    { name: 'id', type: ['null', 'string'] },
    { name: 'count', type: 'long' },
    { name: 'small', type: 'double' },
    { name: 'single', type: ['double', 'null'] },
    { name: 'ratio', type: 'double' },
    { name: 'yes', type: 'boolean' },
    { name: 'state', type: { type: 'enum', name: 'S', symbols: ['C', 'A'] } },
    { name: 'note', type: ['string', 'null'] },
    { name: 'late', type: 'double' },
    { name: 'in', type: inner },
    { name: 'maybe', type: ['null', { ...inner, name: 'In2' }] },
  ],
  freshet: { key: 'id', time: 'ts' },
};
const PATHS = [
  'id',
  'ts',
  'new',
  'preset',
  'count',
  'small',
  'single',
  'ratio',
  'yes',
  'state',
  'note',
  'late',
  'in.x',
  'in.y',
  'maybe.x',
  'maybe.y',
];

const texts = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constant('z'.repeat(200)),
);
const times = fc.oneof(
  fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom(
    '2017-08-02T02:00:00',
    '2017-08-02',
    '2017-03-26T02:30:00',
    '2017-08-02 02:00:00.123456789+02:00',
    '2017-02-30',
    '',
    'now',
  ),
);
const longs = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.integer({ min: 2 - 2 ** 53, max: 2 ** 53 - 2 }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const inners = fc.record({ x: fc.option(longs, { nil: null }), y: texts });
const rows = fc.array(
  fc.record({
    id: texts,
    ts: times,
    count: longs,
    small: fc.integer(),
    single: fc.float(),
    ratio: fc.double(),
    yes: fc.boolean(),
    state: fc.constantFrom('A', 'C', 'C', 'A', 'B'),
    note: fc.option(texts, { nil: null }),
    late: fc.option(fc.double(), { nil: null, freq: 10 }),
    raw: fc.uint8Array({ maxLength: 150 }),
    tag: fc.uint8Array({ minLength: 3, maxLength: 3 }),
    in: inners,
    maybe: fc.option(inners, { nil: null }),
    gone: texts,
  }),
  { maxLength: 40 },
);

function bytesOf(schema: RecordSchema, records: readonly Row[]): Uint8Array {
  const out = new ByteWriter(64);
  for (const record of records) writeValue(out, { kind: 'record', name: 'r', fields: schema.fields }, record);
  return out.take();
}

/** Everything that a reader makes of a block: rows, refused records, what could not be followed. */
function everything(reader: BlockReader, block: Uint8Array, count: number): unknown[] {
  const seen: unknown[] = [];
  let left = count;
  reader.begin();
  reader.load(block);
  while (left > 0) {
    const { rows, refused, malformed } = reader.read(Math.min(left, ROWS), 0);
    const batch = { schema, length: rows, columns: reader.columns(rows) };
    seen.push(...rowsOf(batch));
    left -= rows;
    if (refused !== undefined) {
      seen.push({ refused: refused.reason, raw: Buffer.from(refused.raw).toString('latin1') });
      left--;
    }
    if (malformed !== undefined) {
      seen.push({ malformed });
      break;
    }
    reader.begin();
  }
  const rest = reader.takeRest();
  if (rest.bytes.length > 0) seen.push({ rest: Buffer.from(rest.bytes).toString('latin1'), offset: rest.offset });
  return seen;
}

const writer = parseSchema(written, 'written');
const schema = parseSchema(read, 'read');
const wire = parseWireType(written, 'test');

function readers(paths: readonly string[]): [fast: BlockReader, general: BlockReader] {
  const options: BlockReaderOptions = { schema, paths, zone, rows: ROWS, records: false, source: 'test' };
  return [blockReader(wire, options), new GeneralBlockReader(wire, options)];
}

describe('the fast path', () => {
  const all = readers(PATHS);
  const none = readers([]);
  const some = readers(['in.y', 'count']);

  it('is taken for flat records', () => {
    for (const [fast] of [all, none, some]) expect(fast).not.toBeInstanceOf(GeneralBlockReader);
    const nested = { schema, paths: ['in'], zone, rows: ROWS, records: false, source: 'test' };
    expect(blockReader(wire, nested)).toBeInstanceOf(GeneralBlockReader);
  });

  it('gives what the general path gives', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(all, none, some), (records, [fast, general]) => {
        const block = bytesOf(writer, records as Row[]);
        expect(everything(fast, block, records.length)).toEqual(everything(general, block, records.length));
      }),
      { numRuns: 300 },
    );
  });

  it('gives what the general path gives of damaged bytes, too', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(rows, damage, fc.nat({ max: 30 }), (records, faults, cut) => {
        const block = bytesOf(writer, records as Row[]);
        for (const [at, byte] of faults) if (block.length > 0) block[at % block.length] = byte;
        const shorter = block.subarray(0, Math.max(0, block.length - cut));
        const [fast, general] = all;
        expect(everything(fast, shorter, records.length)).toEqual(everything(general, shorter, records.length));
      }),
      { numRuns: 300 },
    );
  });

  it('takes numbers that are written longer than they need be', () => {
    const padded = parseWireType(
      {
        type: 'record',
        name: 'r',
        fields: [
          { name: 'count', type: 'long' },
          { name: 'note', type: ['string', 'null'] },
        ],
      },
      'test',
    );
    const small = parseSchema(
      {
        type: 'record',
        name: 'r',
        fields: [
          { name: 'count', type: 'long' },
          { name: 'note', type: ['string', 'null'] },
        ],
      },
      'r',
    );
    const options = { schema: small, paths: ['count', 'note'], zone, rows: ROWS, records: false, source: 'test' };
    const block = Uint8Array.of(0x8a, 0x80, 0x80, 0x80, 0x00, 0x82, 0x00, 0x8a, 0x00, 0x80, 0x00, 0x82, 0x00, 65);
    const expected = [
      { count: 5, note: null },
      { count: 5, note: 'A' },
    ];
    for (const reader of [blockReader(padded, options), new GeneralBlockReader(padded, options)]) {
      expect(everything(reader, block, 2)).toEqual(expected);
    }
  });

  it.each(['d', 's', 'ms', 'us', 'ns'])('reads times in %s as the general path does', (unit) => {
    const timed = { type: 'record', name: 'r', fields: [{ name: 'ts', type: ['null', 'long'] }] };
    const own = parseSchema({ ...timed, freshet: { time: { field: 'ts', unit } } }, 'r');
    const options = { schema: own, paths: ['ts'], zone, rows: ROWS, records: false, source: 'test' };
    const type = parseWireType(timed, 'test');
    const [fast, general] = [blockReader(type, options), new GeneralBlockReader(type, options)];
    const instant = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    const perMilli = { d: 1 / 86_400_000, s: 1e-3, ms: 1, us: 1e3, ns: 1e6 }[unit] ?? 1;
    const value = fc.oneof(
      longs,
      instant.map((date) => BigInt(Math.round(date.getTime() * perMilli))),
    );
    fc.assert(
      fc.property(fc.array(fc.option(value, { nil: null }), { maxLength: 30 }), (values) => {
        const block = bytesOf(
          own,
          values.map((ts) => ({ ts })),
        );
        expect(everything(fast, block, values.length)).toEqual(everything(general, block, values.length));
      }),
      { numRuns: 300 },
    );
  });
});
