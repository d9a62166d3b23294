import type { ProducerIdentity } from '../protocol/producer-id.js';
import type { Compression } from '../records/compression-names.js';
import { OpenBatch, type SealedBatch } from '../records/open-batch.js';
import { writeHeader } from '../records/record-batch.js';
import { splitBatch } from '../records/split-batch.js';

/** A batch on its way, with the number of its first record. */
export interface QueuedBatch {
  readonly sealed: SealedBatch;
  /** Its place among the partition's batches. */
  readonly order: number;
  /** -1: it was never sent. */
  sequence: number;
  readonly attempts: number;
}

/** The broker knows a producer's last five batches of a partition, by which it tells what it has already. */
const MOST_FLYING = 5;
/** No partition waits longer than this for others' requests to be answered. */
const LINGER_MS = 5;
/** Sequence numbers begin again behind the greatest int32, epochs end at the greatest int16. */
const SEQUENCES = 2 ** 31;

/**
 * What is to be added to one partition, in order. Batches are numbered when they are sent first, and keep their numbers
 * when they are sent again, so that the broker adds each once (KIP-98). After one has failed nothing is sent until all
 * that fly are answered; then those that failed go first, one alone until the broker has taken it.
 */
export class PartitionQueue {
  #open: OpenBatch | undefined;
  readonly #waiting: QueuedBatch[] = [];
  readonly #flying: QueuedBatch[] = [];
  readonly #returned: QueuedBatch[] = [];
  #order = 0;
  #sequence = 0;
  #epoch = 0;
  /** Whether the broker has taken a batch since the last failure. */
  #proven = false;
  #failed = false;
  #end = 0;
  /** Where numbering begins again once all is answered, and for which batches. */
  #renumbering: { readonly from: number; readonly moves: (sequence: number) => boolean } | undefined;
  /** Its leader is being looked for. */
  stuck = false;
  /** Values of records that are too large for the topic, where somebody asks for them. */
  readonly refused: Uint8Array[] = [];
  /** Whether somebody does: otherwise one ends all writing. */
  keepsRefused = false;

  /** @param changed told how many bytes more (or fewer) are held */
  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly compression: Compression,
    readonly changed: (bytes: number) => void,
  ) {}

  /** Epochs that this partition is ahead of its producer's first: the broker lost the sequence so often. */
  get epochsAhead(): number {
    return this.#epoch;
  }

  /** A batch with its header. */
  written(
    { sealed, sequence }: QueuedBatch,
    { producerId, epoch }: ProducerIdentity,
    transactional: boolean,
  ): { readonly topic: string; readonly partition: number; readonly records: Buffer } {
    writeHeader(sealed.buffer, { ...sealed, transactional, producerId, epoch: epoch + this.#epoch, sequence });
    return { topic: this.topic, partition: this.partition, records: sealed.buffer };
  }

  /** What was acknowledged lies before this offset, which is not behind it. */
  get end(): number {
    return this.#end;
  }

  /** Whether all that was added is acknowledged. */
  get settled(): boolean {
    return this.#open === undefined && this.#unanswered === 0;
  }

  get #unanswered(): number {
    return this.#waiting.length + this.#flying.length + this.#returned.length;
  }

  /** Whether there is anything to send. @param idle nothing is in flight: a batch that could take more need not wait */
  hasNext(idle: boolean): boolean {
    if (this.stuck || this.#failed || this.#flying.length >= (this.#proven ? MOST_FLYING : 1)) return false;
    if (this.#waiting.length > 0) return true;
    if (this.#open === undefined) return false;
    return idle || (this.#flying.length === 0 && performance.now() - this.#open.since > LINGER_MS);
  }

  /** The batch that takes so many bytes more. @param most bytes of a batch */
  openFor(bytes: number, most: number): OpenBatch {
    if (this.#open !== undefined && this.#open.bytes + bytes > most) this.seal();
    this.#open ??= new OpenBatch();
    return this.#open;
  }

  /** Closes the batch that is being filled. */
  seal(): void {
    if (this.#open === undefined) return;
    const sealed = this.#open.seal(this.compression);
    this.changed(sealed.buffer.length - this.#open.bytes);
    this.#open = undefined;
    this.#waiting.push({ sealed, order: this.#order++, sequence: -1, attempts: 0 });
  }

  /** How many bytes the next batch has. */
  get nextBytes(): number {
    return this.#waiting[0]?.sealed.buffer.length ?? this.#open?.bytes ?? 0;
  }

  /** The next batch, which flies from now on. Only where hasNext(). */
  send(): QueuedBatch {
    if (this.#waiting.length === 0) this.seal();
    const next = this.#waiting.shift();
    if (next === undefined) throw new Error(`nothing waits for ${this.topic}:${this.partition}`);
    if (next.sequence < 0) {
      next.sequence = this.#sequence;
      this.#sequence = (this.#sequence + next.sealed.count) % SEQUENCES;
    }
    this.#flying.push(next);
    return next;
  }

  /** Whether all before it are acknowledged. */
  isFirst(batch: QueuedBatch): boolean {
    return this.#flying[0] === batch && this.#returned.length === 0;
  }

  /** Whether a batch is among what the broker has when it has a producer's records up to one of this number. */
  has({ sequence, sealed }: QueuedBatch, lastSequence: number): boolean {
    const last = (sequence + sealed.count - 1) % SEQUENCES;
    return (lastSequence - last + SEQUENCES) % SEQUENCES < SEQUENCES / 2;
  }

  /** @param baseOffset of its first record; negative where the broker does not say */
  acknowledged(batch: QueuedBatch, baseOffset: number): void {
    this.#proven = true;
    this.#end = Math.max(this.#end, baseOffset) + batch.sealed.count;
    this.#land(batch);
    this.changed(-batch.sealed.buffer.length);
    this.#goOn();
  }

  /** It is to be sent again, as it is. */
  failed(batch: QueuedBatch): void {
    this.#land(batch);
    this.#returned.push({ ...batch, attempts: batch.attempts + 1 });
    this.#failed = true;
    this.#goOn();
  }

  /** The broker lost the sequence: numbers begin anew in the next epoch, which fences what may still be on its way. */
  lost(batch: QueuedBatch): void {
    this.#epoch++;
    this.#renumbering = { from: 0, moves: () => true };
    this.failed(batch);
  }

  /** It is too large: its halves are sent in its place. */
  split(batch: QueuedBatch): void {
    this.#land(batch);
    let { sequence } = batch;
    let bytes = -batch.sealed.buffer.length;
    for (const sealed of splitBatch(batch.sealed)) {
      this.#returned.push({ sealed, order: batch.order, sequence, attempts: 0 });
      sequence = (sequence + sealed.count) % SEQUENCES;
      bytes += sealed.buffer.length;
    }
    this.changed(bytes);
    this.#failed = true;
    this.#goOn();
  }

  /**
   * The broker will never take it: those behind it, which it can't have taken either, move up. Those in front keep
   * their numbers, also where others between have been taken meanwhile.
   */
  drop(batch: QueuedBatch): void {
    this.#land(batch);
    this.changed(-batch.sealed.buffer.length);
    const from = batch.sequence;
    this.#renumbering ??= { from, moves: (sequence) => (sequence - from + SEQUENCES) % SEQUENCES < SEQUENCES / 2 };
    this.#failed = true;
    this.#goOn();
  }

  /** Puts aside a value that is too large for the topic. @returns false where nobody asks for such */
  refuse(value: Uint8Array): boolean {
    if (this.keepsRefused) this.refused.push(value);
    return this.keepsRefused;
  }

  /** Forgets what is not acknowledged and starts a sequence anew: its transaction is aborted. */
  reset(): void {
    const held = [...this.#waiting, ...this.#flying, ...this.#returned];
    this.changed(-(this.#open?.bytes ?? 0) - held.reduce((sum, { sealed }) => sum + sealed.buffer.length, 0));
    this.#open = undefined;
    for (const list of [this.#waiting, this.#flying, this.#returned, this.refused]) list.length = 0;
    this.#sequence = 0;
    this.#proven = false;
    this.#failed = false;
    this.#renumbering = undefined;
    this.stuck = false;
  }

  #land(batch: QueuedBatch): void {
    const at = this.#flying.indexOf(batch);
    if (at >= 0) this.#flying.splice(at, 1);
  }

  /** Once all are answered, puts those that failed in front. */
  #goOn(): void {
    if (!this.#failed || this.#flying.length > 0) return;
    this.#returned.sort((a, b) => a.order - b.order || a.sequence - b.sequence);
    this.#renumber();
    this.#waiting.unshift(...this.#returned.splice(0));
    this.#failed = false;
    this.#proven = false;
  }

  #renumber(): void {
    if (this.#renumbering === undefined) return;
    const { from, moves } = this.#renumbering;
    let sequence = from;
    for (const batch of [...this.#returned, ...this.#waiting]) {
      if (batch.sequence < 0 || !moves(batch.sequence)) continue;
      batch.sequence = sequence;
      sequence = (sequence + batch.sealed.count) % SEQUENCES;
    }
    this.#sequence = sequence;
    this.#renumbering = undefined;
  }
}
