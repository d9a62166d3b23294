import fc from 'fast-check';
import lz4 from 'lz4-napi';
import { expect, it } from 'vitest';
import { decompressRecords } from '../../../src/endpoints/kafka/records/decompress-records.js';
import { packLz4 } from '../../../src/endpoints/kafka/records/pack-lz4.js';

const BLOCK = 65_536;
const noise = Buffer.from(
  Uint32Array.from({ length: 60_000 }, (_, at) => Math.imul(at, 2_654_435_761) ^ (at << 7)).buffer,
);
const lines = Buffer.from(
  Array.from(
    { length: 3000 },
    (_, at) => `{"channel":"c${at % 97}","at":${1_501_552_800 + at * 61},"subs":${at}}\n`,
  ).join(''),
);
const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const repeated = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat({ max: 3000 }))
  .map(([some, times]) => Buffer.concat(Array.from({ length: times }, () => some)));
const cut = (of: Buffer): fc.Arbitrary<Buffer> =>
  fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: of.length })).map(([from, length]) => of.subarray(from, from + length));
const mixed = fc.array(fc.oneof(random, repeated, cut(noise), cut(lines)), { maxLength: 4 }).map(Buffer.concat);

it('makes what others read, and no larger than what it was made of', () => {
  fc.assert(
    fc.property(fc.oneof(random, repeated, cut(noise), cut(lines), mixed), (input) => {
      const packed = packLz4(input);
      expect(packed.length).toBeLessThanOrEqual(11 + input.length + 4 * Math.ceil(input.length / BLOCK));
      expect(Buffer.compare(lz4.decompressFrameSync(Buffer.from(packed)), input)).toBe(0);
      expect(Buffer.compare(decompressRecords('lz4', packed), input)).toBe(0);
    }),
    { numRuns: 400 },
  );
});

it.each([0, 1, 12, 13, 14, BLOCK - 1, BLOCK, BLOCK + 1, BLOCK + 13, 2 * BLOCK])('takes %s bytes', (length) => {
  for (const of of [Buffer.alloc(length, 'a'), noise.subarray(0, length), lines.subarray(0, length)]) {
    expect(Buffer.compare(lz4.decompressFrameSync(Buffer.from(packLz4(of))), of)).toBe(0);
  }
});

it('makes records about as small as others do', () => {
  expect(packLz4(lines).length).toBeLessThan(1.1 * lz4.compressFrameSync(lines).length);
});
