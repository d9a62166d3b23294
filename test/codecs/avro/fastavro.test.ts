import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { avroCodec } from '../../../src/codecs/avro/avro-codec.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { Row } from '../../../src/records/value.js';
import { contextOf, decodeAll } from '../decode-all.js';
import { hasFastavro, moreCodecs, runPython } from './fastavro.js';
import { fileOf, plain } from './files.js';

const json = {
  type: 'record',
  name: 'Everything',
  namespace: 'test.all',
  doc: 'All kinds of types.',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'ts', type: 'string' },
    { name: 'big', type: 'long' },
    { name: 'small', type: 'int' },
    { name: 'single', type: 'float' },
    { name: 'ratio', type: 'double' },
    { name: 'yes', type: 'boolean' },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: ['ON', 'OFF'] } },
    { name: 'raw', type: 'bytes' },
    { name: 'tag', type: { type: 'fixed', name: 'Tag', size: 2 } },
    { name: 'note', type: ['null', 'string'], default: null },
    { name: 'last', type: ['long', 'null'] },
    { name: 'any', type: ['null', 'long', 'string', { type: 'array', items: 'int' }] },
    { name: 'list', type: { type: 'array', items: ['null', 'double'] } },
    { name: 'map', type: { type: 'map', values: 'State' } },
    {
      name: 'inner',
      type: [
        'null',
        {
          type: 'record',
          name: 'Inner',
          fields: [
            { name: 'x', type: 'int' },
            { name: 'more', type: ['null', 'Inner'] },
          ],
        },
      ],
    },
  ],
  freshet: { key: 'id', time: 'ts', tables: { daily: { name: 'everything_daily' } } },
};
const schema = parseSchema(json, 'everything');
const rows: Row[] = [
  {
    id: 'a',
    ts: '2017-08-02T02:00:00',
    big: 2n ** 63n - 1n,
    small: -(2 ** 31),
    single: 0.5,
    ratio: Math.PI,
    yes: true,
    state: 'OFF',
    raw: Uint8Array.of(0, 255, 10),
    tag: Uint8Array.of(1, 2),
    note: null,
    last: 7,
    any: [1, -2, 3],
    list: [1.5, null],
    map: { é: 'ON', 'a b': 'OFF' },
    inner: { x: 1, more: { x: 2, more: null } },
  },
  {
    id: '😀',
    ts: '2017-08-02T02:00:00.123456+02:00',
    big: -(2n ** 63n),
    small: 0,
    single: -2,
    ratio: -0.1,
    yes: false,
    state: 'ON',
    raw: new Uint8Array(0),
    tag: Uint8Array.of(255, 0),
    note: 'x'.repeat(1000),
    last: null,
    any: 'text',
    list: [],
    map: {},
    inner: null,
  },
  {
    id: '',
    ts: '2017-08-02',
    big: 2 ** 53 + 2,
    small: 5,
    single: 1,
    ratio: 1e300,
    yes: true,
    state: 'ON',
    raw: Uint8Array.of(9),
    tag: Uint8Array.of(0, 0),
    note: 'n',
    last: 2 ** 40,
    any: null,
    list: [null],
    map: { z: 'ON' },
    inner: { x: 0, more: null },
  },
];

/** Prints a file's records: bytes as lists of numbers, whole numbers as text where JSON would lose them. */
const PRINT = `
import sys, json, fastavro
def shown(v):
    if isinstance(v, bytes): return {"bytes": list(v)}
    if isinstance(v, int) and not isinstance(v, bool) and abs(v) > 2**53 - 1: return {"long": str(v)}
    if isinstance(v, list): return [shown(x) for x in v]
    if isinstance(v, dict): return {k: shown(x) for k, x in v.items()}
    return v
with open(sys.argv[1], "rb") as f:
    reader = fastavro.reader(f)
    print(json.dumps({"schema": reader.writer_schema, "codec": reader.codec, "records": [shown(r) for r in reader]}))
`;

/** What PRINT makes of a row. */
function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (
    typeof value === 'bigint' ||
    (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(Number(value)) < 2 ** 63)
  )
    return { long: String(value) };
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shown(one)]));
}

/** Writes a file with fastavro: the schema, records and codec are Python. */
function writtenByPython(source: string): Buffer {
  let file = Buffer.alloc(0);
  runPython(`import sys, fastavro\nout = open(sys.argv[1], "wb")\n${source}\nout.close()`, undefined, (path) => {
    file = readFileSync(path);
  });
  return file;
}

describe.skipIf(!hasFastavro())('fastavro', () => {
  const readable = ['null', 'deflate', ...moreCodecs()];
  const writable = readable.filter((codec) => codec !== 'zstandard');

  it.each(writable)('reads what freshet writes with %s', (compression) => {
    const file = fileOf(schema, [rows, rows], { compression: compression as 'null' });
    const read = JSON.parse(runPython(PRINT, file));
    expect(read.codec).toBe(compression);
    expect(read.records).toEqual([...rows, ...rows].map(shown));
    expect(read.schema.freshet).toEqual({
      key: ['id'],
      time: { field: 'ts', unit: 'iso' },
      tables: { daily: { name: 'everything_daily' } },
    });
  });

  it.each(readable)('writes with %s what freshet reads', (codec) => {
    const file = writtenByPython(`
schema = fastavro.parse_schema(${JSON.stringify(JSON.stringify(json))} and __import__("json").loads(${JSON.stringify(JSON.stringify(json))}))
rows = [
  dict(id="a", ts="2017-08-02T02:00:00", big=2**63-1, small=-2**31, single=0.5, ratio=3.141592653589793, yes=True, state="OFF", raw=bytes([0,255,10]), tag=bytes([1,2]), note=None, last=7, any=[1,-2,3], list=[1.5,None], map={"é":"ON","a b":"OFF"}, inner={"x":1,"more":{"x":2,"more":None}}),
  dict(id="\\U0001F600", ts="2017-08-02T02:00:00.123456+02:00", big=-2**63, small=0, single=-2, ratio=-0.1, yes=False, state="ON", raw=b"", tag=bytes([255,0]), note="x"*1000, last=None, any="text", list=[], map={}, inner=None),
]
fastavro.writer(out, schema, rows * 100, codec="${codec}", sync_interval=500)`);
    const decoded = decodeAll(avroCodec, contextOf(schema), file, [1000]);
    expect(decoded.rejects).toEqual([]);
    expect(decoded.rows).toHaveLength(200);
    expect(plain(decoded.rows.slice(0, 2))).toEqual(plain(rows.slice(0, 2)));
    expect(plain(decoded.rows.slice(198))).toEqual(plain(rows.slice(0, 2)));
  });

  it('writes with an older schema what freshet reads with a newer one', () => {
    const file = writtenByPython(`
schema = fastavro.parse_schema({"type": "record", "name": "yt", "fields": [
  {"name": "subs", "type": "int"}, {"name": "old", "type": {"type": "array", "items": "string"}},
  {"name": "yt_channel_id", "type": "bytes"}, {"name": "harvest_ts", "type": ["null", "string"]}]})
fastavro.writer(out, schema, [
  {"subs": 5, "old": ["a", "b"], "yt_channel_id": b"one", "harvest_ts": "2017-08-02T02:00:00"},
  {"subs": 6, "old": [], "yt_channel_id": b"\\xff", "harvest_ts": "2017-08-02T02:00:00"},
  {"subs": 7, "old": [], "yt_channel_id": b"two", "harvest_ts": None},
  {"subs": 8, "old": [], "yt_channel_id": b"three", "harvest_ts": "2017-08-03"}])`);
    const yt = parseSchema(
      {
        type: 'record',
        name: 'yt',
        fields: [
          { name: 'yt_channel_id', type: 'string' },
          { name: 'harvest_ts', type: 'string' },
          { name: 'subs', type: 'long' },
          { name: 'views', type: 'double', default: 0.5 },
        ],
        freshet: { key: 'yt_channel_id', time: 'harvest_ts' },
      },
      'yt',
    );
    const { rows: read, rejects, ordinals } = decodeAll(avroCodec, contextOf(yt), file);
    expect(read).toEqual([
      { yt_channel_id: 'one', harvest_ts: '2017-08-02T02:00:00', subs: 5, views: 0.5 },
      { yt_channel_id: 'three', harvest_ts: '2017-08-03', subs: 8, views: 0.5 },
    ]);
    expect(ordinals).toEqual([1, 4]);
    expect(rejects.map(({ reason, at }) => `${at}: ${reason}`)).toEqual([
      'record 2: field yt_channel_id is not valid UTF-8',
      'record 3: field harvest_ts is null, which the schema does not allow',
    ]);
  });

  it('reads with a newer schema what freshet writes', () => {
    const program = PRINT.replace(
      'fastavro.reader(f)',
      'fastavro.reader(f, reader_schema=fastavro.parse_schema({"type": "record", "name": "test.all.Everything", "fields": [{"name": "ratio", "type": "double"}, {"name": "small", "type": "long"}, {"name": "new", "type": "string", "default": "x"}]}))',
    );
    expect(JSON.parse(runPython(program, fileOf(schema, [rows]))).records[0]).toEqual({
      ratio: Math.PI,
      small: -(2 ** 31),
      new: 'x',
    });
  });

  it('reads a file that freshet has appended to', async () => {
    const { appendingEncoder } = await import('../../../src/codecs/avro/appending-encoder.js');
    const { batchFromRows } = await import('../../../src/records/row-batch.js');
    const file = writtenByPython(`
schema = fastavro.parse_schema(__import__("json").loads(${JSON.stringify(JSON.stringify({ ...json, fields: json.fields.slice(0, 3) }))}))
fastavro.writer(out, schema, [dict(id="first", ts="2017-08-02", big=1)], codec="deflate")`);
    const small = parseSchema({ ...json, fields: json.fields.slice(0, 3) }, 'small');
    const existing = {
      name: 'file',
      size: file.length,
      read: (from: number, size: number) => file.subarray(from, from + size),
    };
    const encoder = appendingEncoder({ schema: small }, existing);
    const added = encoder.encode(batchFromRows(small, [{ id: 'second', ts: '2017-08-03', big: 2 }]));
    const read = JSON.parse(runPython(PRINT, Buffer.concat([file, added, encoder.finish()])));
    expect(read.records.map(({ id }: Row) => id)).toEqual(['first', 'second']);
  });
});
