import { answerPool } from './client/answer-pool.js';
import type { RecordBatch } from './records/record-batch.js';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A partition in one word, as sentences and dead letters have it. */
export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}:${partition}`;
}

/** Record batches of one partition, as they were fetched. */
export interface Fetched extends TopicPartition {
  /** Records before it, and from `to` on, were not asked for: a broker gives whole batches. */
  readonly from: number;
  readonly to: number;
  /** In order; those of aborted transactions and the markers of transactions are left out. */
  readonly batches: readonly RecordBatch[];
  /** Where reading goes on behind them. */
  readonly next: number;
  /** The answer that they stand in. */
  readonly answer: Uint8Array;
  /** Bytes that can't be read; borrowed as the batches are. */
  readonly problems: readonly { readonly offset: number; readonly problem: string; readonly bytes: Uint8Array }[];
}

/** A node is not asked for more while so much of what it gave waits. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024;

/** What was fetched and not yet taken, with a bound on its memory, which is used again. */
export class FetchQueue {
  readonly #waiting: { readonly of: Fetched; readonly node: number }[] = [];
  readonly #bytes = new Map<number, number>();
  /** How many of an answer's partitions wait or are worked on. */
  readonly #held = new Map<ArrayBufferLike, number>();
  #takers: (() => void)[] = [];
  #givers: (() => void)[] = [];

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Resolves with the next wake(). */
  woken(): Promise<void> {
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** Has those who wait look again: for something to take, and for room. */
  wake(): void {
    for (const go of [...this.#takers.splice(0), ...this.#givers.splice(0)]) go();
  }

  isFull(node: number): boolean {
    return (this.#bytes.get(node) ?? 0) > MOST_WAITING_BYTES;
  }

  /** Resolves when something was taken. */
  room(): Promise<void> {
    return new Promise((resolve) => this.#givers.push(resolve));
  }

  put(node: number, of: Fetched): void {
    this.hold(of.answer);
    this.#waiting.push({ of, node });
    this.#count(node, of.answer.length);
  }

  /** What was put first; it is to be given to letGo() when it was worked on. */
  take(): Fetched | undefined {
    const first = this.#waiting.shift();
    if (first === undefined) return undefined;
    this.#count(first.node, -first.of.answer.length);
    this.#tellRoom();
    return first.of;
  }

  /** Drops what waits of a partition. */
  drop({ topic, partition }: TopicPartition): void {
    const kept = this.#waiting.filter(({ of }) => of.topic !== topic || of.partition !== partition);
    for (const { of, node } of this.#waiting) {
      if (of.topic !== topic || of.partition !== partition) continue;
      this.#count(node, -of.answer.length);
      this.letGo(of.answer);
    }
    this.#waiting.splice(0, this.#waiting.length, ...kept);
    this.#tellRoom();
  }

  /** Several partitions stand in one answer. */
  hold({ buffer }: Uint8Array): void {
    this.#held.set(buffer, (this.#held.get(buffer) ?? 0) + 1);
  }

  /** The last one to let an answer go gives its memory back. */
  letGo(answer: Uint8Array): void {
    const { buffer } = answer;
    const held = (this.#held.get(buffer) ?? 0) - 1;
    if (held > 0) {
      this.#held.set(buffer, held);
      return;
    }
    this.#held.delete(buffer);
    answerPool.give(answer);
  }

  #tellRoom(): void {
    for (const go of this.#givers.splice(0)) go();
  }

  #count(node: number, bytes: number): void {
    this.#bytes.set(node, (this.#bytes.get(node) ?? 0) + bytes);
  }
}
