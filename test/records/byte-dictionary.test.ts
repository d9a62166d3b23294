import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteDictionary } from '../../src/records/byte-dictionary.js';
import { TextDictionary } from '../../src/records/dictionary.js';

describe('ByteDictionary', () => {
  it('numbers texts as the plain dictionary does', () => {
    const text = fc.oneof(
      fc.constantFrom('', 'a', 'ab', 'abc', 'abcd', 'abce', 'abcde', 'xbcde'),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 300 }), (texts) => {
        const [bytes, plain] = [new ByteDictionary(), new TextDictionary()];
        expect(texts.map((one) => bytes.intern(one))).toEqual(texts.map((one) => plain.intern(one)));
        for (let id = 0; id < plain.size; id++) {
          expect(bytes.text(id)).toBe(plain.text(id));
          expect(Buffer.from(bytes.bytes(id))).toEqual(Buffer.from(plain.bytes(id)));
        }
        expect(bytes.size).toBe(plain.size);
      }),
    );
  });

  it('finds entries again after it has grown', () => {
    const dictionary = new ByteDictionary();
    const names = Array.from({ length: 50_000 }, (_, at) => `channel_${at}`);
    for (const [at, name] of names.entries()) expect(dictionary.intern(name)).toBe(at);
    for (const [at, name] of names.entries()) expect(dictionary.intern(name)).toBe(at);
    expect(dictionary.size).toBe(names.length);
  });

  it('takes bytes where they lie and refuses what is not UTF-8', () => {
    const dictionary = new ByteDictionary();
    const bytes = Uint8Array.of(9, 65, 66, 67, 68, 69, 0xff, 0xc3, 0xa9);
    const view = new DataView(bytes.buffer);
    expect(dictionary.internBytes(bytes, view, 1, 6)).toBe(0);
    expect(dictionary.internBytes(bytes, view, 5, 7)).toBe(-1);
    expect(dictionary.internBytes(bytes, view, 7, 9)).toBe(1);
    expect(dictionary.internBytes(bytes, view, 7, 8)).toBe(-1);
    expect([dictionary.text(0), dictionary.text(1)]).toEqual(['ABCDE', 'é']);
  });
});
