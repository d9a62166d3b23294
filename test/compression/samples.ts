import fc from 'fast-check';

/** Bytes that nothing repeats. */
export const noise: Buffer = Buffer.from(
  Uint32Array.from({ length: 60_000 }, (_, at) => Math.imul(at, 2_654_435_761) ^ (at << 7)).buffer,
);

/** Records as they are compressed. */
export const lines: Buffer = Buffer.from(
  Array.from(
    { length: 3000 },
    (_, at) => `{"channel":"c${at % 97}","at":${1_501_552_800 + at * 61},"subs":${at}}\n`,
  ).join(''),
);

const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const repeated = fc
  .tuple(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.nat({ max: 3000 }))
  .map(([some, times]) => Buffer.concat(Array.from({ length: times }, () => some)));

function cut(of: Buffer): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.nat({ max: 1000 }), fc.nat({ max: of.length }))
    .map(([from, length]) => of.subarray(from, from + length));
}

const mixed = fc.array(fc.oneof(random, repeated, cut(noise), cut(lines)), { maxLength: 4 }).map(Buffer.concat);

/** What is to be compressed. */
export const samples: fc.Arbitrary<Buffer> = fc.oneof(random, repeated, cut(noise), cut(lines), mixed);
