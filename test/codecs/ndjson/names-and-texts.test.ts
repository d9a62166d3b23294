import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import type { RecordSchema } from '../../../src/records/schema.js';
import { decode } from './decode.js';
import { readSlowly } from './read-slowly.js';

const recordOf = (names: readonly string[]): RecordSchema =>
  parseSchema(
    { type: 'record', name: 'one', fields: names.map((name) => ({ name, type: ['null', 'string'], default: null })) },
    'one',
  );

/** Texts that look alike to what compares them in pieces of 8 bytes: they share their start, their end, or both. */
const alike = fc
  .tuple(fc.nat(20), fc.constantFrom('', 'a', 'b', 'é', '\u0000', 'ab'), fc.nat(20))
  .map(([before, middle, after]) => 'x'.repeat(before) + middle + 'x'.repeat(after));

/** The text as a JSON string, some of its characters as escapes. */
const spelled = (text: string, escapes: readonly boolean[]): string => {
  const parts = Array.from(text, (character, at) => {
    const unit = character.charCodeAt(0);
    if (!escapes[at % escapes.length] && unit >= 32 && character !== '"' && character !== '\\') return character;
    return `\\u${unit.toString(16).padStart(4, '0')}`;
  });
  return `"${parts.join('')}"`;
};

const someEscapes = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 });

function expectAlike(schema: RecordSchema, bytes: Uint8Array): void {
  const { rows, refused } = decode(schema, bytes);
  expect({ rows, refused }).toEqual(readSlowly(schema, bytes));
}

describe('names and texts', () => {
  it('are told apart whatever their length and whatever they share', () => {
    const name = alike.filter((text) => /^\w+$/.test(text));
    const pair = fc.tuple(alike, alike, someEscapes);
    const lines = fc.array(fc.array(pair, { maxLength: 8 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 40 }), lines, (names, records) => {
        const text = records.map((pairs) => {
          const known = pairs.map(([name, value, escapes], at) => {
            const field = at % 2 === 0 ? (names[at % names.length] ?? name) : name;
            return `${spelled(field, escapes)}: ${spelled(value, escapes)}`;
          });
          return `{${known.join(', ')}}\n`;
        });
        expectAlike(recordOf(names), Buffer.from(text.join('')));
      }),
      { numRuns: 300 },
    );
  });

  it('may be many', () => {
    const names = Array.from({ length: 500 }, (_, at) => `field_${at}`);
    const line = (from: number): string =>
      `{${names.map((_, at) => `"${names[(at * 7 + from) % 500]}":"${at}"`).join(',')}}\n`;
    expectAlike(recordOf(names), Buffer.from(line(0) + line(3) + line(1)));
  });
});

describe('a value that nobody reads', () => {
  const seeds = [
    '{"a": "", "x": {"views": 8123, "likes": {"up": 12, "down": null}, "tags": ["n", "a \\"q\\" \\\\", "d\\u00e9j\\u00e0"]}}',
    '{"x": [1, [2, [3, []]], -0.25, {}, {"b": [true, false, null]}, "\\ud83d\\ude00"], "a": "b"}',
    '{"x":"a long text without an escape, then \\n one, é, 😀 and \\/ more","a":null,"y":1.5e3,"z":[[],{}]}',
  ];

  it('is checked as any other', () => {
    const bytes = Buffer.from(Array.from({ length: 9 }, (_, at) => `${seeds[at % seeds.length]}\n`).join(''));
    const marks = Buffer.from('{}[]",:\\u0123456789eE+-.tfn \t\r\n\0');
    const byte = fc.oneof(
      fc.nat(255),
      fc.nat(marks.length - 1).map((at) => marks[at] ?? 0),
    );
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), byte), { maxLength: 4 });
    fc.assert(
      fc.property(damage, (places) => {
        const damaged = Buffer.from(bytes);
        for (const [at, value] of places) damaged[at] = value;
        expectAlike(recordOf(['a']), damaged);
      }),
      { numRuns: 3000 },
    );
  });

  it('may have any white space between its parts', () => {
    const gap = fc.constantFrom('', ' ', '  ', '\t', '\r', ' \t ');
    fc.assert(
      fc.property(fc.array(gap, { minLength: 1, maxLength: 9 }), fc.constantFrom(...seeds), (gaps, seed) => {
        let at = 0;
        const text = seed.replaceAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g, (token) => {
          const around = [gaps[at % gaps.length], gaps[(at + 1) % gaps.length]];
          at += 2;
          return `${around[0]}${token}${around[1]}`;
        });
        const bytes = Buffer.from(`${seed}\n${text}\n`);
        expect(decode(recordOf(['a']), bytes).refused).toEqual([]);
        expectAlike(recordOf(['a']), bytes);
      }),
    );
  });

  it('may nest 512 levels deep, its record counted in', () => {
    const nested = (open: string, close: string, depth: number): string =>
      `{"x": ${open.repeat(depth)}1${close.repeat(depth)}}`;
    const lines = [
      // The others do not have its layout.
      '{"a": "b"}',
      nested('[', ']', 511),
      nested('{"a": ', '}', 511),
      nested('[', ']', 512),
      nested('{"a": ', '}', 512),
      nested('[{"a":', '}]', 255),
      nested('[{"a":', '}]', 256),
      nested('[', '}', 3),
      nested('{"a":', ']', 3),
    ];
    expect(decode(recordOf(['a']), Buffer.from(lines.join('\n'))).refused).toEqual([4, 5, 7, 8, 9]);
  });

  it('may nest as deep in a line like the ones before', () => {
    const nested = (depth: number): string => `{"x": ${'['.repeat(depth)}1${']'.repeat(depth)}}`;
    const broken = `{"x": ${'['.repeat(300)}`;
    const lines = [nested(1), nested(511), nested(512), broken, nested(511), nested(512)];
    expect(decode(recordOf(['a']), Buffer.from(lines.join('\n'))).refused).toEqual([3, 4, 6]);
  });
});

describe('a record that contains itself', () => {
  const list = parseSchema(
    {
      type: 'record',
      name: 'list',
      fields: [
        { name: 'v', type: 'int' },
        { name: 'next', type: ['null', 'list'], default: null },
      ],
    },
    'list',
  );

  it('is checked at every level', () => {
    const chain = (last: string, length: number): string =>
      length === 0 ? last : `{"v":${length},"next":${chain(last, length - 1)}}`;
    const lines = ['null', '{"v":0}', '{"v":"x"}', '{"v":0,"next":{}}', '{}', '[]', '1'].flatMap((last) =>
      [1, 2, 3, 9].map((length) => chain(last, length)),
    );
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    expectAlike(list, bytes);
    expect(decode(list, bytes).refused).toEqual(Array.from({ length: 20 }, (_, at) => at + 9));
  });
});
