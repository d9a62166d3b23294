import type { Sink } from '../endpoints/endpoint.js';

/** What stores did with the rows that they were given, all of them together; absent where none is one. */
export interface StoreCounts {
  readonly applied?: number;
  readonly stale?: number;
  readonly tied?: number;
}

export function storeCounts(sinks: readonly Sink[]): StoreCounts {
  const counts = sinks.map((sink) => sink.counts());
  const total = (name: keyof StoreCounts): StoreCounts =>
    counts.some((count) => count[name] !== undefined)
      ? { [name]: counts.reduce((sum, count) => sum + (count[name] ?? 0), 0) }
      : {};
  return { ...total('applied'), ...total('stale'), ...total('tied') };
}
