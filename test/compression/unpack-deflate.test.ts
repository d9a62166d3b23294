import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unpackDeflate } from '../../src/compression/unpack-deflate.js';
import { lines, samples } from './samples.js';

const MOST = 1 << 24;

it('gives what was compressed, however small it had become', () => {
  fc.assert(
    fc.property(samples, (input) => {
      expect(Buffer.compare(unpackDeflate(deflateRawSync(input), MOST), input)).toBe(0);
    }),
  );
  for (const length of [0, 1, 70_000, 1 << 20, MOST]) {
    expect(unpackDeflate(deflateRawSync(Buffer.alloc(length, 'a')), MOST).length).toBe(length);
  }
});

it('refuses what is damaged, and what is more than it may be', () => {
  const stream = deflateRawSync(lines);
  expect(() => unpackDeflate(stream, lines.length - 1)).toThrow();
  expect(() => unpackDeflate(stream.subarray(0, -3), MOST)).toThrow('unexpected end of file');
  expect(() => unpackDeflate(Buffer.from([0x07]), MOST)).toThrow('invalid block type');
});
