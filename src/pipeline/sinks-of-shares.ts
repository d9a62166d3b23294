import type { SharedTopics, Sink } from '../endpoints/endpoint.js';
import type { DeadLetterSink } from './dead-letter-record.js';

/** Those who store what copies of a group read, as one: see Sink.begin(). */
export interface SinksOfShares {
  begin(shared: SharedTopics): Promise<void>;
  /** Absent: what is read once more takes its own place. */
  readonly reset?: () => Promise<void>;
}

/** Those of a run's sinks that are to hear of the partitions that it has; undefined where none is. */
export function sinksOfShares(
  sinks: readonly Sink[],
  dead: DeadLetterSink | undefined,
): { readonly listener: SinksOfShares } | undefined {
  const told = [...sinks, ...(dead === undefined ? [] : [dead])].filter(({ begin }) => begin !== undefined);
  if (told.length === 0) return undefined;
  const begin = async (shared: SharedTopics): Promise<void> => {
    for (const one of told) await one.begin?.(shared);
  };
  const reset = async (): Promise<void> => {
    for (const one of told) await one.reset?.();
  };
  return { listener: told.some((one) => one.reset !== undefined) ? { begin, reset } : { begin } };
}
