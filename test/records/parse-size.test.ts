import { expect, it } from 'vitest';
import { parseSize } from '../../src/records/parse-size.js';

it.each([
  ['1', 1],
  ['512b', 512],
  ['64KB', 65_536],
  ['16m', 16_777_216],
  ['1GiB', 1_073_741_824],
])('%s', (text, bytes) => {
  expect(parseSize(text, '--max-body')).toBe(bytes);
});

it.each(['', '0', '-1', '1.5MB', '1TB', 'MB', '9999999999GB'])('%j is no size', (text) => {
  expect(() => parseSize(text, '--max-body')).toThrow(`--max-body ${text}: a size is needed`);
});
