import fc from 'fast-check';
import { expect, it } from 'vitest';
import { WireReader } from '../../../src/endpoints/kafka/protocol/wire-reader.js';
import { WireWriter } from '../../../src/endpoints/kafka/protocol/wire-writer.js';

type Item = readonly [
  kind: 'int8' | 'int16' | 'int32' | 'int64' | 'uvarint' | 'string' | 'compactString' | 'bytes',
  value: number | bigint | string | undefined | Uint8Array,
];

const text = fc.option(fc.string({ maxLength: 700, unit: 'binary' }), { nil: undefined });
const item: fc.Arbitrary<Item> = fc.oneof(
  fc.tuple(fc.constant('int8' as const), fc.integer({ min: -128, max: 127 })),
  fc.tuple(fc.constant('int16' as const), fc.integer({ min: -32_768, max: 32_767 })),
  fc.tuple(fc.constant('int32' as const), fc.integer()),
  fc.tuple(fc.constant('int64' as const), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  fc.tuple(fc.constant('uvarint' as const), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
  fc.tuple(fc.constant('string' as const), text),
  fc.tuple(fc.constant('compactString' as const), text),
  fc.tuple(fc.constant('bytes' as const), fc.uint8Array({ maxLength: 2000 })),
);

function write(to: WireWriter, [kind, value]: Item): void {
  if (kind === 'string' || kind === 'compactString') to[kind](value === undefined ? undefined : String(value));
  else if (kind === 'bytes') to.bytes(value instanceof Uint8Array ? value : undefined);
  else if (kind === 'int64') to.int64(BigInt(Number.isInteger(value) ? 0 : String(value)));
  else to[kind](Number(value));
}

function read(from: WireReader, kind: Item[0]): Item[1] {
  if (kind === 'string') return from.nullableString();
  if (kind === 'compactString') return from.compactNullableString();
  if (kind === 'bytes') return Uint8Array.from(from.bytes());
  return from[kind]();
}

it('what is written is read, however long a request is', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 400, size: 'max' }), (items) => {
      const to = new WireWriter();
      for (const one of items) write(to, one);
      const from = new WireReader(Uint8Array.from(to.done()));
      expect(items.map(([kind]) => read(from, kind))).toEqual(items.map(([, value]) => value));
    }),
  );
});

it('an answer that is cut is refused, not read beyond', () => {
  const from = new WireReader(Uint8Array.from(new WireWriter().int16(5).raw(Buffer.from('abc')).done()));
  expect(() => from.string()).toThrow('shorter than it says');
});
