import { UsageError } from '../../records/errors.js';
import { masked } from '../../records/uri-password.js';
import type { TopicSinkOptions } from '../open-topic-sinks.js';
import { parseUri, type TopicsUri } from '../uri.js';
import type { TailOutput } from './placed-records.js';
import { PrintedRecords, type PrintOptions } from './printed-records.js';

export interface TailOutputOptions extends PrintOptions, Omit<TopicSinkOptions, 'transactions' | 'registry' | 'stop'> {
  /** `--to`; absent: records are printed. */
  readonly to?: string;
}

/**
 * Opens what `tail` writes to.
 * @throws UsageError where the topic is missing, ServiceError where no broker answers
 */
export async function openTailOutput(options: TailOutputOptions): Promise<TailOutput> {
  const { to, form } = options;
  if (to === undefined) return new PrintedRecords(options);
  const uri = topicUri(to);
  const { openCopy } = await import('../open-topic-sinks.js');
  const { CopiedRecords } = await import('./copied-records.js');
  return new CopiedRecords({
    ...(await openCopy(to, uri, { ...options, stop: options.stop.aborted() })),
    raw: form === 'raw',
  });
}

/** What `--to` names. @throws UsageError where it is no topic */
export function topicUri(to: string): TopicsUri {
  const uri = parseUri(to);
  if (uri.kind === 'topics') return uri;
  throw new UsageError(`--to ${masked(to)} is no topic`, 'Write --to kafka:TOPIC; without --to records are printed.');
}
