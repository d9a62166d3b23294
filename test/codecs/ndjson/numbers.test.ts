import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchema } from '../../../src/records/parse-schema.js';
import { decode } from './decode.js';

const ofType = (type: string) =>
  parseSchema({ type: 'record', name: 'one', fields: [{ name: 'x', type: ['null', type], default: null }] }, 'one');
const double = ofType('double');
const long = ofType('long');
const int = ofType('int');

/** The value of each text in a field of a type, or undefined where its line is refused. */
function valuesOf(schema: typeof double, texts: readonly string[], field = 'x'): unknown[] {
  const values: unknown[] = texts.map(() => undefined);
  const { rows, ordinals } = decode(schema, Buffer.from(texts.map((text) => `{"${field}": ${text}}\n`).join('')));
  rows.forEach((row, index) => {
    values[(ordinals[index] ?? 0) - 1] = row.x;
  });
  return values;
}

const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/;

/** What JavaScript reads, for which every decimal is rounded to the nearest double. */
function asDouble(text: string): number | undefined {
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/** The exact value as a whole number of so many bits, by long division. */
function asWhole(text: string, bits: number): number | bigint | undefined {
  const [, sign, whole = '', fraction = '', power = '0'] = NUMBER.exec(text) ?? [];
  if (asDouble(text) === undefined) return undefined;
  const digits = BigInt(whole + fraction);
  const exponent = Number(power) - fraction.length;
  let value = 0n;
  if (digits !== 0n) {
    if (Math.abs(exponent) > 1000) return undefined;
    const ten = 10n ** BigInt(Math.abs(exponent));
    if (exponent < 0 && digits % ten !== 0n) return undefined;
    value = exponent < 0 ? digits / ten : digits * ten;
  }
  if (sign === '-') value = -value;
  if (BigInt.asIntN(bits, value) !== value) return undefined;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function expectExact(texts: readonly string[]): void {
  expect(valuesOf(double, texts)).toEqual(texts.map(asDouble));
  expect(valuesOf(long, texts)).toEqual(texts.map((text) => asWhole(text, 64)));
  expect(valuesOf(int, texts)).toEqual(texts.map((text) => asWhole(text, 32)));
  // In a field that nobody asked for its form is checked, and that a double can hold it.
  const unread = texts.map((text) => (asDouble(text) === undefined ? undefined : null));
  expect(valuesOf(double, texts, 'other')).toEqual(unread);
}

describe('a number', () => {
  const texts: [string, string[]][] = [
    ['zero', ['0', '-0', '0.0', '-0.0', '0e0', '-0e-0', '0.000e5', '0e400', '0e-400', '0.0e99999999999']],
    ['a whole number with a point or an exponent', ['1.0', '-1.0', '1.5e3', '1e2', '10e-1', '1.20E+1', '2500e-2']],
    ['a fraction', ['0.1', '-0.25', '1.5', '12e-1', '1e-7', '0.000123', '-123456.789']],
    [
      'about 2^53',
      ['9007199254740991', '9007199254740992', '9007199254740993', '9007199254740993.0', '-9007199254740993e0'],
    ],
    [
      'about 2^63 and 2^64',
      [
        ...['9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809'],
        ...['9223372036854775807.0', '922337203685477580.8e1', '-922337203685477580.8e1'],
        ...['18446744073709551615', '18446744073709551616', '18446744073709551616.5', '184467440737095516160e-1'],
      ],
    ],
    ['about 2^31', ['2147483647', '2147483648', '-2147483648', '-2147483649', '2147483647.0', '2147483648e0']],
    ['powers of ten', ['1e15', '1e18', '1e19', '1e20', '1e22', '1e23', '9e22', '8.5e22', '1e-22', '1e-23', '3e-23']],
    [
      'halfway between two doubles',
      ['9007199254740993', '9007199254740995', '4503599627370496.5', '4503599627370497.5'],
    ],
    [
      'close to halfway',
      ['0.500000000000000166533453693773481063544750213623046875', '9007199254740993.00000000000000000001'],
    ],
    ['the least and the greatest', ['5e-324', '2e-324', '1.7976931348623157e308', '1.7976931348623159e308']],
    ['too large, or nearly', ['1e308', '1e309', '10e307', '0.1e309', '-1e400', '1e999999999999', '0.00001e310']],
    ['of many digits', [`1${'0'.repeat(308)}`, `1${'0'.repeat(309)}`, `0.${'0'.repeat(400)}1`, '1'.repeat(100)]],
    [
      'a long fraction with a long exponent',
      [`0.${'0'.repeat(2000)}1e2002`, `0.${'0'.repeat(100_000)}1e1000001`, `1${'0'.repeat(300)}e-299`],
    ],
    [
      'none',
      ['01', '-01', '00', '00000000', '012345678', '.5', '-.5', '1.', '1.e5', '1e', '1e+', '+1', '-', '--1', '1.5.5'],
    ],
  ];
  it.each(texts)('is read exactly: %s', (_what, list) => {
    expectExact(list);
  });

  it('is read exactly however it is written', () => {
    const digits = (max: number): fc.Arbitrary<string> =>
      fc
        .array(fc.constantFrom(...'0123456789', '0', '9'), { minLength: 1, maxLength: max })
        .map((list) => list.join(''));
    const whole = fc.oneof(digits(4), digits(24), fc.constant('0')).map((text) => text.replace(/^0+(?=\d)/, ''));
    const fraction = fc.option(
      fc.oneof(
        digits(4),
        digits(24),
        digits(3).map((text) => `${text}0000`),
      ),
      { nil: '' },
    );
    const exponent = fc.option(
      fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '-', '+'), fc.oneof(fc.nat(25), fc.nat(330))),
      { nil: undefined },
    );
    const text = fc
      .tuple(fc.constantFrom('', '-'), whole, fraction, exponent)
      .map(
        ([sign, a, b, power]) => `${sign}${a}${b === '' ? '' : `.${b}`}${power === undefined ? '' : power.join('')}`,
      );
    fc.assert(
      fc.property(fc.array(text, { minLength: 50, maxLength: 50 }), (list) => expectExact(list)),
      { numRuns: 200 },
    );
  });

  it('is read exactly where it lies at, or next to, the middle of two doubles', () => {
    const middle = fc
      .tuple(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }), fc.integer({ min: -80, max: 20 }), fc.nat(2))
      .map(([mantissa, power, place]) => decimal(mantissa * 2n + 1n, power, place));
    fc.assert(
      fc.property(fc.array(middle, { minLength: 50, maxLength: 50 }), (list) => expectExact(list)),
      { numRuns: 100 },
    );
  });

  it('is read back as the double that was written', () => {
    const written = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((value) => [
        Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e'),
        value.toExponential(),
        value.toPrecision(17),
        value.toPrecision(19),
      ]);
    fc.assert(
      fc.property(fc.array(written, { minLength: 20, maxLength: 20 }), (list) => expectExact(list.flat())),
      { numRuns: 200 },
    );
  });
});

/** n × 2^power in full; place 0: a bit less than it, 1: it, 2: a bit more. */
function decimal(n: bigint, power: number, place: number): string {
  const scaled = power < 0 ? n * 5n ** BigInt(-power) : n * 2n ** BigInt(power);
  const places = Math.max(0, -power) + 1;
  const digits = (scaled * 10n + BigInt(place - 1)).toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
