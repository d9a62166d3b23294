import { ServiceError } from '../../../records/errors.js';
import type { Cluster } from '../client/cluster.js';
import { ConnectionError } from '../client/connection.js';
import { ERROR, passes } from '../protocol/error-codes.js';
import { type ProducedPartition, produceRecords } from '../protocol/produce.js';
import type { ProducerIdentity } from '../protocol/producer-id.js';
import type { Compression } from '../records/compression-names.js';
import { HEADER_BYTES } from '../records/record-batch.js';
import { firstValue } from '../records/split-batch.js';
import { isAdded, type SentBatch } from './is-added.js';
import { LeaderlessQueues } from './leaderless-queues.js';
import { PartitionQueue, type QueuedBatch } from './partition-queue.js';
import { fencedError, produceError, tooLargeError } from './produce-error.js';
import { TopicWriter } from './topic-writer.js';
import { Waiting } from './waiting.js';

export interface ProducerOptions {
  readonly cluster: Cluster;
  readonly compression: Compression;
  /** Who writes: what is in flight twice is added once. */
  readonly identity: ProducerIdentity;
  /** Set where it writes in transactions. */
  readonly transaction?: {
    readonly id: () => string;
    /** Called before records of a partition are sent. */
    enroll(partitions: readonly { readonly topic: string; readonly partition: number }[]): Promise<void>;
  };
  /** Shows a sentence to the user. */
  readonly show: (sentence: string) => void;
}

const MOST_REQUESTS = 5;
/** Bytes of a batch before it is compressed. */
const BATCH_BYTES = 256 * 1024;
const REQUEST_BYTES = 4 * 1024 * 1024;
/** What is written and not acknowledged; more has to wait. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Brokers close the connection on requests of 100 MiB (socket.request.max.bytes). */
const LARGEST_BATCH = 100 * 1024 * 1024 - 64 * 1024;
const REPLICAS_MS = 30_000;
const BROKEN_SEQUENCE = new Set<number>([ERROR.outOfOrderSequence, ERROR.unknownProducerId]);
/** A batch that arrives damaged so often was damaged before. */
const DAMAGED_ATTEMPTS = 3;

/**
 * Adds record batches to partitions, each once and in order, whatever brokers do meanwhile (KIP-98, "Idempotent
 * Producer Guarantees"). What is there is sent at once where nothing is in flight to the partition's leader; while
 * requests are, batches fill. While brokers are away it tries again, and tells so once.
 */
export class Producer {
  readonly #options: ProducerOptions;
  #identity: ProducerIdentity;
  readonly #queues: PartitionQueue[] = [];
  /** Requests in flight by node. */
  readonly #requests = new Map<number, number>();
  #bytes = 0;
  readonly #waiting = new Waiting();
  readonly #leaderless: LeaderlessQueues;
  #closed = false;
  #turn = 0;

  constructor(options: ProducerOptions) {
    const { identity, cluster, show } = options;
    this.#options = options;
    this.#identity = identity;
    this.#leaderless = new LeaderlessQueues({
      cluster,
      wanted: () => !this.#closed && !this.#waiting.isOver,
      found: () => this.#pump(),
      failed: (error) => this.#waiting.fail(error),
      show,
    });
  }

  /** @param partitions how many the topic has @param mostBytes of a batch that it takes */
  topic(topic: string, partitions: number, mostBytes: number): TopicWriter {
    return this.#writer(
      Array.from({ length: partitions }, (_, partition) => this.#queue(topic, partition)),
      mostBytes,
    );
  }

  /** A writer of one partition, whatever records' keys are. */
  partition(topic: string, partition: number, mostBytes: number): TopicWriter {
    return this.#writer([this.#queue(topic, partition)], mostBytes);
  }

  /** One for each partition: the broker numbers a producer's records in it. */
  #queue(topic: string, partition: number): PartitionQueue {
    const known = this.#queues.find((one) => one.topic === topic && one.partition === partition);
    if (known !== undefined) return known;
    const queue = new PartitionQueue(topic, partition, this.#options.compression, (bytes) => {
      this.#bytes += bytes;
    });
    this.#queues.push(queue);
    return queue;
  }

  #writer(queues: readonly PartitionQueue[], mostBytes: number): TopicWriter {
    return new TopicWriter(queues, Math.min(BATCH_BYTES, mostBytes - HEADER_BYTES), (bytes) => {
      this.#bytes += bytes;
      this.#pump();
    });
  }

  /** Resolves when more may be written. @throws ServiceError when the brokers refuse what was written */
  async room(): Promise<void> {
    this.#waiting.check();
    if (this.#bytes > MOST_BYTES) await this.#waiting.until(() => this.#bytes <= MOST_BYTES / 2);
  }

  /** Resolves when all that was written is acknowledged by all replicas that are in sync. */
  async flush(): Promise<void> {
    this.#waiting.check();
    for (const queue of this.#queues) queue.seal();
    this.#pump();
    await this.#waiting.until(() => this.settledAll);
  }

  /** The last offset up to which a partition holds what was written and acknowledged; 0: nothing was. */
  endOf(topic: string, partition: number): number {
    return this.#queues.find((one) => one.topic === topic && one.partition === partition)?.end ?? 0;
  }

  /** How often a partition's leader was away, or not the right one. */
  get troubles(): number {
    return this.#leaderless.troubles;
  }

  /** The partitions that may be written to. */
  get partitions(): readonly { readonly topic: string; readonly partition: number }[] {
    return this.#queues;
  }

  /** Whether all that was written is acknowledged. */
  get settledAll(): boolean {
    return this.#queues.every(({ settled }) => settled);
  }

  /** Forgets what is not acknowledged, once nothing is in flight, and starts sequences anew. */
  async reset(identity: ProducerIdentity): Promise<void> {
    await this.settled();
    this.#identity = identity;
    this.#waiting.forgive();
    for (const queue of this.#queues) queue.reset();
    this.#leaderless.forget();
  }

  /** Stops sending; resolves when nothing is in flight any more. */
  async settled(): Promise<void> {
    this.#waiting.stop(new Error('the producer is being reset'));
    while ([...this.#requests.values()].some((count) => count > 0)) await this.#waiting.turn();
  }

  close(): void {
    this.#closed = true;
  }

  /** Sends what may be sent. */
  #pump(): void {
    if (this.#waiting.isOver || this.#closed) return;
    const { cluster } = this.#options;
    const byNode = new Map<number, PartitionQueue[]>();
    // Every partition is first in its turn.
    this.#turn = (this.#turn + 1) % Math.max(1, this.#queues.length);
    for (let at = 0; at < this.#queues.length; at++) {
      const queue = this.#queues[(this.#turn + at) % this.#queues.length];
      if (!queue.hasNext(true)) continue;
      const node = cluster.leader(queue.topic, queue.partition);
      if (node === undefined) {
        this.#leaderless.find(queue);
        continue;
      }
      const known = byNode.get(node);
      if (known === undefined) byNode.set(node, [queue]);
      else known.push(queue);
    }
    for (const [node, queues] of byNode) this.#sendTo(node, queues);
  }

  #sendTo(node: number, queues: readonly PartitionQueue[]): void {
    for (let flying = this.#requests.get(node) ?? 0; flying < MOST_REQUESTS; flying++) {
      const sent: SentBatch[] = [];
      let bytes = 0;
      for (const queue of queues) {
        // A batch that could take more waits while others are in flight.
        if (!queue.hasNext(flying === 0)) continue;
        if (bytes > 0 && bytes + queue.nextBytes > REQUEST_BYTES) break;
        const batch = queue.send();
        bytes += batch.sealed.buffer.length;
        sent.push({ queue, batch });
      }
      if (sent.length === 0) return;
      this.#requests.set(node, flying + 1);
      void this.#request(node, sent).catch((error: unknown) => this.#waiting.fail(error));
    }
  }

  async #request(node: number, sent: readonly SentBatch[]): Promise<void> {
    try {
      const tooLarge = sent.filter(({ batch }) => batch.sealed.buffer.length > LARGEST_BATCH);
      for (const one of tooLarge) this.#tooLarge(one);
      const small = sent.filter((one) => !tooLarge.includes(one));
      if (small.length > 0) await this.#produce(node, small);
    } finally {
      this.#requests.set(node, (this.#requests.get(node) ?? 1) - 1);
      this.#waiting.wake();
    }
    this.#pump();
  }

  async #produce(node: number, sent: readonly SentBatch[]): Promise<void> {
    const { cluster, transaction } = this.#options;
    let answers: readonly ProducedPartition[];
    try {
      await transaction?.enroll(sent.map(({ queue }) => queue));
      const batches = sent.map(({ queue, batch }) => queue.written(batch, this.#identity, transaction !== undefined));
      const request = { wait: REPLICAS_MS, batches };
      answers = await cluster.send(
        node,
        produceRecords(transaction === undefined ? request : { ...request, transactionalId: transaction.id() }),
      );
    } catch (error) {
      for (const { queue, batch } of sent) {
        queue.failed(batch);
        this.#leaderless.find(queue);
      }
      if (!(error instanceof ConnectionError)) throw error;
      if (!error.passes)
        throw new ServiceError(`Kafka can't be written: ${error.message}`, undefined, { cause: error });
      this.#leaderless.away(
        sent.map(({ queue }) => queue),
        error,
      );
      return;
    }
    for (const one of sent) {
      const { topic, partition } = one.queue;
      const answer = answers.find((given) => given.topic === topic && given.partition === partition);
      const known = answer ?? { topic, partition, errorCode: ERROR.requestTimedOut };
      const isThere = BROKEN_SEQUENCE.has(known.errorCode) && (await isAdded(cluster, node, this.#identity, one));
      // Where the leader can't tell, it is asked once more.
      if (isThere === undefined) this.#answered(one, { topic, partition, errorCode: ERROR.requestTimedOut });
      else this.#answered(one, isThere ? { topic, partition, errorCode: ERROR.duplicateSequence } : known);
    }
  }

  #answered(one: SentBatch, answer: ProducedPartition): void {
    const { queue, batch } = one;
    switch (answer.errorCode) {
      case ERROR.none:
      // Added by a request whose answer was lost.
      case ERROR.duplicateSequence:
        queue.acknowledged(batch, answer.baseOffset ?? -1);
        this.#leaderless.answered(queue);
        return;
      case ERROR.messageTooLarge:
      case ERROR.recordListTooLarge:
        this.#tooLarge(one);
        return;
      case ERROR.outOfOrderSequence:
      case ERROR.unknownProducerId:
      case ERROR.invalidProducerEpoch:
        // One behind a batch that has failed must fail, too.
        if (!queue.isFirst(batch) && answer.errorCode === ERROR.outOfOrderSequence) queue.failed(batch);
        else if (this.#options.transaction === undefined) queue.lost(batch);
        else this.#refuse(queue, batch, answer);
        return;
      default:
        if (passes(answer.errorCode) || mayBeDamage(answer.errorCode, batch)) {
          queue.failed(batch);
          this.#leaderless.find(queue);
        } else {
          this.#refuse(queue, batch, answer);
        }
    }
  }

  /** Nothing more is written: the broker never takes this batch. */
  #refuse(queue: PartitionQueue, batch: QueuedBatch, answer: ProducedPartition): void {
    const { transaction } = this.#options;
    queue.failed(batch);
    const fenced = transaction === undefined ? undefined : fencedError(answer.errorCode, transaction.id());
    this.#waiting.fail(fenced ?? produceError(answer));
  }

  /** Of a batch of one record the record is refused, of any other the halves are sent. */
  #tooLarge({ queue, batch }: SentBatch): void {
    if (batch.sealed.count > 1) queue.split(batch);
    else {
      queue.drop(batch);
      const value = firstValue(batch.sealed);
      if (!queue.refuse(value)) this.#waiting.fail(tooLargeError(queue.topic, value.length));
    }
  }
}

function mayBeDamage(errorCode: number, { attempts }: QueuedBatch): boolean {
  return errorCode === ERROR.corruptMessage && attempts < DAMAGED_ATTEMPTS;
}
