import { describe, expect, it } from 'vitest';
import { type PartitionState, quietSinceOf } from '../../../src/endpoints/kafka/read-answer.js';

const state = (given: Partial<PartitionState>): PartitionState => ({
  ...{ topic: 't', partition: 0, start: 0, position: 5, end: Number.POSITIVE_INFINITY, limit: 5, written: 5 },
  ...{ quietSince: 100, ...given },
});

describe('a partition is quiet', () => {
  it('since its leader has had no more', () => {
    expect(quietSinceOf(state({}), false)).toBe(100);
    expect(quietSinceOf(state({}), true)).toBe(100);
    expect(quietSinceOf(state({ quietSince: undefined }), false)).toBeUndefined();
  });

  it('where records of an open transaction lie behind, if those need not be waited for', () => {
    expect(quietSinceOf(state({ written: 7 }), false)).toBe(100);
    expect(quietSinceOf(state({ written: 7 }), true)).toBeUndefined();
  });

  it('where reading has ended', () => {
    expect(quietSinceOf(state({ end: 5, written: 7, quietSince: undefined }), true)).toBe(0);
  });
});
