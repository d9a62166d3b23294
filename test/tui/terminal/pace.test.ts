import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pace } from '../../../src/tui/terminal/pace.js';

/** Draws for ten seconds of a clock of its own. @returns when frames began */
function drawn(cost: number, isChanged: () => boolean): number[] {
  let now = 0;
  const begun: number[] = [];
  const pace = new Pace(
    () => {
      begun.push(now);
      now += cost;
    },
    isChanged,
    () => now,
  );
  pace.start();
  for (; now < 10_000; now++) vi.advanceTimersByTime(1);
  pace.stop();
  return begun;
}

describe('frames', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are ten a second at most, however much changes', () => {
    const frames = drawn(1, () => true).length;
    expect(frames).toBeGreaterThan(80);
    expect(frames).toBeLessThanOrEqual(100);
  });

  it('take a fifth of the time at most, however much each costs', () => {
    expect(drawn(100, () => true).length * 100).toBeLessThanOrEqual(2000);
  });

  it('are one a second while nothing changes', () => {
    expect(drawn(1, () => false).length).toBeLessThanOrEqual(11);
  });
});
