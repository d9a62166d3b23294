import fc from 'fast-check';
import type { Row } from '../../../src/records/value.js';

/** Records of a few nodes within some minutes. */
export const samples = fc.array(
  fc.record({
    node: fc.constantFrom('a', 'b', 'ü'),
    x: fc.constantFrom(0, 1, 2, 3, 20, -20),
    at: fc.integer({ min: 0, max: 120 }).map((fives) => fives * 5000),
    delay: fc.integer({ min: 0, max: 6 }).map((fives) => fives * 5000),
  }),
  { maxLength: 60 },
);

export interface Sample {
  readonly node: string;
  readonly x: number;
  readonly at: number;
}

/** Records in the order of their times. */
export const inOrder = (rows: readonly Sample[]): Sample[] => rows.toSorted((a, b) => a.at - b.at);

/** How late a record is at most. */
export const LATENESS = 30_000;

/** Records as they come: each up to LATENESS after its time. */
export const delayed = (rows: readonly (Sample & { readonly delay: number })[]): Sample[] =>
  rows.toSorted((a, b) => a.at + a.delay - (b.at + b.delay));

export const plain = ({ node, x, at }: Sample): Row => ({ node, x, at });

export const batches = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

/** As sets are compared. */
export const asTexts = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
