import { describe, expect, it } from 'vitest';
import { appendingEncoder } from '../../../src/codecs/avro/appending-encoder.js';
import { avroCodec } from '../../../src/codecs/avro/avro-codec.js';
import { readAvroHeader } from '../../../src/codecs/avro/header.js';
import type { ExistingFile } from '../../../src/codecs/codec.js';
import type { Batch } from '../../../src/records/batch.js';
import { deriveRollup } from '../../../src/records/derive.js';
import { UsageError } from '../../../src/records/errors.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { batchFromRows } from '../../../src/records/row-batch.js';
import { zoneOf } from '../../../src/records/time/zone.js';
import type { Row } from '../../../src/records/value.js';
import { contextOf, decodeAll } from '../decode-all.js';
import { fileOf, readByAvsc } from './files.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'yt',
    namespace: 'origin.two',
    fields: [
      { name: 'yt_channel_id', type: 'string' },
      { name: 'harvest_ts', type: 'string' },
      { name: 'subs', type: 'long' },
    ],
    freshet: { key: 'yt_channel_id', time: 'harvest_ts' },
  },
  'yt',
);
const row = (subs: number, harvest_ts = '2017-08-02T02:00:00'): Row => ({
  yt_channel_id: `c${subs % 7}`,
  harvest_ts,
  subs,
});
const blocksIn = (file: Uint8Array): number => {
  const sync = file.subarray(-16);
  let count = -1;
  for (let at = Buffer.from(file).indexOf(sync); at >= 0; at = Buffer.from(file).indexOf(sync, at + 16)) count++;
  return count;
};

const existing = (file: Uint8Array): ExistingFile => ({
  name: 'old.avro',
  size: file.length,
  read: (from, length) => file.subarray(from, from + length),
});

describe('the Avro encoder', () => {
  it('writes the annotated schema, which can be read back', () => {
    const daily = deriveRollup(schema, 'daily');
    const file = fileOf(daily, [[{ ...row(1), date: '2017-08-02' }]], { compression: 'snappy' });
    const header = readAvroHeader(file);
    expect(header?.schema).toEqual(daily);
    expect(header?.codec).toBe('snappy');
    expect(header?.length).toBe(fileOf(daily, [], { compression: 'snappy' }).length);
  });

  it('reads a header only once all of it is there', () => {
    const file = fileOf(schema, []);
    for (let end = 0; end < file.length; end++) expect(readAvroHeader(file.subarray(0, end))).toBeUndefined();
    expect(readAvroHeader(file)?.schema).toEqual(schema);
  });

  it('writes the same bytes for the same rows', () => {
    expect(fileOf(schema, [[row(1)]])).toEqual(fileOf(schema, [[row(1)]]));
    expect(fileOf(schema, [])).not.toEqual(fileOf(schema, [], { compression: 'deflate' }));
  });

  it('keeps no row back: each batch ends a block, and long ones have several', async () => {
    const rows = Array.from({ length: 10_000 }, (_, at) => row(at));
    const encoder = avroCodec.encoder({ schema });
    const one = encoder.encode(batchFromRows(schema, rows.slice(0, 1)));
    expect(await readByAvsc(one)).toHaveLength(1);
    const file = Buffer.concat([one, encoder.encode(batchFromRows(schema, rows)), encoder.finish()]);
    expect(blocksIn(file)).toBeGreaterThan(4);
    expect(await readByAvsc(file)).toHaveLength(10_001);
    expect(encoder.finish()).toHaveLength(0);
  });

  it('writes a header alone where there are no rows', () => {
    expect(avroCodec.encoder({ schema }).finish().length).toBeGreaterThan(100);
    expect(decodeAll(avroCodec, contextOf(schema), fileOf(schema, [])).rows).toEqual([]);
  });

  it('writes the selected rows only', () => {
    const batch: Batch = { ...batchFromRows(schema, [row(1), row(2), row(3)]), selection: Int32Array.of(0, 2) };
    const file = avroCodec.encoder({ schema }).encode(batch);
    expect(decodeAll(avroCodec, contextOf(schema), file).rows.map(({ subs }) => subs)).toEqual([1, 3]);
  });

  it('writes times as they came', () => {
    const times = [
      '2017-08-02',
      '2017-08-02T02:00',
      '2017-08-02 02:00:00.120+02:00',
      '2017-03-26T02:30:00',
      '2017-08-02T02:00:00Z',
    ];
    const zone = zoneOf('Europe/Berlin');
    const encoder = avroCodec.encoder({ schema });
    const file = encoder.encode(
      batchFromRows(
        schema,
        times.map((ts, at) => row(at, ts)),
        { zone },
      ),
    );
    expect(decodeAll(avroCodec, contextOf(schema), file).rows.map(({ harvest_ts }) => harvest_ts)).toEqual(times);
  });

  it('adds to a file of the same layout, whoever wrote it', async () => {
    const other = parseSchema(
      JSON.parse(
        JSON.stringify({
          type: 'record',
          name: 'someone_else',
          fields: [
            { name: 'yt_channel_id', type: 'string' },
            { name: 'harvest_ts', type: 'string' },
            { name: 'subs', type: 'long' },
          ],
        }),
      ),
      'other',
    );
    const file = fileOf(other, [[row(1)]], { compression: 'deflate' });
    const encoder = appendingEncoder({ schema }, existing(file));
    const longer = Buffer.concat([file, encoder.encode(batchFromRows(schema, [row(2)])), encoder.finish()]);
    expect(await readByAvsc(longer)).toMatchObject([{ subs: 1 }, { subs: 2 }]);
  });

  it('refuses to add to a file of another schema, or to a part of one', () => {
    const other = parseSchema({ type: 'record', name: 'yt', fields: [{ name: 'subs', type: 'long' }] }, 'other');
    const file = fileOf(other, []);
    expect(() => appendingEncoder({ schema }, existing(file))).toThrow(UsageError);
    expect(() => appendingEncoder({ schema }, existing(file))).toThrow(
      'old.avro holds records of another schema than yt',
    );
    expect(() => appendingEncoder({ schema }, existing(file.subarray(0, 50)))).toThrow(
      'ends inside of its Avro header',
    );
    expect(() => appendingEncoder({ schema }, existing(Buffer.from('{"a":1}\n')))).toThrow('old.avro is no Avro file');
  });

  it('refuses to add behind a cut, and in another compression', () => {
    const file = fileOf(schema, [[row(1)], [row(2)]], { compression: 'deflate' });
    const header = fileOf(schema, [], { compression: 'deflate' }).length;
    for (let length = header + 1; length < file.length; length++) {
      const cut = file.subarray(0, length);
      if (cut.subarray(-16).equals(file.subarray(-16))) continue;
      expect(() => appendingEncoder({ schema }, existing(cut))).toThrow('does not end with a whole block');
    }
    expect(() => appendingEncoder({ schema, compression: 'snappy' }, existing(file))).toThrow(
      "old.avro is compressed with deflate, and what is added to it can't be otherwise",
    );
  });

  it('adds to a file of nothing but a header, however long that is', async () => {
    const wordy = { ...schema, doc: 'x'.repeat(200_000) };
    const file = fileOf(wordy, []);
    const encoder = appendingEncoder({ schema }, existing(file));
    const longer = Buffer.concat([file, encoder.encode(batchFromRows(schema, [row(2)])), encoder.finish()]);
    expect(await readByAvsc(longer)).toMatchObject([{ subs: 2 }]);
  });
});

describe('records that a batch carries', () => {
  const decoder = () => avroCodec.recordDecoder?.({ schema, zone: zoneOf('UTC') });

  it.each(['null', 'deflate'] as const)('are read back, all their fields (%s)', (compression) => {
    const rows = [row(1), row(2), row(3)];
    const file = fileOf(schema, [rows.slice(0, 2), rows.slice(2)], { compression });
    const { records } = decodeAll(avroCodec, contextOf(schema, { records: true, paths: ['subs'] }), file, [50]);
    expect(readBack(records)).toEqual(rows);
  });

  it('have the layout of the reader’s schema where the writer had another', () => {
    const old = parseSchema(
      {
        type: 'record',
        name: 'yt',
        fields: [
          { name: 'subs', type: 'int' },
          { name: 'gone', type: 'string' },
          { name: 'yt_channel_id', type: ['null', 'string'] },
          { name: 'harvest_ts', type: 'string' },
        ],
      },
      'old',
    );
    const rows = [row(1), row(2)];
    const file = fileOf(old, [
      rows.map((one) => ({ ...one, gone: 'x' })),
      [{ ...row(3), yt_channel_id: null, gone: '' }],
    ]);
    const { records, rejects } = decodeAll(avroCodec, contextOf(schema, { records: true, paths: [] }), file);
    expect(readBack(records)).toEqual(rows);
    expect(rejects).toHaveLength(1);
    expect(records[0]).toEqual(Buffer.from(fileOf(schema, [[row(1)]])).subarray(-16 - (records[0]?.length ?? 0), -16));
  });

  function readBack(records: readonly Buffer[]): unknown[] {
    const buffer = new Uint8Array(Buffer.concat(records));
    const ends = Int32Array.from(records, (_, at) =>
      records.slice(0, at + 1).reduce((sum, { length }) => sum + length, 0),
    );
    const starts = ends.map((end, at) => end - (records[at]?.length ?? 0));
    const batch = decoder()?.decode(buffer, starts, ends, records.length);
    if (batch === undefined) throw new Error('no record decoder');
    return decodeAll(avroCodec, contextOf(schema), avroCodec.encoder({ schema }).encode(batch)).rows;
  }
});

describe('several files with one decoder', () => {
  it('go on with the same dictionaries', () => {
    const decoder = avroCodec.decoder(contextOf(schema));
    const feed = (file: Uint8Array): Batch => {
      decoder.space(file.length).set(file);
      decoder.filled(file.length);
      decoder.end();
      const batch = decoder.next();
      if (batch === undefined) throw new Error('no batch');
      return batch;
    };
    const first = feed(fileOf(schema, [[row(1)]])).columns.get('yt_channel_id');
    expect(decoder.next()).toBeUndefined();
    decoder.restart?.('second');
    const batch = feed(fileOf(schema, [[row(2), row(1)]]));
    const second = batch.columns.get('yt_channel_id');
    expect(batch.origin?.source).toBe('second');
    expect(batch.origin?.ordinal(0)).toBe(1);
    if (first?.kind !== 'dictionary' || second?.kind !== 'dictionary') throw new Error('no dictionaries');
    expect(second.dictionary).toBe(first.dictionary);
    expect([...second.ids.subarray(0, 2)]).toEqual([1, 0]);
  });
});
