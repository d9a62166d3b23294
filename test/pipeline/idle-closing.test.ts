import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BatchSource } from '../../src/endpoints/endpoint.js';
import { ExchangedOperator } from '../../src/operators/exchanged-operator.js';
import type { Exchangeable } from '../../src/operators/operator.js';
import { PartitionedOperator } from '../../src/operators/partitioned-operator.js';
import { IdleClosing } from '../../src/pipeline/idle-closing.js';
import type { Batch } from '../../src/records/batch.js';
import { parseSchema } from '../../src/records/parse-schema.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const schema = parseSchema({ type: 'record', name: 'empty', fields: [{ name: 'a', type: 'string' }] }, 'empty');
const part = (): Exchangeable => ({
  ...{ reads: [], readsRecords: false, output: schema, state: schema },
  ...{ process: () => ({}), flush: () => [], changes: () => [], figures: () => ({ states: 0 }) },
  ...{ restore: () => {}, resume: () => {}, progress: { watermarks: [], closed: null, window: null } },
  ...{ advance: () => {}, steadyUntil: () => Number.POSITIVE_INFINITY },
});
/** Four partitions, each a part. */
const operator = (): PartitionedOperator =>
  new PartitionedOperator(
    part,
    [0, 1, 2, 3].map((one) => ({ part: one, partition: 0 })),
  );
const of = (partition: number): Batch => ({
  ...{ schema, length: 0, columns: new Map() },
  origin: { source: 't', partition, unit: 'offset', ordinal: () => 0 },
});
/** Since when each partition is quiet. */
const sourceOf = (quiet: readonly (number | undefined)[]): BatchSource => ({
  ...{ name: 't', finite: false, ready: () => undefined, take: () => 'wait', stop: () => {}, close: async () => {} },
  quiet: (wanted) => {
    const since = quiet.filter((_, partition) => wanted(partition));
    return since.includes(undefined) ? undefined : Math.max(...since.map((one) => one ?? 0));
  },
});

describe('windows are closed', () => {
  it('in each partition that has been quiet for so long, whatever the others do', () => {
    const quiet: (number | undefined)[] = [0, 0, 0, 0];
    const parts = operator();
    const idle = new IdleClosing(sourceOf(quiet), parts, 1000);
    const arrive = (partition: number): void => {
      parts.process(of(partition));
      idle.arrived(of(partition));
    };
    for (const partition of [0, 1, 2, 3]) arrive(partition);
    vi.advanceTimersByTime(900);
    arrive(3);
    expect(idle.take()).toEqual(new Set());
    expect(idle.due).toBe(performance.now() + 100);
    vi.advanceTimersByTime(100);
    expect(idle.take()).toEqual(new Set([0, 1, 2]));
    // Once, until more comes.
    expect(idle.take()).toEqual(new Set());
    vi.advanceTimersByTime(5000);
    expect(idle.take()).toEqual(new Set([3]));
    expect(idle.due).toBeUndefined();
    arrive(1);
    vi.advanceTimersByTime(1000);
    expect(idle.take()).toEqual(new Set([1]));
  });

  it('not while more may be there to be read, or the broker does not answer', () => {
    const quiet: (number | undefined)[] = [undefined];
    const parts = operator();
    const idle = new IdleClosing(sourceOf(quiet), parts, 1000);
    parts.process(of(0));
    idle.arrived(of(0));
    vi.advanceTimersByTime(60_000);
    expect(idle.take()).toEqual(new Set());
    expect(idle.due).toBeLessThanOrEqual(performance.now() + 1000);
    quiet[0] = performance.now();
    vi.advanceTimersByTime(999);
    expect(idle.take()).toEqual(new Set());
    vi.advanceTimersByTime(1);
    expect(idle.take()).toEqual(new Set([0]));
  });

  it('again in a part that was another copy’s in between', () => {
    const parts = operator();
    const idle = new IdleClosing(sourceOf([0, 0, 0, 0]), parts, 1000);
    parts.process(of(2));
    idle.arrived(of(2));
    vi.advanceTimersByTime(1000);
    expect(idle.take()).toEqual(new Set([2]));
    parts.drop(2);
    parts.process(of(2));
    vi.advanceTimersByTime(1000);
    expect(idle.take()).toEqual(new Set([2]));
  });

  describe('of groups across partitions', () => {
    /** Four parts that are here, each with a partition that brings what is sent to it behind those of the input. */
    const exchanged = (): ExchangedOperator => {
      const parts = new ExchangedOperator({ schema, by: ['a'] }, part, [0, 1, 2, 3], () => 0);
      parts.keepHere([0, 1, 2, 3]);
      for (const number of [0, 1, 2, 3]) parts.resume(number, { watermarks: [], closed: null, window: null });
      return parts;
    };
    const all = new Set([0, 1, 2, 3]);

    it('not while records come that are handed to them directly, whatever partition brings them', () => {
      const parts = exchanged();
      const idle = new IdleClosing(sourceOf(Array.from({ length: 8 }, () => 0)), parts, 1000);
      for (let times = 0; times < 5; times++) {
        parts.process(of(0));
        idle.arrived(of(0));
        vi.advanceTimersByTime(600);
        expect(idle.take()).toEqual(new Set());
      }
      vi.advanceTimersByTime(400);
      expect(idle.take()).toEqual(all);
    });

    it('also if nothing had come for so long before the first record', () => {
      const parts = exchanged();
      const idle = new IdleClosing(sourceOf(Array.from({ length: 8 }, () => 0)), parts, 1000);
      vi.advanceTimersByTime(3000);
      expect(idle.take()).toEqual(all);
      parts.process(of(0));
      idle.arrived(of(0));
      expect(idle.due).toBe(performance.now() + 1000);
      vi.advanceTimersByTime(1000);
      expect(idle.take()).toEqual(all);
    });

    it('in the part alone that records were sent on to', () => {
      const parts = exchanged();
      const idle = new IdleClosing(sourceOf(Array.from({ length: 8 }, () => 0)), parts, 1000);
      vi.advanceTimersByTime(1000);
      expect(idle.take()).toEqual(all);
      idle.arrived({ ...of(0), exchanged: { part: 2, reached: undefined } });
      vi.advanceTimersByTime(1000);
      expect(idle.take()).toEqual(new Set([2]));
    });
  });
});
