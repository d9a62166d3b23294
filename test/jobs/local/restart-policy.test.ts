import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RestartPolicy } from '../../../src/jobs/local/restart-policy.js';

describe('a restart on failure', () => {
  it('waits longer each time, up to a minute, and is never given up', () => {
    const policy = new RestartPolicy('on-failure');
    const pauses = Array.from({ length: 9 }, () => policy.pauseAfter(1, 10));
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('waits a second again after the job ran for a minute', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 59_999 })), fc.integer({ min: 60_000 }), (short, long) => {
        const policy = new RestartPolicy('on-failure');
        for (const ran of short) policy.pauseAfter(1, ran);
        expect(policy.pauseAfter(1, long)).toBe(1000);
      }),
    );
  });

  it.each([
    [0, 'it ended well'],
    [126, 'it is no program'],
    [127, 'there is no such program'],
    [129, 'its terminal went away'],
    [130, 'ctrl-C'],
    [141, 'its reader went away'],
    [143, 'somebody stopped it'],
  ])('is none after status %i: %s', (status) => {
    expect(new RestartPolicy('on-failure').pauseAfter(status, 10)).toBeUndefined();
  });

  it.each([1, 2, 5, 134, 137, 139])('follows status %i', (status) => {
    expect(new RestartPolicy('on-failure').pauseAfter(status, 10)).toBe(1000);
    expect(new RestartPolicy('never').pauseAfter(status, 10)).toBeUndefined();
  });
});
