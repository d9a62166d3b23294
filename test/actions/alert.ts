import type { Alert } from '../../src/actions/action.js';

/** A breach of a window of ten seconds that has ended just now, unless told otherwise. */
export function alertOf(changes: Partial<Alert> = {}): Alert {
  const end = changes.end ?? Date.now();
  return {
    id: 'ratio 1',
    monitor: 'ratio',
    start: end - 10_000,
    end,
    reason: 'the ratio 0.5 is over 0.3',
    json: '{"ratio":0.5,"records":12345678901234567890}',
    ...changes,
  };
}
