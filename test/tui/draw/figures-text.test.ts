import { describe, expect, it } from 'vitest';
import {
  decimalsOf,
  deltaText,
  difference,
  numberText,
  rateText,
  shortCount,
  spanText,
} from '../../../src/tui/draw/figures-text.js';
import { sparkline } from '../../../src/tui/draw/sparkline.js';
import { fitted, widthOf } from '../../../src/tui/draw/text-width.js';

describe('figures', () => {
  it('stand one below the other', () => {
    const values = [1, 20.25, 3.5];
    expect(values.map((value) => numberText(value, decimalsOf(values)))).toEqual(['1.00', '20.25', '3.50']);
    expect(decimalsOf([1, 2])).toBe(0);
    expect(numberText(0.000012345678, 4)).toBe('0.0000123457');
    expect(numberText(Number.NaN, 2)).toBe('');
  });

  it('have a sign where they are differences, and none that is only rounding', () => {
    expect(deltaText(3, 0)).toBe('+3');
    expect(deltaText(-3.25, 2)).toBe('\u22123.25');
    expect(deltaText(difference(0.1 + 0.2, 0.3), 2)).toBe('');
    expect(difference(0.3, 0.2)).toBeCloseTo(0.1);
  });

  it('are short where there is little room', () => {
    expect([0, 7, 999, 1234, 56_789, 1_234_567].map(shortCount)).toEqual(['0', '7', '999', '1.2k', '56.8k', '1.2M']);
    expect([0, 0.2, 4.96, 9.99, 12.4, 5600].map(rateText)).toEqual(['0/s', '0.2/s', '5/s', '10/s', '12/s', '5.6k/s']);
    expect([0, 90_000, 150_000, 7_500_000, 1e9].map(spanText)).toEqual(['0 s', '90 s', '3 min', '2 h', '12 d']);
  });

  it('are bars between the least and the greatest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([5, 5], 4)).toBe('  ▄▄');
    expect([sparkline([0, 0], 2, 0), sparkline([5, 5], 2, 0), sparkline([4, 8], 2, 0)]).toEqual(['▁▁', '██', '▅█']);
    expect(sparkline([1, Number.NaN, 2], 3)).toBe('▁ █');
  });
});

describe('text in cells', () => {
  it.each([
    ['abc', 5, 'abc  '],
    ['abcdef', 4, 'abc…'],
    ['日本語', 4, '日… '],
    ['日本', 4, '日本'],
    ['é👩‍👩‍👧x', 3, 'é… '],
    ['abc', 0, ''],
  ])('%s in %i', (text, width, shown) => {
    expect(fitted(text, width)).toBe(shown);
    expect(widthOf(shown)).toBe(width);
  });
});
