import { describe, expect, it } from 'vitest';
import { isFull } from '../../src/codecs/dictionary-limit.js';
import { kernel } from '../../src/kernel/kernel.js';
import { KernelDictionary } from '../../src/kernel/kernel-dictionary.js';
import { ByteDictionary } from '../../src/records/byte-dictionary.js';

describe.each([
  ['on the heap', () => new ByteDictionary()],
  ['of the kernel', () => new KernelDictionary(kernel())],
])('a dictionary %s', (_, make) => {
  it('is full beyond so many entries or bytes', () => {
    const dictionary = make();
    expect(isFull(dictionary, 0, 0)).toBe(false);
    for (const text of ['a', 'bcd', 'é']) dictionary.intern(text);
    expect(isFull(dictionary)).toBe(false);
    expect([2, 3].map((entries) => isFull(dictionary, entries, 100))).toEqual([true, false]);
    expect([5, 6].map((bytes) => isFull(dictionary, 100, bytes))).toEqual([true, false]);
  });
});
