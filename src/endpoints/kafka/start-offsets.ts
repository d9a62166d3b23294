import { ServiceError, UsageError } from '../../records/errors.js';
import { parseTimeText } from '../../records/time/parse-time.js';
import { type Cluster, topicError } from './client/cluster.js';
import { ConnectionError, isOutage } from './client/connection.js';
import { nameOf, type TopicPartition } from './fetch-queue.js';
import { ERROR, passes } from './protocol/error-codes.js';
import { EARLIEST, LATEST, listOffsets } from './protocol/list-offsets.js';

/** Where in a partition reading begins or ends, as kcat's -o says it. */
export type OffsetSpec =
  | { readonly at: 'beginning' | 'end' }
  | { readonly at: 'offset'; readonly offset: number }
  /** So many records before the end. */
  | { readonly at: 'before-end'; readonly records: number }
  /** The first record that is not older. */
  | { readonly at: 'time'; readonly millis: number };

export interface Range {
  readonly start: OffsetSpec;
  /** Reading ends there; absent: it goes on. */
  readonly end?: OffsetSpec;
}

/**
 * `--offset`: beginning, end, N, -N (the last N), s@TIME and e@TIME (both may be given, with a comma between them).
 * A time is epoch milliseconds, or ISO 8601 in UTC.
 * @throws UsageError
 */
export function parseOffset(text: string): Range {
  const parts = text.split(',').map((part) => part.trim());
  const [start = 'beginning', ...moreStarts] = parts.filter((part) => !part.startsWith('e@'));
  const [end, ...moreEnds] = parts.filter((part) => part.startsWith('e@'));
  if (moreStarts.length > 0 || moreEnds.length > 0) throw bad(text);
  return { start: specOf(start, text), ...(end === undefined ? {} : { end: timeOf(end.slice(2), text) }) };
}

function specOf(part: string, text: string): OffsetSpec {
  if (part === 'beginning' || part === 'earliest') return { at: 'beginning' };
  if (part === 'end' || part === 'latest') return { at: 'end' };
  if (/^\d{1,15}$/.test(part)) return { at: 'offset', offset: Number(part) };
  if (/^-\d{1,15}$/.test(part)) return { at: 'before-end', records: -Number(part) };
  if (part.startsWith('s@')) return timeOf(part.slice(2), text);
  throw bad(text);
}

function timeOf(time: string, text: string): OffsetSpec {
  if (/^\d{1,15}$/.test(time)) return { at: 'time', millis: Number(time) };
  const parsed = parseTimeText(time);
  if (parsed === undefined) throw bad(text);
  return { at: 'time', millis: parsed.millis };
}

function bad(text: string): UsageError {
  return new UsageError(
    `--offset ${text} is none`,
    'Known are beginning, end, a number, -N for the last N, s@TIME and e@TIME (epoch milliseconds or ISO 8601).',
  );
}

/**
 * How long partitions may be without a leader when reading begins, in milliseconds: the other brokers notice within 9 s
 * that one is gone (broker.session.timeout.ms), and choose; one that comes back needs a moment.
 */
const CHOICE_MS = 15_000;
/** The same where there is nothing to wait for; and when it is told that leaders are waited for. */
const SOON_MS = 1500;
const PAUSE_MS = 200;

/**
 * Offsets of partitions, asked from the nodes that lead them; those of one list in its order. A number that a partition
 * does not reach, or has deleted, is its end or its beginning.
 * @param committed the end is behind the last record that no open transaction holds up
 * @param patience milliseconds in which leaders may be found; Infinity: without end; absent: as when reading begins
 * @throws ServiceError where one is not
 */
export async function findOffsets(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  spec: OffsetSpec,
  committed: boolean,
  patience?: number,
): Promise<number[]> {
  const ask = (at: number): Promise<number[]> => askOffsets(cluster, partitions, at, committed, patience);
  switch (spec.at) {
    case 'offset': {
      const [first, last] = [await ask(EARLIEST), await ask(LATEST)];
      return last.map((offset, index) => Math.min(Math.max(first[index] ?? 0, spec.offset), offset));
    }
    case 'beginning':
      return ask(EARLIEST);
    case 'end':
      return ask(LATEST);
    case 'before-end': {
      const [first, last] = [await ask(EARLIEST), await ask(LATEST)];
      return last.map((offset, index) => Math.max(first[index] ?? 0, offset - spec.records));
    }
    case 'time': {
      const [found, last] = [await ask(spec.millis), await ask(LATEST)];
      return found.map((offset, index) => (offset < 0 ? (last[index] ?? 0) : offset));
    }
  }
}

/** Asks until all have answered: leaders may move meanwhile, and a broker that was there in this run comes back. */
async function askOffsets(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  at: number,
  committed: boolean,
  patience: number | undefined,
): Promise<number[]> {
  const found = new Map<string, number>();
  const began = performance.now();
  /** When a broker was missed last that comes back. */
  let missed: number | undefined;
  let told = false;
  for (;;) {
    const missing = partitions.filter((one) => !found.has(nameOf(one)));
    const problem = await askLeaders(cluster, missing, at, committed, found);
    if (problem === undefined) {
      if (told) cluster.tell('Kafka is back: reading goes on');
      return partitions.map((one) => found.get(nameOf(one)) ?? 0);
    }
    const now = performance.now();
    if (patience === undefined && problem.passes && !cluster.isToStop) missed = now;
    const longest = patience ?? (cluster.size > 1 || missed !== undefined ? CHOICE_MS : SOON_MS);
    if (now - (missed ?? began) >= longest) throw problem.error;
    if (now - began >= SOON_MS && !told) {
      cluster.tell(`${problem.error.message}: trying again`);
      told = true;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    await cluster.refresh([...new Set(missing.map(({ topic }) => topic))]).catch((error: unknown) => {
      if (!isOutage(error)) throw error;
    });
  }
}

/** Why partitions have not answered. */
interface Problem {
  readonly error: ServiceError;
  /** Whether all that is missed are brokers that were there. */
  readonly passes: boolean;
}

/** Asks each leader once. @returns why some have not answered; what has is in `found` */
async function askLeaders(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  at: number,
  committed: boolean,
  found: Map<string, number>,
): Promise<Problem | undefined> {
  let problem: Problem | undefined;
  const note = (error: ServiceError, comesBack: boolean): void => {
    problem = { error, passes: comesBack && problem?.passes !== false };
  };
  for (const [node, asked] of cluster.byLeader(partitions)) {
    if (node === undefined) {
      note(leaderless(asked), false);
      continue;
    }
    const questions = asked.map((one) => ({ ...one, at }));
    try {
      for (const answer of await cluster.send(node, listOffsets(questions, committed))) {
        const { topic, errorCode, offset } = answer;
        if (errorCode === ERROR.none) found.set(nameOf(answer), offset);
        else if (passes(errorCode)) note(leaderless([answer]), false);
        else throw topicError(topic, errorCode, cluster.name);
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      const sentence = `the broker that leads ${namesOf(asked)} can't be reached: ${error.message}`;
      note(new ServiceError(sentence, ASK, { cause: error }), cluster.wasThere(node));
    }
  }
  return problem;
}

const ASK = 'Is one of the brokers down?';

function leaderless(partitions: readonly TopicPartition[]): ServiceError {
  return new ServiceError(`no broker leads ${namesOf(partitions)} at the moment`, ASK);
}

function namesOf(partitions: readonly TopicPartition[]): string {
  return partitions.map(nameOf).join(', ');
}
