import { expect, it } from 'vitest';
import { GatheredTexts } from '../../src/kernel/gathered-texts.js';
import { TextDictionary } from '../../src/records/dictionary.js';

const LONG = 'x'.repeat(50);
const TEXTS = ['a', LONG, '', 'bc'];
const slices = { bytes: Buffer.from(TEXTS.join('')), starts: Uint32Array.of(0, 1, 51, 51, 53) };

function column(ids: number[], nulls?: Uint8Array) {
  const dictionary = new TextDictionary();
  return {
    kind: 'dictionary',
    ids: Int32Array.from(ids),
    dictionary,
    ...(nulls === undefined ? {} : { nulls }),
  } as const;
}

it('gathers the texts of rows, one behind the other, again and again', () => {
  const texts = new GatheredTexts();
  const read = (length: number): string[] =>
    Array.from({ length }, (_, row) =>
      Buffer.from(texts.bytes.subarray(texts.starts[row], texts.starts[row + 1])).toString(),
    );
  expect(texts.gather(column([3, 1, 2, 3]), slices, 4, 1000)).toBe(true);
  expect(read(4)).toEqual(['bc', LONG, '', 'bc']);
  expect(texts.gather(column([0, -1], Uint8Array.of(0, 1)), slices, 2, 1000)).toBe(true);
  expect(read(2)).toEqual(['a', '']);
});

it('takes no room for texts that are too long together', () => {
  const texts = new GatheredTexts();
  expect(texts.gather(column([1, 1, 1]), slices, 3, 100)).toBe(false);
  expect(texts.bytes).toHaveLength(0);
});
