import { UsageError } from '../records/errors.js';

/** Refuses options behind a URI's ? that it does not have, or that are given twice. @throws UsageError */
export function onlyKnown(word: string, query: URLSearchParams, known: readonly string[]): void {
  const all = known.length === 1 ? known[0] : `${known.slice(0, -1).join(', ')} and ${known.at(-1)}`;
  for (const name of query.keys()) {
    if (!known.includes(name)) {
      throw new UsageError(`${word}: ${name} is not known`, `Known ${known.length === 1 ? 'is' : 'are'} ${all}.`);
    }
    if (query.getAll(name).length > 1) throw new UsageError(`${word}: ${name} is given twice`);
  }
}
