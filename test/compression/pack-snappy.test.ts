import fc from 'fast-check';
import snappy from 'snappy';
import { expect, it } from 'vitest';
import { packSnappy } from '../../src/compression/pack-snappy.js';
import { unpackSnappy } from '../../src/compression/unpack-snappy.js';
import { lines, noise, samples } from './samples.js';

const FRAGMENT = 65_536;

it('makes what others read, and little larger than what it was made of at most', () => {
  fc.assert(
    fc.property(samples, (input) => {
      const packed = Buffer.from(packSnappy(input));
      expect(packed.length).toBeLessThanOrEqual(32 + input.length * (7 / 6));
      expect(Buffer.compare(Buffer.from(snappy.uncompressSync(packed)), input)).toBe(0);
      expect(Buffer.compare(unpackSnappy(packed, input.length), input)).toBe(0);
    }),
    { numRuns: 400 },
  );
});

it.each([0, 1, 7, 8, 60, 61, 256, 257, FRAGMENT - 1, FRAGMENT, FRAGMENT + 1, FRAGMENT + 9, 2 * FRAGMENT])(
  'takes %s bytes',
  (length) => {
    for (const of of [Buffer.alloc(length, 'a'), noise.subarray(0, length), lines.subarray(0, length)]) {
      expect(Buffer.compare(Buffer.from(snappy.uncompressSync(Buffer.from(packSnappy(of)))), of)).toBe(0);
    }
  },
);

it('makes records about as small as others do', () => {
  expect(packSnappy(lines).length).toBeLessThan(1.1 * snappy.compressSync(lines).length);
});

it('is not read beyond what the reader takes', () => {
  expect(() => unpackSnappy(packSnappy(lines), lines.length - 1)).toThrow('holds more');
});
