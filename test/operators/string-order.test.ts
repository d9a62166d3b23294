import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteStrings } from '../../src/operators/keys/byte-strings.js';
import { sortedStrings } from '../../src/operators/keys/string-order.js';

function sorted(texts: readonly Uint8Array[]): Uint8Array[] {
  const strings = new ByteStrings();
  for (const text of texts) strings.intern(text);
  return Array.from(sortedStrings(strings), (id) => strings.bytes(id).slice());
}

function expected(texts: readonly Uint8Array[]): Uint8Array[] {
  const distinct = [...new Map(texts.map((text) => [text.join(), text])).values()];
  return distinct.toSorted((a, b) => Buffer.compare(a, b));
}

describe('byte strings', () => {
  const byte = fc.constantFrom(0, 1, 97, 98, 255);

  test('few are sorted by their bytes, a prefix before what goes on', () => {
    fc.assert(
      fc.property(fc.array(fc.array(byte, { maxLength: 6 }).map((bytes) => Uint8Array.from(bytes))), (texts) => {
        expect(sorted(texts)).toEqual(expected(texts));
      }),
    );
  });

  test.each(['', 'a', 'channel_', '\u0000\u0000\u0000\u0000\u0000\u0000\u0000'])(
    'many that begin with %j',
    (prefix) => {
      const texts = Array.from({ length: 9000 }, (_, at) =>
        Buffer.from(`${prefix}${'\u0000'.repeat(at % 9)}${(at * 7919) % 8009}`),
      );
      texts.push(Buffer.from(prefix), Buffer.from(`${prefix}\u0000`));
      expect(sorted(texts).map((text) => Buffer.from(text).toString('hex'))).toEqual(
        expected(texts).map((text) => Buffer.from(text).toString('hex')),
      );
    },
  );

  test('an interned string keeps its number, also when others are forgotten', () => {
    const strings = new ByteStrings();
    const text = (at: number): Uint8Array => Buffer.from(`text ${at}`);
    const ids = Array.from({ length: 3000 }, (_, at) => strings.intern(text(at)));
    expect(ids).toEqual(Array.from({ length: 3000 }, (_, at) => at));
    expect(strings.intern(text(1234))).toBe(1234);
    const renumbered = strings.retain((id) => id % 100 === 0);
    expect(strings.size).toBe(30);
    expect([renumbered[1200], renumbered[1201]]).toEqual([12, -1]);
    expect(strings.intern(text(1200))).toBe(12);
    expect(strings.intern(text(1201))).toBe(30);
    expect(Buffer.from(strings.bytes(30)).toString()).toBe('text 1201');
  });
});
