import { describe, expect, it, vi } from 'vitest';
import type { BatchSource } from '../../src/endpoints/endpoint.js';
import { MergedSource } from '../../src/pipeline/merged-source.js';

function source(ready: () => Promise<void>): BatchSource {
  return { name: 'test', finite: false, ready, take: () => 'wait', stop: () => {}, close: async () => {} };
}

describe('several sources', () => {
  it('leave nothing with one that is quiet, however often the others are waited for', async () => {
    const quiet = new Promise<void>(() => {});
    const asked = vi.spyOn(quiet, 'then');
    const merged = new MergedSource([source(() => quiet), source(() => Promise.resolve())], () => {});
    for (let wait = 0; wait < 100; wait++) await merged.ready();
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('wake who waits when any of them does, or fails', async () => {
    let [wake, fail] = [() => {}, () => {}];
    const first = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const second = new Promise<void>((_, reject) => {
      fail = () => reject(new Error('cut'));
    });
    const merged = new MergedSource([source(() => first), source(() => second)], () => {});
    const woken = merged.ready();
    wake();
    await woken;
    const again = new MergedSource([source(() => new Promise(() => {})), source(() => second)], () => {}).ready();
    fail();
    await again;
  });
});
