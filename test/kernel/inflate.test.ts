import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { kernel } from '../../src/kernel/kernel.js';

const ROOM = 1 << 18;
const memory = kernel();
const [from, to] = [memory.allocate(ROOM), memory.allocate(ROOM)];

/** What a stream gives, and how many of its bytes it takes; undefined where it is damaged or there is no room. */
function inflate(stream: Uint8Array, room: number): { readonly bytes: string; readonly taken: number } | undefined {
  memory.put(stream, from);
  // What is read behind the end is no part of it.
  memory.exports.fillBytes(from + stream.length, 0xff, 16);
  const end = memory.exports.inflate(from, from + stream.length, to, to + room);
  if (end === 0) return undefined;
  return { bytes: Buffer.from(memory.copy(to, end)).toString('latin1'), taken: memory.exports.inflatedTo.value - from };
}

function zlibs(stream: Uint8Array): string | undefined {
  try {
    return inflateRawSync(stream, { maxOutputLength: ROOM - 64 }).toString('latin1');
  } catch {
    return undefined;
  }
}

const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FILTERED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ),
});

const someBytes = fc.uint8Array({ maxLength: 300, size: 'max' });
const texts = fc.oneof(
  someBytes.map((bytes) => Buffer.from(bytes)),
  // Lines that share much, as records do.
  fc
    .array(fc.tuple(fc.nat(999), fc.nat(9_999_999)), { maxLength: 1000, size: 'max' })
    .map((rows) => Buffer.from(rows.map(([id, value]) => `{"id":"channel ${id}","value":${value}}\n`).join(''))),
  // Each byte half as often as the one before: codes of every length.
  fc
    .array(fc.nat(2 ** 20), { maxLength: 3000, size: 'max' })
    .map((numbers) => Buffer.from(numbers.map((number) => Math.clz32(number) * 5))),
  // Copies from near and far.
  fc
    .tuple(
      someBytes,
      fc.array(fc.tuple(fc.nat(255), fc.nat(40_000), fc.integer({ min: 1, max: 400 })), { maxLength: 300 }),
    )
    .map(([start, copies]) => {
      const bytes = [...start, 1];
      for (const [byte, distance, length] of copies) {
        bytes.push(byte);
        const first = Math.max(0, bytes.length - 1 - distance);
        for (let at = 0; at < length; at++) bytes.push(bytes[first + at] ?? 0);
      }
      return Buffer.from(bytes);
    }),
);

it('gives what zlib compressed, with any of its settings', () => {
  fc.assert(
    fc.property(texts, options, fc.uint8Array({ maxLength: 20 }), (bytes, settings, behind) => {
      const stream = deflateRawSync(bytes, settings);
      expect(inflate(Buffer.concat([stream, behind]), bytes.length)).toEqual({
        bytes: bytes.toString('latin1'),
        taken: stream.length,
      });
      if (bytes.length > 0) expect(inflate(stream, bytes.length - 1)).toBeUndefined();
      expect(inflate(stream.subarray(0, -1), bytes.length)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

it('takes what zlib takes, and gives the same, where bytes of a stream are changed', () => {
  fc.assert(
    fc.property(
      texts,
      options,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (bytes, settings, changes, isEarly) => {
        const stream = deflateRawSync(bytes, settings);
        const most = isEarly ? Math.min(stream.length, 60) : stream.length;
        for (const [at, value] of changes) stream[at % most] = value;
        expect(inflate(stream, ROOM - 64)?.bytes).toEqual(zlibs(stream));
      },
    ),
    { numRuns: 3000 },
  );
});

it('writes no further than there is room where a block ends behind it and another follows', () => {
  const first = deflateRawSync('abcde', { strategy: constants.Z_FIXED, finishFlush: constants.Z_SYNC_FLUSH });
  const stream = Buffer.concat([first, deflateRawSync(Buffer.alloc(2000, 'x'), { level: 0 })]);
  for (let room = 0; room < 5; room++) {
    const behind = memory.views.u8.subarray(to + room + 16, to + 4000);
    behind.fill(0xaa);
    expect(inflate(stream, room)).toBeUndefined();
    expect(behind.every((byte) => byte === 0xaa)).toBe(true);
  }
  expect(inflate(stream, 2005)?.taken).toBe(stream.length);
});
