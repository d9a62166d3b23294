import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_MAX_DEPTH, JsonError, jsonLines, jsonText, parseJson } from '../../src/records/json-text.js';
import type { Value } from '../../src/records/value.js';

const refused = (text: string | Uint8Array): JsonError => {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
  throw new Error(`${String(text)} was taken`);
};

/** A value as JSON.parse has it. */
const asDoubles = (value: Value): Value => {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(asDoubles);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, asDoubles(one)]));
};

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(asDoubles(parseJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses what JSON.parse refuses', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      '-',
      '0',
      '.5',
      'e9',
      'true',
      'nul',
      ' ',
      '\t',
      '"',
      '\\',
      '\u0001',
      '\ufeff',
    );
    fc.assert(
      fc.property(
        fc.array(fragment, { maxLength: 8 }).map((parts) => parts.join('')),
        (text) => {
          let expected: unknown;
          try {
            expected = JSON.parse(text);
          } catch {
            refused(text);
            return;
          }
          expect(parseJson(text)).toEqual(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('keeps integers that a double does not hold', () => {
    expect(parseJson('9007199254740993')).toBe(9007199254740993n);
    expect(parseJson('[-9223372036854775808, 9007199254740991]')).toEqual([-9223372036854775808n, 9007199254740991]);
    expect(parseJson('9007199254740993.0')).toBe(9007199254740993n);
    expect(parseJson('0.9007199254740993e16')).toBe(9007199254740993n);
    expect(parseJson('90071992547409930e-1')).toBe(9007199254740993n);
    expect(parseJson('9007199254740992.5')).toBe(9007199254740992);
    expect(parseJson('1e18')).toBe(1e18);
    expect(parseJson('1e300')).toBe(1e300);
  });

  it('reads numbers as they are written', () => {
    expect(parseJson('1.0')).toBe(1);
    expect(parseJson('1E2')).toBe(100);
    expect(Object.is(parseJson('-0'), -0)).toBe(true);
    expect(parseJson('1e-400')).toBe(0);
  });

  it('takes the last of duplicate names', () => {
    expect(parseJson('{"a":1,"b":2,"a":3}')).toEqual({ a: 3, b: 2 });
  });

  it('has no special names', () => {
    const value = parseJson('{"__proto__": 1}');
    expect(Object.entries(value as object)).toEqual([['__proto__', 1]]);
  });

  it('reads escapes and pairs of surrogates', () => {
    expect(parseJson('"\\ud83d\\ude00 \\u00e9\\/\\n"')).toBe('😀 é/\n');
    expect(parseJson('"\\u0000"')).toBe('\0');
  });

  it.each([
    ['', 'not JSON: the text ends early, there is no value at byte 1'],
    ['{"a":1', 'not JSON: the text ends early, a comma or } is missing at byte 7'],
    ['"abc', 'not JSON: the text ends early, a string is not closed at byte 5'],
    ['{"a" 1}', 'not JSON: a colon is missing at byte 6'],
    ['{a:1}', 'not JSON: a name in quotes is missing at byte 2'],
    ['[1,]', 'not JSON: a value is missing at byte 4'],
    ['[01]', 'not JSON: 01 is not a number at byte 2'],
    ['NaN', 'not JSON: a value is missing at byte 1'],
    ['1e400', 'not JSON: the number 1e400 is too large at byte 1'],
    ['"\\ud800"', 'not JSON: a lone surrogate at byte 2'],
    ['"\\ud800\\u0041"', 'not JSON: a lone surrogate at byte 2'],
    ['"é\t"', 'not JSON: a control character in a string at byte 4'],
    ['"\\x"', 'not JSON: an unknown escape at byte 3'],
    ['1 2', 'not JSON: something follows the value at byte 3'],
    ['\ufeff1', 'not JSON: a value is missing at byte 1'],
    ['"a\ud800"', 'not JSON: a lone surrogate at byte 3'],
  ])('refuses %j: %s', (text, message) => {
    expect(refused(text).message).toBe(message);
  });

  it('says where UTF-8 breaks off', () => {
    const bytes = Buffer.from('{"a":"éx"}');
    bytes[8] = 0xff;
    expect(refused(bytes).message).toBe('not JSON: invalid UTF-8 at byte 9');
    const long = Buffer.alloc(10_000, '"é"      ');
    long[7777] = 0xc3;
    expect(refused(long).position).toBe(7778);
    expect(refused(Uint8Array.of(0x22, 0xe2, 0x82)).position).toBe(2);
    expect(refused(Uint8Array.of(0xed, 0xa0, 0x80)).message).toContain('invalid UTF-8 at byte 1');
  });

  it('refuses to go deeper than its limit', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseJson(nested(JSON_MAX_DEPTH))).not.toThrow();
    expect(refused(nested(1_000_000)).message).toContain(`more than ${JSON_MAX_DEPTH} levels`);
  });
});

describe('jsonText', () => {
  it('writes what parseJson reads back as the same value', () => {
    const { any } = fc.letrec<{ any: Value }>((tie) => ({
      any: fc.oneof(
        fc.constant(null),
        fc.boolean(),
        fc.double({ noNaN: true, noDefaultInfinity: true, max: 1e15, min: -1e15 }),
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
        fc.string({ unit: 'grapheme' }),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie('any'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(any, (value) => {
        expect(parseJson(jsonText(value))).toEqual(value);
      }),
    );
  });

  it('writes large doubles so that they read back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(parseJson(jsonText(value)))).toBe(value);
      }),
    );
  });

  it('writes what JSON has no notation for', () => {
    expect(jsonText(-0)).toBe('-0');
    expect(jsonText(12345678901234567890n)).toBe('12345678901234567890');
    expect(jsonText(Uint8Array.of(0, 65, 255))).toBe('"\\u0000A\u00ff"');
    expect(jsonText([Number.NaN, Number.NEGATIVE_INFINITY])).toBe('["NaN","-Infinity"]');
  });
});

describe('jsonLines', () => {
  it('lays values out as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON.stringify() writes -0 as 0, and takes __proto__ for no name.
        fc.pre(!/-0\b|__proto__/.test(jsonText(value as Value)));
        expect(jsonLines(value as Value)).toBe(JSON.stringify(value, undefined, 2));
      }),
    );
  });

  it('keeps whole numbers beyond 2^53', () => {
    expect(jsonLines({ a: [2n ** 53n + 1n] })).toBe('{\n  "a": [\n    9007199254740993\n  ]\n}');
  });
});
