import { ServiceError } from '../../records/errors.js';
import { topicError } from './client/cluster.js';
import type { Fetched, TopicPartition } from './fetch-queue.js';
import { ERROR } from './protocol/error-codes.js';
import type { FetchedPartition } from './protocol/fetch.js';
import type { AbortedRecords } from './records/aborted-records.js';
import type { BatchProblem, RecordBatch } from './records/record-batch.js';

/** How a partition stands. */
export interface PartitionState extends TopicPartition {
  /** Where reading began. */
  readonly start: number;
  /** Where reading goes on. */
  position: number;
  /** Reading ends there; Infinity: never. */
  end: number;
  /** Behind the last record that may be read, as of the last answer. */
  limit: number;
  /** Behind the last record that there is, readable or not, as of the last answer. */
  written: number;
  /** Since when (performance.now()) its leader has answered that there is no more; undefined: it has not. */
  quietSince?: number | undefined;
}

/**
 * Since when there is no more to be read of a partition; undefined: there may be.
 * @param whole whether records count that are there and may not be read yet
 */
export function quietSinceOf(
  { position, end, written, quietSince }: Readonly<PartitionState>,
  whole: boolean,
): number | undefined {
  if (position >= end) return 0;
  return whole && position < written ? undefined : quietSince;
}

export interface AnswerContext {
  readonly aborted: AbortedRecords;
  /** Whether only what committed transactions wrote was asked for. */
  readonly committed: boolean;
  /** The cluster's name, for sentences. */
  readonly cluster: string;
}

/**
 * Takes a broker's answer for one partition, and moves its state on.
 * @param found the record batches of the answer
 * @returns undefined where there is nothing new
 * @throws ServiceError where reading can't go on
 */
export function readAnswer(
  state: PartitionState,
  answer: FetchedPartition,
  found: readonly (RecordBatch | BatchProblem)[],
  { aborted, committed, cluster }: AnswerContext,
): Fetched | undefined {
  const { topic, partition } = state;
  if (answer.errorCode === ERROR.offsetOutOfRange) {
    throw new ServiceError(
      `${topic}:${partition}: offset ${state.position} is not there any more`,
      'The topic has been made anew, or keeps its records for too short a time. --reset starts at --offset again.',
    );
  }
  if (answer.errorCode !== ERROR.none) throw topicError(topic, answer.errorCode, cluster);
  state.limit = committed ? answer.lastStableOffset : answer.highWatermark;
  state.written = answer.highWatermark;
  state.quietSince =
    found.length > 0 || state.position < state.limit ? undefined : (state.quietSince ?? performance.now());
  const from = state.position;
  aborted.add(answer.aborted);
  const batches: RecordBatch[] = [];
  const problems: { offset: number; problem: string; bytes: Uint8Array }[] = [];
  for (const batch of found) {
    if ('problem' in batch) {
      const { problem, bytes, nextOffset = 0 } = batch;
      // What its own header says can't be trusted to lead on.
      if (nextOffset <= state.position) throw unreadable(state, problem);
      problems.push({ offset: state.position, problem, bytes });
      state.position = nextOffset;
      continue;
    }
    if (batch.lastOffset < from) continue;
    if (batch.baseOffset >= state.end) {
      state.position = state.end;
      break;
    }
    // What is behind the end is for whoever goes on there.
    state.position = Math.min(batch.lastOffset + 1, state.end);
    if (!aborted.leavesOut(batch)) batches.push(batch);
  }
  if (state.position === from) return undefined;
  const { records } = answer;
  return { topic, partition, from, to: state.end, batches, next: state.position, answer: records, problems };
}

function unreadable({ topic, partition, position }: PartitionState, problem: string): ServiceError {
  return new ServiceError(
    `${topic}:${partition}:${position}: ${problem}`,
    'Where the next records begin can not be told. --offset N starts behind them.',
  );
}
