import { createHash } from 'node:crypto';
import type { Monitor, MonitorFlags } from './monitor-run.js';

/** What a monitor does about what it sees, and where it tells of it: another way of telling is the same monitor. */
const TELLING: ReadonlySet<string> = new Set<keyof MonitorFlags | 'debug' | 'log-format' | 'report-file'>([
  ...(['kill', 'target', 'grace', 'exec', 'webhook', 'cooldown', 'act-within', 'dry-run', 'pass'] as const),
  ...(['to', 'format', 'compression', 'append', 'create', 'every', 'dead', 'max-dead', 'strict', 'drain'] as const),
  ...(['metrics', 'max-state', 'registry', 'until-end', 'reset', 'offset', 'guarantee'] as const),
  ...(['create-topics', 'partitions', 'replication', 'debug', 'log-format', 'report-file'] as const),
]);

/** Sources that are the same whatever folder the monitor is started in. */
const EVERYWHERE = /^(kafka|mysql|cassandra|tcp|tcp-listen|http-listen):/;

/**
 * What a monitor is remembered by: its name, or one that comes of all that it watches and of where, so that two that
 * have no name and nothing to do with each other don't take each other's breaches for their own.
 */
export function identityOf({ kind, flags }: Pick<Monitor, 'kind' | 'flags'>): string {
  if (flags.name !== undefined) return flags.name;
  const watched = Object.entries(flags)
    .filter(([name]) => !TELLING.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const from = flags.from ?? ['-'];
  const { KAFKA_HOST, KAFKA_PORT, FRESHET_JOB } = process.env;
  const where = [
    ...(from.every((word) => EVERYWHERE.test(word)) ? [] : [process.cwd(), FRESHET_JOB]),
    ...(flags.brokers === undefined && from.some((word) => word.startsWith('kafka:')) ? [KAFKA_HOST, KAFKA_PORT] : []),
  ];
  const hash = createHash('sha256')
    .update(JSON.stringify([watched, where]))
    .digest('hex');
  return `${kind}-${hash.slice(0, 12)}`;
}
