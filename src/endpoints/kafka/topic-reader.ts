import { ServiceError } from '../../records/errors.js';
import type { Cluster } from './client/cluster.js';
import { ConnectionError } from './client/connection.js';
import { type Fetched, FetchQueue, type TopicPartition } from './fetch-queue.js';
import { LeaderSearch } from './leader-search.js';
import { ERROR, errorName, passes } from './protocol/error-codes.js';
import { type FetchedPartition, fetchRecords } from './protocol/fetch.js';
import { type PartitionState, readAnswer } from './read-answer.js';
import { AbortedRecords } from './records/aborted-records.js';
import { recordBatches } from './records/record-batch.js';

export type { Fetched, TopicPartition } from './fetch-queue.js';

export interface ReaderOptions {
  readonly cluster: Cluster;
  /** Only what committed transactions wrote. */
  readonly committed: boolean;
  /** Shows a sentence to the user. */
  readonly show: (sentence: string) => void;
}

const MAX_WAIT_MS = 500;
const MAX_PARTITION_BYTES = 1024 * 1024;
const MAX_BYTES = 8 * MAX_PARTITION_BYTES;
const NOTHING = new Uint8Array(0);

/**
 * Reads partitions from where it is told to: one loop for each node that leads some, which asks again while what was
 * fetched is worked on. While brokers are away it tries again, and tells so once.
 */
export class TopicReader {
  readonly #options: ReaderOptions;
  readonly #partitions: PartitionState[] = [];
  readonly #aborted = new Map<PartitionState, AbortedRecords>();
  readonly #queue = new FetchQueue();
  readonly #looping = new Set<number>();
  readonly #leaders: LeaderSearch;
  #turn = 0;
  #failure: unknown;
  #closed = false;
  #woken: Promise<void> | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#leaders = new LeaderSearch({
      ...options,
      wanted: () => (this.#closed ? [] : this.#open()),
      found: () => this.#start(),
    });
  }

  get partitions(): readonly Readonly<PartitionState>[] {
    return this.#partitions;
  }

  /** Starts to read a partition. @param end where to stop; Infinity: never */
  add(partition: TopicPartition, position: number, end: number): void {
    this.#partitions.push({ ...partition, start: position, position, end, limit: position, written: position });
    this.#start();
  }

  /** Says where reading a partition ends, when that was not known yet. */
  endAt({ topic, partition }: TopicPartition, end: number): void {
    for (const state of this.#partitions) if (state.topic === topic && state.partition === partition) state.end = end;
    this.#queue.wake();
  }

  /** Whether reading was stopped. */
  get stopped(): boolean {
    return this.#closed;
  }

  /** Stops reading a partition; what was fetched of it is given no more. */
  remove({ topic, partition }: TopicPartition): void {
    const isIt = (one: TopicPartition): boolean => one.topic === topic && one.partition === partition;
    const at = this.#partitions.findIndex(isIt);
    for (const state of at < 0 ? [] : this.#partitions.splice(at, 1)) {
      this.#leaders.back(state);
      this.#aborted.delete(state);
    }
    this.#queue.drop({ topic, partition });
  }

  /** Has ready() resolve: there is something else to do. */
  wake(): void {
    this.#queue.wake();
  }

  /** Resolves at wake(), and when more was fetched or reading is stopped. */
  woken(): Promise<void> {
    this.#woken ??= this.#queue.woken().then(() => {
      this.#woken = undefined;
    });
    return this.#woken;
  }

  /** Resolves when take() has something to say, or at wake(); undefined when it has now. */
  ready(): Promise<void> | undefined {
    if (!this.#queue.isEmpty || this.#failure !== undefined || this.#ended) return undefined;
    return this.woken();
  }

  /** What was fetched next; its bytes are the caller's until done(). */
  take(): Fetched | 'wait' | 'end' {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#queue.take() ?? (this.#ended ? 'end' : 'wait');
  }

  /** Takes back what take() gave: its bytes will be overwritten. */
  done({ answer }: Fetched): void {
    this.#queue.letGo(answer);
  }

  /** Stops reading: what was fetched is still given, then the end. */
  stop(): void {
    this.#closed = true;
    this.#queue.wake();
  }

  get #ended(): boolean {
    return this.#closed || (this.#partitions.length > 0 && this.#open().length === 0);
  }

  /** A loop for each node that leads a partition, where there is none yet. */
  #start(): void {
    if (this.#closed) return;
    for (const { topic, partition } of this.#open()) {
      const node = this.#options.cluster.leader(topic, partition);
      if (node === undefined) this.#find();
      else if (!this.#looping.has(node)) {
        this.#looping.add(node);
        this.#watch(this.#loop(node));
      }
    }
  }

  #find(): void {
    this.#watch(this.#leaders.find());
  }

  #watch(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#failure ??= error;
      this.#queue.wake();
    });
  }

  #open(): PartitionState[] {
    return this.#partitions.filter(({ position, end }) => position < end);
  }

  async #loop(node: number): Promise<void> {
    try {
      for (;;) {
        while (this.#queue.isFull(node) && !this.#closed) await this.#queue.room();
        const { cluster } = this.#options;
        const open = this.#open();
        const asked = open.filter(({ topic, partition }) => cluster.leader(topic, partition) === node);
        if (this.#closed || asked.length === 0) break;
        // Others may have heard of new leaders.
        if (asked.length < open.length) this.#start();
        if (!(await this.#fetch(node, rotated(asked, this.#turn++)))) {
          this.#find();
          return;
        }
      }
    } finally {
      this.#looping.delete(node);
    }
    this.#start();
  }

  /** False where the leaders have to be found again. */
  async #fetch(node: number, asked: readonly PartitionState[]): Promise<boolean> {
    const request = {
      maxWait: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: MAX_BYTES,
      maxPartitionBytes: MAX_PARTITION_BYTES,
      committed: this.#options.committed,
    };
    const partitions = asked.map(({ topic, partition, position }) => ({ topic, partition, offset: position }));
    try {
      const { errorCode, partitions: answers } = await this.#options.cluster.send(
        node,
        fetchRecords({ ...request, partitions }),
      );
      if (errorCode !== ERROR.none) throw new ServiceError(`Kafka refuses to be read: ${errorName(errorCode)}`);
      const moved = this.#takeAnswers(asked, answers, node);
      this.#queue.wake();
      return !moved;
    } catch (error) {
      if (this.#closed) return true;
      if (!(error instanceof ConnectionError)) throw error;
      for (const state of asked) state.quietSince = undefined;
      this.#leaders.gone(asked, `Kafka can't be reached (${error.message}): trying again`);
      return false;
    }
  }

  /** True where a leader has to be found again. */
  #takeAnswers(asked: readonly PartitionState[], answers: readonly FetchedPartition[], node: number): boolean {
    const [{ records } = { records: NOTHING }] = answers;
    this.#queue.hold(records);
    try {
      let moved = false;
      for (const answer of answers) {
        const state = asked.find((one) => one.topic === answer.topic && one.partition === answer.partition);
        // Removed meanwhile.
        if (state === undefined || !this.#partitions.includes(state)) continue;
        if (this.#answered(state, answer, node)) this.#leaders.back(state);
        else {
          state.quietSince = undefined;
          moved = true;
        }
      }
      return moved;
    } finally {
      this.#queue.letGo(records);
    }
  }

  /** False where the partition's leader has to be found again. */
  #answered(state: PartitionState, answer: FetchedPartition, node: number): boolean {
    const { cluster, committed } = this.#options;
    if (passes(answer.errorCode)) return false;
    const aborted = this.#aborted.get(state) ?? new AbortedRecords();
    this.#aborted.set(state, aborted);
    const of = readAnswer(state, answer, [...recordBatches(answer.records)], {
      aborted,
      committed,
      cluster: cluster.name,
    });
    if (of !== undefined) this.#queue.put(node, of);
    return true;
  }
}

/** Each in its turn is asked for first: an answer may be full before the last. */
function rotated<T>(values: readonly T[], turn: number): T[] {
  const first = turn % values.length;
  return [...values.slice(first), ...values.slice(0, first)];
}
