import type { SharedTopics, Sink } from '../endpoints/endpoint.js';
import type { DeadLetterSink } from './dead-letter-record.js';

/** Those who store what copies of a group read, as one: see Sink.begin(). */
export interface SinksOfShares {
  begin(shared: SharedTopics): Promise<void>;
  reset(): Promise<void>;
}

/** Those of a run's sinks that are to hear of the partitions that it has; undefined where none is. */
export function sinksOfShares(
  sinks: readonly Sink[],
  dead: DeadLetterSink | undefined,
): { readonly listener: SinksOfShares } | undefined {
  const told = [...sinks, ...(dead === undefined ? [] : [dead])].filter(({ begin }) => begin !== undefined);
  if (told.length === 0) return undefined;
  return {
    listener: {
      begin: async (shared) => {
        for (const one of told) await one.begin?.(shared);
      },
      reset: async () => {
        for (const one of told) await one.reset?.();
      },
    },
  };
}
