import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import lz4 from 'lz4-napi';
import snappy from 'snappy';
import { beforeAll, describe, expect, it } from 'vitest';
import { decompressRecords, prepare } from '../../../src/endpoints/kafka/records/compression.js';
import type { Compression } from '../../../src/endpoints/kafka/records/compression-names.js';

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

const WRITERS: readonly (readonly [string, Compression, (input: Buffer) => Uint8Array])[] = [
  ['nothing', 'none', (input) => input],
  ['gzip', 'gzip', (input) => gzipSync(input)],
  ['snappy as librdkafka frames it, one block', 'snappy', (input) => snappy.compressSync(input)],
  ['snappy as Java frames it, many blocks', 'snappy', xerial],
  ['lz4', 'lz4', (input) => lz4.compressFrameSync(input)],
];

beforeAll(async () => {
  for (const kind of ['gzip', 'snappy', 'lz4', 'zstd'] as const) await prepare(kind);
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

describe.each(['gzip', 'snappy', 'lz4'] as const)('damaged %s', (kind) => {
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

it('snappy whose blocks are cut is an error', () => {
  const good = xerial(Buffer.alloc(100_000, 'some text'));
  for (const cut of [17, 19, 25, good.length - 1]) {
    expect(() => decompressRecords('snappy', good.subarray(0, cut))).toThrow();
  }
  const negative = Buffer.from(good);
  negative.writeInt32BE(-4, 16);
  expect(() => decompressRecords('snappy', negative)).toThrow();
});
