import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packMarks, unpackMarks } from '../../src/pipeline/packed-marks.js';

const instant = fc.oneof(
  fc.integer({ min: 1_500_000_000_000, max: 1_800_000_000_000 }),
  fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((one) => !Object.is(one, -0)),
);

it('are the same again', () => {
  fc.assert(
    fc.property(fc.array(fc.option(instant, { nil: null })), (marks) => {
      expect(unpackMarks(packMarks(marks))).toEqual(marks);
    }),
  );
});

it('of 400 partitions that are days apart fit beside a position', () => {
  const marks = Array.from({ length: 400 }, (_, at) => 1_501_639_200_000 + ((at * 7919) % 400) * 1_234_567);
  expect(packMarks(marks).length).toBeLessThan(3000);
});

it('are not found in anything else', () => {
  for (const other of [null, 5, true, ['x'], { a: 1 }, 'gA']) expect(unpackMarks(other)).toBeUndefined();
});
