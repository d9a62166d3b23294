import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avroCodec } from '../../src/codecs/avro/avro-codec.js';
import type { Codec, Decoder } from '../../src/codecs/codec.js';
import { csvCodec, tsvCodec } from '../../src/codecs/csv/csv-codec.js';
import { msgpackCodec } from '../../src/codecs/msgpack/msgpack-codec.js';
import { ndjsonCodec } from '../../src/codecs/ndjson/ndjson-codec.js';
import type { Batch } from '../../src/records/batch.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { batchFromRows } from '../../src/records/row-batch.js';
import { rowsOf } from '../../src/records/rows.js';
import { UTC } from '../../src/records/time/zone.js';
import type { Row } from '../../src/records/value.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'reading',
    fields: [
      { name: 'node', type: 'string' },
      { name: 'at', type: 'string' },
      { name: 'n', type: 'long' },
      { name: 'x', type: ['null', 'double'], default: null },
      { name: 'ok', type: 'boolean' },
      { name: 'note', type: ['null', 'string'], default: null },
    ],
    freshet: { key: ['node'], time: 'at' },
  },
  'reading',
);
const paths = schema.fields.map(({ name }) => name);

// A nullable text is never empty: TSV has one way to write both an empty text and null.
const row: fc.Arbitrary<Row> = fc.record({
  node: fc.constantFrom('a', 'b c', '"q"', 'x,y', '\u00e9\u{1f600}', 'tab\there', 'line\nbreak', ' ', '\\'),
  at: fc.constantFrom('2017-08-02T02:00:00', '2017-08-02T02:00:00.123456Z', '2017-08-02 04:00:00+02:00', '2017-08-02'),
  n: fc.oneof(fc.integer(), fc.constantFrom(0, 9007199254740993n, -9223372036854775808n)),
  x: fc.oneof(fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true })),
  ok: fc.boolean(),
  note: fc.oneof(fc.constant(null), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })),
});

const codecs: [string, Codec][] = [
  ['ndjson', ndjsonCodec],
  ['avro', avroCodec],
  ['csv', csvCodec],
  ['tsv', tsvCodec],
  ['msgpack', msgpackCodec],
];

function decoderOf(codec: Codec, records = false): Decoder {
  return codec.decoder({ schema, projection: { paths, records }, zone: UTC, source: 'test', partition: 0 });
}

function encode(codec: Codec, batches: readonly (readonly Row[])[]): Buffer {
  const encoder = codec.encoder({ schema });
  const parts = batches.map((rows) => encoder.encode(batchFromRows(schema, [...rows])));
  return Buffer.concat([...parts, encoder.finish()]);
}

/** Feeds bytes in chunks of these sizes and hands over every batch as it comes. */
function feed(decoder: Decoder, bytes: Uint8Array, sizes: readonly number[], each: (batch: Batch) => void): void {
  const drain = (): void => {
    for (let batch = decoder.next(); batch !== undefined; batch = decoder.next()) each(batch);
  };
  for (let from = 0, at = 0; from < bytes.length; at++) {
    const chunk = bytes.subarray(from, from + (sizes[at % sizes.length] ?? 1));
    decoder.space(chunk.length).set(chunk);
    decoder.filled(chunk.length);
    from += chunk.length;
    drain();
  }
  decoder.end();
  drain();
}

function rowsFrom(decoder: Decoder, bytes: Uint8Array, sizes: readonly number[] = [1 << 20]): Row[] {
  const rows: Row[] = [];
  feed(decoder, bytes, sizes, (batch) => {
    expect(batch.rejects ?? []).toEqual([]);
    rows.push(...rowsOf(batch));
  });
  return rows;
}

describe.each(codecs)('the codec contract: %s', (_name, codec) => {
  it.each([
    ['2017-02-30T02:00:00', '2017-02-30 does not exist'],
    ['2017-02-03T25:00:00', '25:00:00 is not a time of the day'],
    ['yesterday', '"yesterday" is not a time such as 2017-08-02T02:00:00'],
  ])('tells in the same words why %s is no time', (at, reason) => {
    const { time: _, ...untimed } = schema;
    const encoder = codec.encoder({ schema: untimed });
    const rows = [{ node: 'a', at, n: 1, x: null, ok: true, note: null }];
    const bytes = Buffer.concat([encoder.encode(batchFromRows(untimed, rows)), encoder.finish()]);
    const reasons: string[] = [];
    feed(decoderOf(codec), bytes, [1 << 20], (batch) => {
      reasons.push(...(batch.rejects ?? []).map((reject) => reject.reason));
    });
    expect(reasons).toEqual([`field at is not a time: ${reason}`]);
  });

  it('what it writes it reads again, whatever the batches and the chunks', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.array(row, { maxLength: 8 }), { maxLength: 4 }), sizes, (batches, chunks) => {
        const decoder = decoderOf(codec);
        const rows = rowsFrom(decoder, encode(codec, batches), chunks);
        decoder.close?.();
        expect(rows).toEqual(batches.flat());
      }),
      { numRuns: 120 },
    );
  });

  it('what was decoded is written again, also with more texts than are prepared for it', () => {
    const starts = ['a', 'b c', '"q"', 'x,y', '\u00e9\u{1f600}', 'tab\there', 'line\nbreak', ' ', '\\'];
    const rows = Array.from({ length: 90_000 }, (_, at): Row => {
      const node = `${starts[at % starts.length]}${(at * 7919) % 70_001}`;
      const note = at % 5 === 0 ? null : `${node}, noted`;
      return { node, at: '2017-08-02', n: at, x: null, ok: true, note };
    });
    const decoder = decoderOf(codec);
    const encoder = codec.encoder({ schema });
    const parts: Uint8Array[] = [];
    feed(decoder, encode(codec, [rows]), [1 << 16], (batch) => parts.push(encoder.encode(batch)));
    decoder.close?.();
    expect(rowsFrom(decoderOf(codec), Buffer.concat([...parts, encoder.finish()]))).toEqual(rows);
  });

  it('bytes come in a column of bytes, which keys and stores count on', () => {
    const binary = parseSchema(
      {
        type: 'record',
        name: 'blob',
        fields: [
          { name: 'mark', type: { type: 'fixed', name: 'Mark', size: 2 } },
          { name: 'body', type: ['null', 'bytes'], default: null },
        ],
      },
      'blob',
    );
    const rows: Row[] = [
      { mark: Uint8Array.of(0, 255), body: Uint8Array.of(34, 92, 128) },
      { mark: Uint8Array.of(10, 13), body: null },
      { mark: Uint8Array.of(97, 98), body: new Uint8Array(0) },
    ];
    const encoder = codec.encoder({ schema: binary });
    const bytes = Buffer.concat([encoder.encode(batchFromRows(binary, rows)), encoder.finish()]);
    const projection = { paths: ['mark', 'body'], records: false };
    const decoder = codec.decoder({ schema: binary, projection, zone: UTC, source: 'test', partition: 0 });
    const read: Row[] = [];
    feed(decoder, bytes, [1 << 20], (batch) => {
      expect([...batch.columns.values()].map(({ kind }) => kind)).toEqual(['bytes', 'bytes']);
      read.push(...rowsOf(batch));
    });
    expect(JSON.stringify(read)).toEqual(JSON.stringify(rows));
  });

  it('a stream without records is none', () => {
    expect(rowsFrom(decoderOf(codec), encode(codec, []))).toEqual([]);
    expect(rowsFrom(decoderOf(codec), new Uint8Array(0))).toEqual([]);
  });

  it('rows that a filter took out are not written', () => {
    const [rows] = fc.sample(fc.array(row, { minLength: 6, maxLength: 6 }), { numRuns: 1, seed: 7 });
    const encoder = codec.encoder({ schema });
    const bytes = encoder.encode({ ...batchFromRows(schema, rows ?? []), selection: Int32Array.of(1, 4) });
    const decoded = rowsFrom(decoderOf(codec), Buffer.concat([bytes, encoder.finish()]));
    expect(decoded).toEqual([rows?.[1], rows?.[4]]);
  });

  it('what it returns is the caller\u2019s to keep', () => {
    const encoder = codec.encoder({ schema });
    const [rows] = fc.sample(fc.array(row, { minLength: 4, maxLength: 4 }), { numRuns: 1, seed: 3 });
    const first = encoder.encode(batchFromRows(schema, rows ?? []));
    const copy = Buffer.from(first);
    encoder.encode(batchFromRows(schema, (rows ?? []).toReversed()));
    expect(Buffer.compare(copy, first)).toBe(0);
  });

  it('a decoder that starts over gives the next stream, counted anew', () => {
    const decoder = decoderOf(codec);
    if (decoder.restart === undefined) return;
    const [a, b] = fc.sample(fc.array(row, { minLength: 3, maxLength: 3 }), { numRuns: 2, seed: 11 });
    expect(rowsFrom(decoder, encode(codec, [a ?? []]))).toEqual(a);
    decoder.restart('another');
    const ordinals: number[] = [];
    const sources = new Set<string>();
    const rows: Row[] = [];
    feed(decoder, encode(codec, [b ?? []]), [7], (batch) => {
      rows.push(...rowsOf(batch));
      sources.add(batch.origin?.source ?? '');
      for (let at = 0; at < batch.length; at++) ordinals.push(batch.origin?.ordinal(at) ?? -1);
    });
    expect(rows).toEqual(b);
    expect([...sources]).toEqual(['another']);
    const fresh = decoderOf(codec);
    const wanted: number[] = [];
    feed(fresh, encode(codec, [b ?? []]), [7], (batch) => {
      for (let at = 0; at < batch.length; at++) wanted.push(batch.origin?.ordinal(at) ?? -1);
    });
    expect(ordinals).toEqual(wanted);
  });

  it('the bytes of records are kept and read back where it says so', () => {
    if (!codec.keepsRecords) return;
    const [rows] = fc.sample(fc.array(row, { minLength: 20, maxLength: 20 }), { numRuns: 1, seed: 5 });
    const reader = codec.recordDecoder?.({ schema, zone: UTC });
    const again: Row[] = [];
    feed(decoderOf(codec, true), encode(codec, [rows ?? []]), [50], (batch) => {
      const kept = batch.origin?.records;
      if (kept === undefined || reader === undefined) throw new Error('records were asked for');
      const total = kept.ends[batch.length - 1] ?? 0;
      const base = kept.starts[0] ?? 0;
      const buffer = new Uint8Array(total - base + 64);
      buffer.set(kept.buffer.subarray(base, total));
      const starts = kept.starts.slice(0, batch.length).map((start) => start - base);
      const ends = kept.ends.slice(0, batch.length).map((end) => end - base);
      again.push(...rowsOf(reader.decode(buffer, starts, ends, batch.length)));
    });
    expect(again).toEqual(rows);
  });
});
