import { createHash } from 'node:crypto';
import type { Monitor, MonitorFlags } from './monitor-run.js';

/** What a monitor does about what it sees, and where it tells of it: another way of telling is the same monitor. */
const TELLING: ReadonlySet<string> = new Set<keyof MonitorFlags | 'debug' | 'log-format' | 'report-file'>([
  ...(['kill', 'target', 'grace', 'exec', 'webhook', 'cooldown', 'act-within', 'dry-run', 'pass'] as const),
  ...(['to', 'format', 'compression', 'append', 'create', 'every', 'dead', 'max-dead', 'strict', 'drain'] as const),
  ...(['metrics', 'max-state', 'registry', 'until-end', 'reset', 'offset', 'guarantee'] as const),
  ...(['create-topics', 'partitions', 'replication', 'debug', 'log-format', 'report-file'] as const),
]);

/**
 * What a monitor is remembered by: its name, or one that comes of all that it watches and of where, so that two that
 * have no name and nothing to do with each other don't take each other's breaches for their own.
 */
export function identityOf({ kind, flags }: Pick<Monitor, 'kind' | 'flags'>): string {
  if (flags.name !== undefined) return flags.name;
  const watched = Object.entries(flags)
    .filter(([name]) => !TELLING.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const isNamed = flags.from?.every((word) => /^[a-z][a-z0-9+-]*:/.test(word)) === true;
  const where = isNamed ? [] : [process.cwd(), process.env.FRESHET_JOB];
  const hash = createHash('sha256')
    .update(JSON.stringify([watched, where]))
    .digest('hex');
  return `${kind}-${hash.slice(0, 12)}`;
}
