import fc from 'fast-check';
import lz4 from 'lz4-napi';
import { expect, it } from 'vitest';
import { packLz4 } from '../../src/compression/pack-lz4.js';
import { unpackLz4 } from '../../src/compression/unpack-lz4.js';
import { lines, noise, samples } from './samples.js';

const BLOCK = 65_536;

it('makes what others read, and no larger than what it was made of', () => {
  fc.assert(
    fc.property(samples, (input) => {
      const packed = Buffer.from(packLz4(input));
      expect(packed.length).toBeLessThanOrEqual(11 + input.length + 4 * Math.ceil(input.length / BLOCK));
      expect(Buffer.compare(lz4.decompressFrameSync(packed), input)).toBe(0);
      expect(Buffer.compare(unpackLz4(packed), input)).toBe(0);
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
