import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { compress, init } from '@bokuweb/zstd-wasm';
import fc from 'fast-check';
import lz4 from 'lz4-napi';
import snappy from 'snappy';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Compression } from '../../../src/endpoints/kafka/records/compression-names.js';
import { decompressRecords } from '../../../src/endpoints/kafka/records/decompress-records.js';
import { kernel } from '../../../src/kernel/kernel.js';

const bytes = fc
  .tuple(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 2000 }))
  .map(([some, times]) => Buffer.concat(Array.from({ length: times }, () => some)));

/** snappy-java's SnappyOutputStream: its header, and blocks of 32 KB behind their lengths. */
function xerial(input: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1])];
  for (let at = 0; at < input.length; at += 32_768) {
    const block = Buffer.from(snappy.compressSync(input.subarray(at, at + 32_768)));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

interface FrameOptions {
  /** Bytes of a block, and the number of their limit in the frame's header. */
  readonly size: number;
  readonly kind: 4 | 5 | 6 | 7;
  readonly isChecked: boolean;
  readonly saysSize: boolean;
}

/** An LZ4 frame: blocks that do not get smaller are left as they are. */
function lz4Frame(input: Buffer, { size, kind, isChecked, saysSize }: FrameOptions): Buffer {
  const checksum = Buffer.alloc(isChecked ? 4 : 0, 'x');
  const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x40 + (isChecked ? 0x14 : 0) + (saysSize ? 8 : 0), kind << 4]);
  const parts: Buffer[] = [header, Buffer.alloc((saysSize ? 8 : 0) + 1)];
  for (let at = 0; at < input.length; at += size) {
    const plain = input.subarray(at, at + size);
    // Behind its size.
    const packed = lz4.compressSync(Buffer.from(plain)).subarray(4);
    const length = Buffer.alloc(4);
    const isPlain = packed.length >= plain.length;
    length.writeUInt32LE(isPlain ? 0x80000000 + plain.length : packed.length);
    parts.push(length, isPlain ? plain : packed, checksum);
  }
  return Buffer.concat([...parts, Buffer.alloc(4), checksum]);
}

/** A member whose header has a file's name and a comment. */
function named(member: Buffer): Buffer {
  const header = Buffer.from(member.subarray(0, 10));
  header[3] = 0x18;
  return Buffer.concat([header, Buffer.from('records\0a comment\0'), member.subarray(10)]);
}

/** With something to pass over in between. */
function zstdFrames(input: Buffer): Buffer {
  const passedOver = Buffer.from('\x5f\x2a\x4d\x18\x03\0\0\0abc', 'latin1');
  return Buffer.concat([passedOver, compress(input.subarray(0, 999), 1), passedOver, compress(input.subarray(999), 9)]);
}

/** Behind the headers of a frame and of its only block. */
function zstdBlock(input: Buffer): Buffer {
  const frame = Buffer.from(compress(input, 3));
  return frame.subarray(frame.length - (frame.readUIntLE(7, 3) >> 3));
}

const WRITERS: readonly (readonly [string, Compression, (input: Buffer) => Uint8Array])[] = [
  ['nothing', 'none', (input) => input],
  ['gzip', 'gzip', (input) => gzipSync(input)],
  ['gzip that finds little', 'gzip', (input) => gzipSync(input, { level: 1, strategy: constants.Z_HUFFMAN_ONLY })],
  ['gzip with the codes of the standard', 'gzip', (input) => gzipSync(input, { strategy: constants.Z_FIXED })],
  ['gzip that does not compress', 'gzip', (input) => gzipSync(input, { level: 0 })],
  ['gzip with small windows', 'gzip', (input) => gzipSync(input, { level: 9, memLevel: 1, windowBits: 9 })],
  ['gzip with a name', 'gzip', (input) => named(gzipSync(input))],
  [
    'gzip of several members',
    'gzip',
    (input) => Buffer.concat([gzipSync(input.subarray(0, 1000)), gzipSync(input.subarray(1000))]),
  ],
  ['snappy as librdkafka frames it, one block', 'snappy', (input) => snappy.compressSync(input)],
  ['snappy as Java frames it, many blocks', 'snappy', xerial],
  ['lz4', 'lz4', (input) => lz4.compressFrameSync(input)],
  [
    'lz4 as Java frames it, in blocks of 64 KB',
    'lz4',
    (input) => lz4Frame(input, { size: 65_536, kind: 4, isChecked: false, saysSize: false }),
  ],
  [
    'lz4 with checksums and its size, in large blocks',
    'lz4',
    (input) => lz4Frame(input, { size: 1 << 20, kind: 7, isChecked: true, saysSize: true }),
  ],
  ['zstd', 'zstd', (input) => compress(input, 3)],
  ['zstd that looks hard', 'zstd', (input) => compress(input, 19)],
  ['zstd in several frames', 'zstd', zstdFrames],
];

beforeAll(async () => {
  await init();
});

describe.each(WRITERS)('%s', (_name, kind, compress) => {
  it('gives what was compressed', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        expect(Buffer.from(decompressRecords(kind, compress(input))).equals(input)).toBe(true);
      }),
    );
  });
});

describe.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('damaged %s', (kind) => {
  it('is an error, not a crash and not a wrong length of memory', () => {
    const compress = WRITERS.find(([, of]) => of === kind)?.[2] ?? gzipSync;
    const good = Buffer.from(compress(Buffer.from('some text to compress '.repeat(50))));
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(good);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        try {
          expect(decompressRecords(kind, damaged).length).toBeLessThan(2 ** 20);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});

/** Copies of every distance that is shorter than what is copied at once, and of some that are longer. */
it.each(['snappy', 'lz4', 'gzip'] as const)('%s repeats what lies near', (kind) => {
  const compress = WRITERS.find(([, of]) => of === kind)?.[2] ?? gzipSync;
  for (let period = 1; period < 40; period++) {
    const input = Buffer.from(Array.from({ length: 500 }, (_, at) => at % period));
    expect(Buffer.from(decompressRecords(kind, compress(input)))).toEqual(input);
  }
});

describe.each([
  ['snappy', (input: Buffer) => snappy.compressSync(input).subarray(2)],
  ['lz4', (input: Buffer) => lz4.compressSync(input).subarray(4)],
  ['deflate', (input: Buffer) => deflateRawSync(input)],
  ['zstd', zstdBlock],
] as const)('a block of %s', (kind, compress) => {
  it('that is damaged, or holds more than there is room for, is written nowhere else', () => {
    const memory = kernel();
    const [from, to] = [memory.allocate(4096), memory.allocate(4096) + 64];
    const { exports, views } = memory;
    const good = compress(Buffer.from('some text to compress, text to compress, and more of it '.repeat(20)));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), { maxLength: 4 }),
        fc.nat({ max: 1200 }),
        fc.nat({ max: good.length }),
        (changes, room, length) => {
          views.u8.set(good, from);
          for (const [at, value] of changes) views.u8[from + at] = value;
          const [before, behind] = [views.u8.subarray(to - 64, to), views.u8.subarray(to + room + 16, to + 4000)];
          before.fill(0xaa);
          behind.fill(0xaa);
          if (kind === 'snappy') exports.unpackSnappy(from, from + length, to, to + room);
          else if (kind === 'zstd') {
            exports.beginZstd();
            expect(exports.unpackZstd(from, from + length, to, to + room, to)).toBeLessThanOrEqual(to + room);
          } else if (kind === 'deflate')
            expect(exports.inflate(from, from + length, to, to + room)).toBeLessThanOrEqual(to + room);
          else expect(exports.unpackLz4(from, from + length, to, to + room, to)).toBeLessThanOrEqual(to + room);
          expect(before.every((byte) => byte === 0xaa)).toBe(true);
          expect(behind.every((byte) => byte === 0xaa)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

it('snappy whose blocks are cut is an error', () => {
  const good = xerial(Buffer.alloc(100_000, 'some text'));
  for (const cut of [17, 19, 25, good.length - 1]) {
    expect(() => decompressRecords('snappy', good.subarray(0, cut))).toThrow();
  }
  const negative = Buffer.from(good);
  negative.writeInt32BE(-4, 16);
  expect(() => decompressRecords('snappy', negative)).toThrow();
});
