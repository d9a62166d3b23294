import fc from 'fast-check';
import { deriveRollup } from '../../src/records/derive.js';
import { parseSchema } from '../../src/records/parse-schema.js';
import type { RecordSchema } from '../../src/records/schema.js';
import type { Row } from '../../src/records/value.js';

/** How another program finds the values of a column: whole numbers in digits, bytes in hexadecimal, and JSON. */
type Kind = 'whole' | 'double' | 'text' | 'bytes' | 'json';

const FIELDS: readonly (readonly [name: string, type: unknown, kind: Kind])[] = [
  ['channel', 'string', 'text'],
  ['harvest_ts', 'string', 'text'],
  ['subs', 'long', 'whole'],
  ['count', 'int', 'whole'],
  ['ratio', 'double', 'double'],
  ['share', 'float', 'double'],
  ['live', 'boolean', 'whole'],
  ['text', 'string', 'text'],
  ['bytes', 'bytes', 'bytes'],
  ['level', { type: 'enum', name: 'level', symbols: ['low', 'high'] }, 'text'],
  ['maybe_text', ['null', 'string'], 'text'],
  ['maybe_long', ['null', 'long'], 'whole'],
  ['maybe_double', ['double', 'null'], 'double'],
  ['list', { type: 'array', items: ['null', 'double', 'string'] }, 'json'],
  ['map', { type: 'map', values: 'int' }, 'json'],
];

/** Daily rows with a field of each kind that a column is made for. */
export const EVERY_KIND: RecordSchema = deriveRollup(
  parseSchema(
    {
      type: 'record',
      name: 'reading',
      fields: FIELDS.map(([name, type]) => ({ name, type })),
      freshet: { key: 'channel', time: 'harvest_ts' },
    },
    'EVERY_KIND',
  ),
  'daily',
);

/** The kind of each column, by its name. */
export const KINDS: ReadonlyMap<string, Kind> = new Map([
  ...FIELDS.map(([name, , kind]) => [name, kind] as const),
  ['date', 'text'],
]);

/** How times are written: they are kept as they came. */
const TIMES = [
  ...['2017-08-02T02:00:00', '2017-08-02T02:00:00.5', '2017-08-02T23:59:59.123456789Z'],
  ...['2017-08-02T02:00:00+05:30', '2017-08-02 02:00'],
];
const TEXTS = [
  ...[
    '',
    ' ',
    ' a ',
    'NULL',
    'null',
    '\\N',
    '\\n',
    '\n',
    '\r\n',
    '\t',
    "'",
    '"',
    '`',
    '--',
    '%',
    '\0',
    'a\0b',
    '\u001a',
  ],
  ...[
    'é',
    'e\u0301',
    'ß',
    '😀',
    '\u{10ffff}',
    '\ufeff',
    '\uffff',
    '\u2028',
    '\u007f',
    '<a&b>',
    '1',
    '1.0',
    '007',
    '1e3',
  ],
  'x'.repeat(70_000),
];
const LONGS = [0n, 1n, -1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)];
const DOUBLES = [
  ...[0, 0.1, -0.1, 1 / 3, 5e-324, 2.2250738585072014e-308, Number.MAX_VALUE, 1e23, 2 ** 53, 123456789.12345679],
];
const COUNT = 300;

/** Rows of EVERY_KIND, each with a key of its own: the same in each run. */
export function everyKindOfRow(): Row[] {
  const texts = some(fc.string({ unit: 'binary', maxLength: 20 }), TEXTS);
  const longs = some(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), LONGS).map(long);
  // Tables have no −0, and those of MySQL neither NaN nor an infinity.
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  const doubles = some(finite, DOUBLES);
  const bytes = some(fc.uint8Array({ maxLength: 20 }), [new Uint8Array(0), Uint8Array.of(0, 255, 92, 39, 10, 9)]);
  return Array.from({ length: COUNT }, (_, at) => ({
    channel: `${at}${short(at)}`,
    harvest_ts: TIMES[at % TIMES.length],
    date: '2017-08-02',
    subs: longs[at],
    count: at % 2 === 0 ? -(2 ** 31) + at : 2 ** 31 - at,
    ratio: doubles[at],
    share: Math.fround(at / 7),
    live: at % 2 === 0,
    text: texts[at],
    bytes: bytes[at],
    level: at % 2 === 0 ? 'low' : 'high',
    maybe_text: at % 3 === 0 ? null : texts[at + 1],
    maybe_long: at % 5 === 0 ? null : longs[at + 1],
    maybe_double: at % 7 === 0 ? null : doubles[at + 1],
    list: [null, doubles[at], short(at)],
    map: { a: at, [short(at)]: at - COUNT },
  }));
}

/** A value of a row as another program is to find it in a column of its kind. */
export function foundOf(kind: Kind, value: unknown): unknown {
  if (value === null) return null;
  if (kind === 'whole') return String(typeof value === 'boolean' ? Number(value) : value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

/** Odd values and others. */
function some<T>(arbitrary: fc.Arbitrary<T>, odd: readonly T[]): T[] {
  return [...odd, ...fc.sample(arbitrary, { numRuns: COUNT + 1 - odd.length, seed: 1 })];
}

/** A long as rows have it: a number where a double is exact. */
function long(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** An odd text that a key and a name may be. */
function short(at: number): string {
  return TEXTS[at % TEXTS.length].slice(0, 20);
}
