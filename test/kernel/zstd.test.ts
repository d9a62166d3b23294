import { compress, decompress, init } from '@bokuweb/zstd-wasm';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { unpackZstd } from '../../src/endpoints/kafka/records/unpack-zstd.js';
import { kernel } from '../../src/kernel/kernel.js';

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
        for (const [at, value] of changes) frame[at % most] = value;
        const [zstds, ours] = [outcome(() => decompress(frame)), outcome(() => unpackZstd(frame))];
        if (ours !== 'damaged' || zstds === bytes.toString('latin1')) expect(ours).toBe(zstds);
      },
    ),
    { numRuns: 1500 },
  );
});

it('writes nowhere else, however a block is damaged', () => {
  const memory = kernel();
  const [from, to] = [memory.allocate(8192), memory.allocate(8192) + 64];
  const { exports, views } = memory;
  const frame = Buffer.from(
    compress(Buffer.from('some text to compress, text to compress, and more of it '.repeat(20)), 3),
  );
  // Behind the header of the frame and of its only block.
  const good = frame.subarray(frame.length - (frame.readUIntLE(7, 3) >> 3));
  expect(good.length).toBeLessThan(frame.length);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), { maxLength: 4 }),
      fc.nat({ max: 1200 }),
      fc.nat({ max: good.length }),
      (changes, room, length) => {
        views.u8.set(good, from);
        for (const [at, value] of changes) views.u8[from + at] = value;
        const [before, behind] = [views.u8.subarray(to - 64, to), views.u8.subarray(to + room + 16, to + 8000)];
        before.fill(0xaa);
        behind.fill(0xaa);
        exports.beginZstd();
        expect(exports.unpackZstd(from, from + length, to, to + room, to)).toBeLessThanOrEqual(to + room);
        expect(before.every((byte) => byte === 0xaa)).toBe(true);
        expect(behind.every((byte) => byte === 0xaa)).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});
