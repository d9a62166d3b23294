import type { ValueDecoder } from '../codecs/codec.js';
import type { BatchSource, PassedOver, RecordPlace, Resumed, SourceFigures } from '../endpoints/endpoint.js';
import { type Fetched, nameOf, type TopicPartition } from '../endpoints/kafka/fetch-queue.js';
import { isTakenOver } from '../endpoints/kafka/group/group-errors.js';
import { quietSinceOf } from '../endpoints/kafka/read-answer.js';
import { BatchReader } from '../endpoints/kafka/records/batch-reader.js';
import { Envelopes, hasHeaders } from '../endpoints/kafka/records/envelopes.js';
import { keyOf, UnkeyedTopics } from '../endpoints/kafka/records/record-keys.js';
import { type RecordType, TypeFilter } from '../endpoints/kafka/records/record-type.js';
import type { TopicReader } from '../endpoints/kafka/topic-reader.js';
import type { Batch, Envelope, Reject } from '../records/batch.js';
import type { RecordSchema } from '../records/schema.js';
import { CommitPace } from './commit-pace.js';
import type { ReceivedFrames } from './exchange/received-frames.js';
import { GivenPositions } from './given-positions.js';
import { KeptTombstones } from './kept-tombstones.js';
import type { PartitionShares } from './partition-shares.js';

/** While more is there, batches are made this long. */
const PLENTY = 4096;

export interface TopicSourceOptions {
  readonly name: string;
  /** Whether reading ends where the topics ended when it began. */
  readonly finite: boolean;
  readonly schema: RecordSchema;
  readonly reader: TopicReader;
  readonly decoder: ValueDecoder;
  /** The number of a partition within the pipeline. */
  readonly numberOf: (partition: TopicPartition) => number;
  /** Which records are read; absent: all of them. */
  readonly type?: RecordType;
  /** Whether batches have the tombstones among their rows. */
  readonly tombstones?: boolean;
  /** Who shares the partitions with other copies and keeps positions; absent: all are read, from where it was said. */
  readonly shares?: PartitionShares;
  /** Told of the first record without a key of each topic. */
  readonly unkeyed?: (topic: string) => void;
  /** Takes what was sent to the parts of this copy. */
  readonly received?: { readonly topic: string; readonly frames: ReceivedFrames };
  readonly close: () => Promise<void>;
}

/** Topics behind a decoder, as a source of batches. */
export class TopicSource implements BatchSource {
  readonly name: string;
  readonly finite: boolean;
  readonly #options: TopicSourceOptions;
  readonly #batches = new BatchReader();
  readonly #envelopes = new Envelopes();
  /** Whether a record has headers of what was fetched together. */
  #hasHeaders = false;
  readonly #envelope = (offset: number): Envelope | undefined =>
    this.#envelopes.find(this.#fetched?.batches ?? [], offset);
  /** What is being decoded. */
  #fetched: Fetched | undefined;
  #place = 0;
  readonly #filter: TypeFilter | undefined;
  #passed = { tombstones: 0, others: 0 };
  readonly #tombstones = new KeptTombstones();
  #rejects: Reject[] = [];
  readonly #given = new GivenPositions();
  readonly #offsetOf = (one: TopicPartition): number | undefined => this.#given.offsetOf(one);
  readonly #pace: CommitPace;
  readonly #unkeyed: UnkeyedTopics;
  #stopped = false;

  constructor(options: TopicSourceOptions) {
    this.#options = options;
    this.#filter = options.type && new TypeFilter(options.type);
    this.#pace = new CommitPace(() => options.reader.wake());
    this.#unkeyed = new UnkeyedTopics(options.unkeyed);
    this.name = options.name;
    this.finite = options.finite;
  }

  /** Nobody writes to it who is stopped with this process. */
  readonly drains = false;

  get resumed(): Resumed | undefined {
    return this.#options.shares?.resumed;
  }

  get passedOver(): PassedOver {
    return this.#passed;
  }

  get urgent(): boolean {
    return this.#pace.isDue || this.#isAwaited;
  }

  /** Whether others wait for what was read to be committed. */
  get #isAwaited(): boolean {
    const { shares } = this.#options;
    return shares !== undefined && (shares.moving || shares.isAwaited(this.#offsetOf));
  }

  ready(): Promise<void> | undefined {
    const { reader } = this.#options;
    const waiting = this.#waiting;
    if (this.urgent || (this.#fetched !== undefined && (waiting === undefined || this.#stopped))) return undefined;
    return waiting === undefined ? reader.ready() : Promise.race([waiting, reader.woken()]);
  }

  take(): Batch | 'wait' | 'end' {
    const { decoder, reader, received } = this.#options;
    for (;;) {
      const sent = received?.frames.next();
      if (sent !== undefined) return sent;
      const within = this.#fetched !== undefined && this.#place < this.#fetched.batches.length;
      const batch = decoder.next(within ? PLENTY : 1);
      if (batch !== undefined) return this.#complete(batch);
      // What was not given is read again by whoever goes on.
      if (this.#waiting !== undefined) return this.#stopped ? 'end' : 'wait';
      if (within && this.#fetched !== undefined) {
        this.#add(this.#fetched);
        continue;
      }
      if (this.#fetched !== undefined) this.#letGo(this.#fetched);
      if (this.#rejects.length > 0 || !this.#tombstones.isEmpty)
        return this.#complete({ schema: this.#options.schema, length: 0, columns: new Map() });
      if (this.urgent) return this.#stopped && this.#options.shares?.moving === true ? 'end' : 'wait';
      this.#options.shares?.proceed(this.#offsetOf);
      const got = reader.take();
      if (typeof got === 'string') return got;
      this.#fetched = got;
      this.#place = 0;
      this.#hasHeaders = false;
      for (const { offset, problem, bytes } of got.problems) this.#refuse(got, offset, problem, bytes.slice());
    }
  }

  /** Commits positions that have changed, and where partitions are to move, lets them. */
  async commit(isLast: boolean): Promise<void> {
    const { shares } = this.#options;
    // A frame counts as a whole.
    if (shares === undefined || this.#options.received?.frames.isWithin === true) return;
    this.#notePosition();
    if (!isLast && !shares.isTransacted && !this.#isAwaited && this.#pace.isEarly()) return;
    this.#pace.begin();
    const { changed } = this.#given;
    await shares.commit(changed);
    this.#given.committed(changed);
    if (!shares.moving || this.#stopped) return;
    this.#forget();
    await shares.settle();
  }

  /** See BatchSource. */
  async checkOwned(): Promise<void> {
    await this.#options.shares?.check();
  }

  /** See BatchSource. */
  rewind({ source, ordinal }: RecordPlace): void {
    const fetched = this.#fetched;
    if (fetched !== undefined && source === nameOf(fetched)) this.#letGo(fetched);
    this.#given.rewind(source, ordinal);
  }

  /** See BatchSource. */
  quiet(wanted: (partition: number) => boolean): number | undefined {
    const { reader, numberOf, shares } = this.#options;
    const own = reader.partitions
      .filter((one) => wanted(numberOf(one)))
      .map((one) => quietSinceOf(one, this.#isSent(one)));
    const since = shares === undefined ? own : [...own, shares.othersQuietSince];
    return since.includes(undefined) ? undefined : Math.max(...since.map((one) => one ?? 0));
  }

  /** Another copy has taken over while rows were on their way. */
  async lost(error: unknown): Promise<boolean> {
    const { shares } = this.#options;
    if (shares === undefined || !isTakenOver(error)) return false;
    await shares.abandon();
    this.#forget();
    if (!this.#stopped) await shares.settle();
    return true;
  }

  /** What was not given is for its next owner to read. */
  #forget(): void {
    const { decoder, reader } = this.#options;
    if (this.#fetched !== undefined) reader.done(this.#fetched);
    this.#fetched = undefined;
    while (decoder.next(1) !== undefined);
    decoder.forget?.();
    this.#options.received?.frames.forget();
    this.#tombstones.clear();
    this.#rejects = [];
    this.#given.clear();
  }

  figures(): SourceFigures {
    this.#notePosition();
    const lag = this.#options.reader.partitions.map(({ topic, partition, start, limit }) => {
      const offset = this.#given.offsetOf({ topic, partition }) ?? start;
      return { topic, partition, records: Math.max(0, limit - offset) };
    });
    return { lag };
  }

  stop(): void {
    this.#stopped = true;
    this.#options.reader.stop();
  }

  async close(): Promise<void> {
    this.#pace.stop();
    this.#options.reader.stop();
    this.#options.decoder.close();
    this.#options.received?.frames.close();
    this.#batches.close();
    await this.#options.close();
  }

  /** Notes how far what was fetched together was given by now. */
  #notePosition(): void {
    const fetched = this.#fetched;
    if (fetched === undefined) return;
    const { batches, next, from } = fetched;
    const pending = this.#isSent(fetched) ? this.#options.received?.frames.pending : this.#options.decoder.pending;
    const decoded = pending ?? batches[this.#place]?.baseOffset ?? next;
    // What stands in front of that and was not given yet is read again by whoever goes on.
    const position = Math.min(decoded, this.#tombstones.first, ...this.#rejects.map(({ ordinal }) => ordinal));
    this.#given.give(fetched, Math.max(from, position));
  }

  /** All of what was fetched together was given. */
  #letGo(fetched: Fetched): void {
    this.#options.reader.done(fetched);
    this.#given.give(fetched, fetched.next);
    this.#fetched = undefined;
  }

  #isSent({ topic }: TopicPartition): boolean {
    return this.#options.received?.topic === topic;
  }

  /** Set while a schema has to be found before more can be given. */
  get #waiting(): Promise<void> | undefined {
    return this.#options.decoder.waiting ?? this.#options.received?.frames.waiting;
  }

  /** Has the next batches of what was fetched together decoded. */
  #add(fetched: Fetched): void {
    const { decoder, numberOf } = this.#options;
    const { topic, partition } = fetched;
    const { split, bytes, first, behind, next, problem } = this.#batches.read(fetched.batches, this.#place, fetched);
    this.#place = next;
    if (problem !== undefined) this.#refuse(fetched, problem.offset, problem.reason, problem.raw.slice());
    if (split === undefined) return;
    if (this.#isSent(fetched)) {
      this.#options.received?.frames.add(fetched, split, first, behind);
      return;
    }
    this.#hasHeaders ||= hasHeaders(split, first, behind);
    const others = this.#filter?.leaveOut(split, first, behind) ?? 0;
    const nulls = decoder.add({
      source: nameOf(fetched),
      partition: numberOf({ topic, partition }),
      buffer: split.buffer,
      starts: split.starts.subarray(first, behind),
      ends: split.ends.subarray(first, behind),
      count: behind - first,
      bytes,
      offset: (index) => split.offset(first + index),
      key: (index) => keyOf(split, first + index),
      time: (index) => split.times[first + index],
    });
    this.#passed.others += others;
    this.#passed.tombstones += nulls - others;
    this.#unkeyed.look(topic, split, first);
    if (nulls > others && this.#options.tombstones === true) this.#tombstones.add(fetched, split, first, behind);
  }

  #refuse(fetched: Fetched, offset: number, reason: string, raw: Uint8Array): void {
    this.#rejects.push({ reason, source: nameOf(fetched), unit: 'offset', ordinal: offset, raw });
  }

  /** A batch with what is told beside its rows. */
  #complete(batch: Batch): Batch {
    const rejects = this.#rejects.length === 0 ? batch.rejects : inOrder([...(batch.rejects ?? []), ...this.#rejects]);
    this.#rejects = [];
    const tombstones = this.#tombstones.take(this.#options.decoder.pending ?? Number.POSITIVE_INFINITY);
    const { origin } = batch;
    return {
      ...batch,
      ...(rejects === undefined ? {} : { rejects }),
      ...(tombstones === undefined ? {} : { tombstones }),
      envelope: this.#envelope,
      ...(this.#hasHeaders && { headers: (row) => this.#envelope(origin?.ordinal(row) ?? -1)?.headers ?? [] }),
    };
  }
}

/** Which of them counts as the first one is what --strict tells. */
function inOrder(rejects: readonly Reject[]): Reject[] {
  return [...rejects].sort((a, b) => a.ordinal - b.ordinal);
}
