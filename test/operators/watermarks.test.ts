import { describe, expect, test } from 'vitest';
import { Watermarks } from '../../src/operators/watermarks.js';

describe('watermarks', () => {
  test('a partition reaches the greatest event time that it has brought', () => {
    const marks = new Watermarks();
    expect(marks.reached(0)).toBe(Number.NEGATIVE_INFINITY);
    marks.advance(0, 20);
    marks.advance(0, 10);
    expect(marks.reached(0)).toBe(20);
    expect(marks.greatest).toBe(20);
  });

  test('time is closed up to the least watermark', () => {
    const marks = new Watermarks();
    marks.advance(0, 50);
    expect(marks.closed).toBe(50);
    const two = new Watermarks(2);
    two.advance(0, 50);
    expect(two.closed).toBe(Number.NEGATIVE_INFINITY);
    two.advance(1, 30);
    expect(two.closed).toBe(30);
    expect([two.reached(0), two.reached(1), two.greatest]).toEqual([50, 30, 50]);
  });

  test('a partition that joins late starts where time is closed, and reopens nothing', () => {
    const marks = new Watermarks();
    marks.advance(0, 50);
    expect(marks.reached(3)).toBe(50);
    marks.advance(3, 10);
    expect([marks.reached(3), marks.closed]).toEqual([50, 50]);
    marks.advance(0, 90);
    expect(marks.closed).toBe(50);
    marks.advance(3, 70);
    expect(marks.closed).toBe(70);
  });

  test('a partition that has ended holds back nothing', () => {
    const marks = new Watermarks(2);
    marks.advance(0, 50);
    marks.end(1);
    expect(marks.closed).toBe(50);
    marks.end(0);
    expect(marks.closed).toBe(50);
  });

  test('an idle stream can be closed by hand, never further back', () => {
    const marks = new Watermarks();
    marks.advance(0, 50);
    marks.closeUpTo(80);
    marks.closeUpTo(60);
    expect([marks.closed, marks.reached(0), marks.greatest]).toEqual([80, 80, 50]);
    marks.advance(0, 70);
    expect([marks.closed, marks.reached(0), marks.greatest]).toEqual([80, 80, 70]);
  });
});
