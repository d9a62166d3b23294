import { compress, decompress, init } from '@bokuweb/zstd-wasm';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { unpackZstd } from '../../src/compression/unpack-zstd.js';

/** A magic number, flags, and what window it needs or a byte of its size. */
const HEAD = 6;

beforeAll(() => init());

const someBytes = fc.uint8Array({ maxLength: 300, size: 'max' });
const texts = fc.oneof(
  someBytes.map((bytes) => Buffer.from(bytes)),
  // One byte, or few, so often that they fill blocks.
  fc
    .tuple(someBytes, fc.integer({ min: 1, max: 2000 }))
    .map(([bytes, times]) => Buffer.concat(Array(times).fill(bytes))),
  // Lines that share much, as records do, in one block and in several.
  fc
    .tuple(fc.array(fc.tuple(fc.nat(999), fc.nat(9_999_999)), { maxLength: 600, size: 'max' }), fc.constantFrom(1, 12))
    .map(([rows, times]) => {
      const lines = (more: number): string =>
        rows.map(([id, value]) => `{"id":"channel ${id}","value":${value + more}}\n`).join('');
      return Buffer.from(Array.from({ length: times }, (_, more) => lines(more * 7)).join(''));
    }),
  // Each byte half as often as the one before: codes of every length.
  fc
    .array(fc.nat(2 ** 20), { maxLength: 3000, size: 'max' })
    .map((numbers) => Buffer.from(numbers.map((number) => Math.clz32(number) * 5))),
  // Copies from near and far, among noise.
  fc.array(fc.tuple(someBytes, fc.nat(200_000), fc.integer({ min: 1, max: 3000 })), { maxLength: 60 }).map((copies) => {
    const bytes = [1];
    for (const [noise, distance, length] of copies) {
      bytes.push(...noise);
      const first = Math.max(0, bytes.length - 1 - distance);
      for (let at = 0; at < length; at++) bytes.push(bytes[first + at] ?? 0);
    }
    return Buffer.from(bytes);
  }),
);
const levels = fc.integer({ min: 1, max: 19 });

function outcome(unpack: () => Uint8Array): string {
  try {
    return Buffer.from(unpack()).toString('latin1');
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return 'damaged';
  }
}

it('gives what zstd compressed, at every level', () => {
  fc.assert(
    fc.property(texts, levels, (bytes, level) => {
      const frame = Buffer.from(compress(bytes, level));
      expect(Buffer.compare(unpackZstd(frame), bytes)).toBe(0);
      expect(() => unpackZstd(frame.subarray(0, -1))).toThrow();
    }),
    { numRuns: 300 },
  );
});

// zstd itself does not see every stream that ends too early.
it('gives what zstd gives or nothing, where bytes are changed', () => {
  fc.assert(
    fc.property(
      texts,
      levels,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      (bytes, level, changes, isEarly) => {
        const frame = Buffer.from(compress(bytes, level));
        const most = isEarly ? Math.min(frame.length, 60) : frame.length;
        // What a frame needs of a window is nothing to us.
        for (const [at, value] of changes) frame[HEAD + (at % (most - HEAD))] = value;
        const [zstds, ours] = [outcome(() => decompress(frame)), outcome(() => unpackZstd(frame))];
        if (ours !== 'damaged' || zstds === bytes.toString('latin1')) expect(ours).toBe(zstds);
      },
    ),
    { numRuns: 800, endOnFailure: true },
  );
});
