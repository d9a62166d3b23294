import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avroCodec } from '../../../src/codecs/avro/avro-codec.js';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { Row } from '../../../src/records/value.js';
import { contextOf, type Decoded, decodeAll } from '../decode-all.js';
import { fileOf } from './files.js';

const schema = parseSchema(
  {
    type: 'record',
    name: 'yt',
    fields: [
      { name: 'yt_channel_id', type: 'string' },
      { name: 'harvest_ts', type: 'string' },
      { name: 'subs', type: 'long' },
    ],
    freshet: { key: 'yt_channel_id', time: 'harvest_ts' },
  },
  'yt',
);
const row = (subs: number): Row => ({ yt_channel_id: `c${subs}`, harvest_ts: '2017-08-02T02:00:00', subs });
const decode = (bytes: Uint8Array, sizes?: number[]): Decoded => decodeAll(avroCodec, contextOf(schema), bytes, sizes);
const subs = ({ rows }: Decoded): unknown[] => rows.map((one) => one.subs);

const file = fileOf(schema, [[row(1), row(2)], [row(3)], [row(4)]]);
const header = fileOf(schema, []);
const sync = header.subarray(-16);
/** A block of raw bytes that says to hold so many records. */
const block = (count: number, data: Uint8Array): Buffer => {
  expect(data.length).toBeLessThan(64);
  return Buffer.concat([Buffer.of(count * 2, data.length * 2), data, sync]);
};
/** One record's bytes. */
const record = (channel: string | Uint8Array, ts: string, count: number): Buffer => {
  const id = Buffer.from(channel);
  return Buffer.concat([Buffer.of(id.length * 2), id, Buffer.of(ts.length * 2), Buffer.from(ts), Buffer.of(count * 2)]);
};
const good = (count: number): Buffer => record('c', '2017-08-02', count);

describe('an Avro file that is damaged', () => {
  it('gives everything before a cut, then one last reject', () => {
    const whole = [header.length, ...[1, 2, 3].map((n) => blockEnd(n))];
    for (let cut = 1; cut < file.length; cut++) {
      const decoded = decode(file.subarray(0, cut));
      const complete = whole.filter((end) => end <= cut);
      expect(subs(decoded)).toEqual([1, 2, 3, 4].slice(0, [0, 0, 2, 3, 4][complete.length]));
      const from = complete.at(-1) ?? 0;
      if (from === cut) expect(decoded.rejects).toEqual([]);
      else {
        expect(decoded.rejects).toHaveLength(1);
        const [reject] = decoded.rejects;
        expect(reject?.at).toBe(`position ${from}`);
        expect(reject?.raw).toBe(file.toString('latin1', from, cut));
        expect(reject?.reason).toContain('the file ends inside of ');
      }
    }
  });

  it('says how much of a cut block is missing', () => {
    expect(decode(file.subarray(0, -20)).rejects[0]?.reason).toBe(
      'the file ends inside of a block: 20 bytes of it are missing',
    );
  });

  it('is empty, which is nothing', () => {
    expect(decode(new Uint8Array(0))).toMatchObject({ rows: [], rejects: [] });
    expect(decode(header)).toMatchObject({ rows: [], rejects: [] });
  });

  it('goes on behind the next sync marker where a block is damaged', () => {
    const [first, second] = [blockEnd(1), blockEnd(2)];
    const damages: [string, (bytes: Buffer) => void, string][] = [
      ['its marker', (bytes) => bytes.fill(0, second - 16, second), 'a block does not end in the sync marker'],
      ['its size', (bytes) => bytes.writeUInt8(0x7f, first + 1), "a block can't be of 1 records in -64 bytes"],
      [
        'its size, a little',
        (bytes) => bytes.writeUInt8(bytes[first + 1] - 2, first + 1),
        'a block does not end in the sync marker',
      ],
      ['its count', (bytes) => bytes.writeUInt8(1, first), "a block can't be of -1 records in"],
    ];
    for (const [, damage, reason] of damages) {
      const bytes = Buffer.from(file);
      damage(bytes);
      const decoded = decode(bytes);
      expect(subs(decoded)[0]).toBe(1);
      expect(decoded.rejects.map((reject) => reject.reason).join()).toContain(reason);
      // Nothing is lost in silence: what is not a row lies in the rejects.
      expect(decoded.rejects.map(({ raw }) => raw).join('')).toContain('c3');
    }
  });

  it('takes bytes that stand where a block should for lost', () => {
    const bytes = Buffer.concat([
      file.subarray(0, blockEnd(1)),
      Buffer.from('no block at all '),
      sync,
      file.subarray(blockEnd(1)),
    ]);
    const decoded = decode(bytes);
    expect(subs(decoded)).toEqual([1, 2, 3, 4]);
    expect(decoded.rejects).toHaveLength(1);
    expect(decoded.rejects[0]).toMatchObject({
      at: `position ${blockEnd(1)}`,
      raw: `no block at all ${sync.toString('latin1')}`,
    });
  });

  it.each<[string, Uint8Array, string]>([
    [
      'a text that is not UTF-8',
      record(Uint8Array.of(65, 0xff), '2017-08-02', 2),
      'field yt_channel_id is not valid UTF-8',
    ],
    [
      'a time that does not exist',
      record('c', '2017-02-30', 2),
      'field harvest_ts is not a time: 2017-02-30 does not exist',
    ],
  ])('refuses only the record with %s', (_, bad, reason) => {
    const bytes = Buffer.concat([header, block(3, Buffer.concat([good(1), bad, good(3)])), block(1, good(4))]);
    const decoded = decode(bytes);
    expect(subs(decoded)).toEqual([1, 3, 4]);
    expect(decoded.ordinals).toEqual([1, 3, 4]);
    expect(decoded.rejects).toEqual([{ reason, at: 'record 2', raw: Buffer.from(bad).toString('latin1') }]);
  });

  it('gives up a block where a record can’t be followed, and reads the next', () => {
    const bad = Buffer.of(0x7e, 1, 2, 3);
    const bytes = Buffer.concat([header, block(4, Buffer.concat([good(1), bad])), block(1, good(5))]);
    const decoded = decode(bytes);
    expect(subs(decoded)).toEqual([1, 5]);
    expect(decoded.ordinals).toEqual([1, 5]);
    const position = header.length + 2 + good(1).length;
    expect(decoded.rejects).toEqual([
      {
        reason: "record 2 can't be read: 63 bytes can't be there, nor can the 2 behind it in its block",
        at: `position ${position}`,
        raw: bad.toString('latin1'),
      },
    ]);
  });

  it('tells of bytes that no record of a block takes', () => {
    const decoded = decode(
      Buffer.concat([header, block(1, Buffer.concat([good(1), Buffer.from('rest')])), block(1, good(2))]),
    );
    expect(subs(decoded)).toEqual([1, 2]);
    expect(decoded.rejects).toMatchObject([{ reason: 'a block holds more bytes than its records take', raw: 'rest' }]);
  });

  it('finds damage in compressed blocks', () => {
    for (const compression of ['deflate', 'snappy'] as const) {
      const packed = fileOf(schema, [[row(1)], [row(2)], [row(3)]], { compression });
      const marker = packed.subarray(-16);
      const start = packed.indexOf(marker, packed.indexOf(marker) + 1) + 16;
      const bytes = Buffer.from(packed);
      bytes.fill(0xff, start + 4, start + 12);
      const decoded = decode(bytes);
      expect(subs(decoded)).toEqual([1, 3]);
      expect(decoded.rejects).toHaveLength(1);
      expect(decoded.rejects[0]?.reason).toContain("a block can't be decompressed: ");
      expect(decoded.rejects[0]?.at).toBe(`position ${start}`);
    }
  });

  it('checks snappy’s checksum', () => {
    const bytes = fileOf(schema, [[row(1)]], { compression: 'snappy' });
    bytes[bytes.length - 17] ^= 1;
    expect(decode(bytes).rejects[0]?.reason).toBe("a block can't be decompressed: its checksum is wrong");
  });

  it('gives the same rows and rejects however it comes in chunks', () => {
    const bytes = Buffer.concat([
      file,
      file,
      header,
      block(3, Buffer.concat([good(1), record('c', 'never', 2), good(3)])),
      file,
    ]);
    const damage = fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), { maxLength: 3 });
    fc.assert(
      fc.property(
        damage,
        fc.nat({ max: bytes.length }),
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }),
        (faults, cut, sizes) => {
          const broken = Buffer.from(bytes.subarray(0, cut));
          // The header stays: without it there is nothing to read.
          for (const [at, byte] of faults) if (at >= header.length && at < cut) broken[at] = byte;
          const results = [[1 << 20], sizes].map((chunks) => {
            try {
              return decode(broken, chunks);
            } catch (error) {
              return String(error);
            }
          });
          expect(results[1]).toEqual(results[0]);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('Avro files one behind the other', () => {
  it('are read as one stream, each with its own schema', () => {
    const other = parseSchema(
      {
        type: 'record',
        name: 'yt',
        fields: [
          { name: 'subs', type: 'int' },
          { name: 'harvest_ts', type: 'string' },
          { name: 'yt_channel_id', type: 'string' },
        ],
      },
      'other',
    );
    const decoded = decode(Buffer.concat([file, fileOf(other, [[row(9)]], { compression: 'deflate' }), file]));
    expect(subs(decoded)).toEqual([1, 2, 3, 4, 9, 1, 2, 3, 4]);
    expect(decoded.ordinals).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(decoded.rejects).toEqual([]);
  });
});

describe('what is no Avro file', () => {
  it.each<[string, Uint8Array, string]>([
    ['text', Buffer.from('{"a":1}\n'), 'test is not an Avro object container file'],
    [
      'another compression',
      Buffer.from(header.toString('latin1').replace('\x08null', '\x04xz'), 'latin1'),
      'test is compressed with xz, which freshet does not read',
    ],
    [
      'a schema that is no JSON',
      Buffer.from(header.toString('latin1').replace('{"type"', '{"type('), 'latin1'),
      'The Avro header of test is damaged: its schema is not JSON',
    ],
    [
      'a schema that is no Avro',
      Buffer.from(header.toString('latin1').replace('"long"', '"lung"'), 'latin1'),
      'test carries a schema that is not Avro: there is no type lung',
    ],
  ])('%s is an error that says so', (_, bytes, message) => {
    expect(() => decode(bytes)).toThrow(message);
  });

  it('is no deflate bomb', () => {
    const zeros = deflateRawSync(Buffer.alloc(130 * 1024 * 1024));
    const packed = fileOf(schema, [], { compression: 'deflate' });
    const size = zeros.length * 2;
    const varint = [(size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, ((size >> 14) & 0x7f) | 0x80, size >> 21];
    const decoded = decode(Buffer.concat([packed, Buffer.of(2, ...varint), zeros, packed.subarray(-16)]));
    expect(decoded.rejects[0]?.reason).toContain("a block can't be decompressed: ");
  });
});

/** Where the nth block of `file` ends. */
function blockEnd(n: number): number {
  let end = header.length;
  for (let at = 0; at < n; at++) end = file.indexOf(sync, end) + 16;
  return end;
}
