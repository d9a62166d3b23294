import fc from 'fast-check';
import type { Value } from '../../../src/records/value.js';

/** A schema with an arbitrary of its values, and of the values that avsc gives for what it wrote. */
export interface Typed {
  readonly schema: unknown;
  readonly values: fc.Arbitrary<Value>;
}

const typed = (schema: unknown, values: fc.Arbitrary<unknown>): Typed => ({
  schema,
  values: values as fc.Arbitrary<Value>,
});

// avsc reads longs beyond ±2^52 wrong, so they have tests of their own.
const longs = fc.oneof(
  fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
  fc.integer({ min: -200, max: 200 }),
  fc.constantFrom(2 ** 31, -(2 ** 31) - 1, 2 ** 40),
);
const texts = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constant('x'.repeat(300)),
);
const byteArrays = fc.uint8Array({ maxLength: 20 });

const scalars: readonly Typed[] = [
  typed('boolean', fc.boolean()),
  typed('int', fc.integer()),
  typed('long', longs),
  typed('float', fc.float()),
  typed('double', fc.double()),
  typed('string', texts),
  typed('bytes', byteArrays),
];

let names = 0;

/** A schema of any type. Named types get names of their own, so that no two of them clash. */
export function anyType(depth: number): fc.Arbitrary<Typed> {
  const scalar = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...scalars) },
    fc
      .constant(0)
      .map(() =>
        typed({ type: 'enum', name: `E${names++}`, symbols: ['A', 'B', 'C'] }, fc.constantFrom('A', 'B', 'C')),
      ),
    fc
      .integer({ min: 0, max: 5 })
      .map((size) =>
        typed({ type: 'fixed', name: `F${names++}`, size }, fc.uint8Array({ minLength: size, maxLength: size })),
      ),
  );
  const nullable = scalar.chain((one) =>
    fc
      .boolean()
      .map((first) => typed(first ? ['null', one.schema] : [one.schema, 'null'], fc.option(one.values, { nil: null }))),
  );
  if (depth === 0) return fc.oneof(scalar, nullable);
  const inner = anyType(depth - 1);
  return fc.oneof(
    { weight: 4, arbitrary: scalar },
    { weight: 3, arbitrary: nullable },
    inner.map((one) => typed({ type: 'array', items: one.schema }, fc.array(one.values, { maxLength: 4 }))),
    inner.map((one) =>
      typed(
        { type: 'map', values: one.schema },
        fc.dictionary(texts, one.values, { maxKeys: 4, noNullPrototype: true }),
      ),
    ),
    anyRecord(depth - 1),
    fc
      .tuple(fc.constantFrom('int', 'double', 'long'), fc.boolean())
      .map(([number, first]) =>
        typed(
          first ? ['null', number, 'bytes'] : ['string', number, 'boolean', 'null'],
          fc.oneof(fc.constant(null), fc.integer(), first ? byteArrays : fc.oneof(texts, fc.boolean())),
        ),
      ),
  );
}

export function anyRecord(depth: number, maxFields = 5): fc.Arbitrary<Typed> {
  return fc.array(anyType(depth), { minLength: 1, maxLength: maxFields }).map((fields) =>
    typed(
      {
        type: 'record',
        name: `R${names++}`,
        fields: fields.map(({ schema }, at) => ({ name: `f${at}`, type: schema })),
      },
      fc
        .tuple(...fields.map(({ values }) => values))
        .map((values) => Object.fromEntries(values.map((value, at) => [`f${at}`, value]))),
    ),
  );
}
