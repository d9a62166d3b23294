import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFull } from '../../src/codecs/dictionary-limit.js';
import { ndjsonCodec } from '../../src/codecs/ndjson/ndjson-codec.js';
import { kernel } from '../../src/kernel/kernel.js';
import { KernelDictionary } from '../../src/kernel/kernel-dictionary.js';
import { ByteDictionary } from '../../src/records/byte-dictionary.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import { contextOf, decodeAll } from './decode-all.js';

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

describe('the dictionaries of a scan', () => {
  it('make room for the texts that they get, not for all of the input', () => {
    const names = Array.from({ length: 20 }, (_, at) => `f${at}`);
    const schema = parseSchema(
      { type: 'record', name: 'wide', fields: names.map((name) => ({ name, type: 'string' })) },
      'wide',
    );
    const long = 'x'.repeat(8 * 1024 * 1024);
    const record = Object.fromEntries(names.map((name, at) => [name, at === 7 ? long : name]));
    const before = kernel().views.u8.length;
    const { rows } = decodeAll(ndjsonCodec, contextOf(schema), Buffer.from(`${JSON.stringify(record)}\n`));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.f7 === long).toBe(true);
    // Address space that one large dictionary may come to need.
    const spared = 128 * 1024 * 1024;
    expect((kernel().views.u8.length - before - spared) / long.length).toBeLessThan(16);
  });

  it('grow in the middle of a scan, each for itself', () => {
    const schema = parseSchema(
      {
        type: 'record',
        name: 'pair',
        fields: [
          { name: 'a', type: 'string' },
          { name: 'b', type: ['null', 'string'] },
        ],
      },
      'pair',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(40_000), fc.nat(40_000)), { minLength: 1, maxLength: 30 }), (sizes) => {
        const records = sizes.map(([a, b], at) => ({ a: `${at}${'a'.repeat(a)}`, b: b === 0 ? null : 'b'.repeat(b) }));
        const lines = records.map((record) => `${JSON.stringify(record)}\n`).join('');
        const { rows } = decodeAll(ndjsonCodec, contextOf(schema), Buffer.from(lines));
        expect(JSON.stringify(rows) === JSON.stringify(records)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
